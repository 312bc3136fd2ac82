import { createServer } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from '#shared/runtime/run-command.ts';
import { agentCommands } from '../commands.ts';
import { agentCli } from '../options.ts';

const TOKEN = 'swt_0123456789abcdefghij';

/** Answers enrolment as a hub does: one token, one device. */
async function hub(): Promise<string> {
  let usedBy: string | undefined;
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { token, publicKey } = JSON.parse(text) as { token: string; publicKey: string };
      const isFree = usedBy === undefined || usedBy === publicKey;
      if (request.url === '/v1/enrol' && token === TOKEN && isFree) {
        usedBy = publicKey;
        response.end(JSON.stringify({ device: 7, store: { code: 'S1', name: 'High Street' } }));
      } else {
        response.writeHead(403, { 'content-type': 'application/problem+json' });
        response.end(JSON.stringify({ code: isFree ? 'TOKEN_INVALID' : 'TOKEN_USED', detail: 'No.' }));
      }
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

it('X1 enrols with a token, once, and never prints it', async () => {
  const data = mkdtempSync(join(tmpdir(), 'enrol-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const url = await hub();
  const run = async (token: string, hubUrl: string, ...more: string[]) => {
    let text = '';
    const say = (said: string) => (text += said);
    const terminal = { out: say, err: say, env: { SHELFWIRE_TOKEN: token }, isInteractive: false };
    const code = await runCommand(
      agentCli,
      agentCommands,
      ['enrol', '--hub', hubUrl, '--data', data, '--log-level', 'silent', ...more],
      terminal,
    );
    return { code, text };
  };
  expect(await run('x'.repeat(20), url)).toMatchObject({ code: 1, text: expect.stringContaining('TOKEN_INVALID') });
  expect(await run('short', url)).toMatchObject({ code: 1, text: expect.stringContaining('REQUEST_INVALID') });
  expect(await run(TOKEN, 'http://127.0.0.1:9')).toMatchObject({
    code: 1,
    text: expect.stringContaining('HUB_UNREACHABLE'),
  });
  const done = await run(TOKEN, url, '--name', 'till server');
  expect(done).toMatchObject({
    code: 0,
    text: expect.stringContaining('Enrolled as device 7 ("till server") of store S1 (High Street)'),
  });
  expect(done.text).not.toContain(TOKEN);
  expect(await run(TOKEN, url)).toMatchObject({ code: 1, text: expect.stringContaining('ALREADY_ENROLLED') });
  expect(await run(TOKEN, url, '--again')).toMatchObject({ code: 1, text: expect.stringContaining('TOKEN_USED') });
});
