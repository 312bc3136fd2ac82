import { X509Certificate } from 'node:crypto';
import { createServer } from 'node:http';
import { mkdirSync, mkdtempSync, readFileSync, rmdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from '#shared/runtime/run-command.ts';
import { agentCommands } from '../commands.ts';
import { agentCli } from '../options.ts';

const TOKEN = 'swt_0123456789abcdefghij';
const OTHER_TOKEN = 'swt_9876543210abcdefghij';

/** Answers enrolment as a hub does: one token, one device. */
async function hub(): Promise<string> {
  const users = new Map([TOKEN, OTHER_TOKEN].map((token) => [token, '']));
  const server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      const { token, publicKey } = JSON.parse(text) as { token: string; publicKey: string };
      const user = users.get(token);
      const isFree = user === undefined || user === '' || user === publicKey;
      if (request.url === '/v1/enrol' && user !== undefined && isFree) {
        users.set(token, publicKey);
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

interface Ran {
  readonly code: number;
  readonly out: string;
  readonly text: string;
}

/** A data folder, the hub that it enrols at, and commands run on it. */
async function machine() {
  const data = mkdtempSync(join(tmpdir(), 'enrol-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  const url = await hub();
  const run = async (argv: readonly string[], env: Record<string, string> = {}): Promise<Ran> => {
    let text = '';
    let out = '';
    const err = (said: string) => void (text += said);
    const say = (said: string) => {
      out += said;
      err(said);
    };
    const terminal = { out: say, err, env, isInteractive: false };
    const code = await runCommand(agentCli, agentCommands, [...argv, '--data', data], terminal);
    return { code, out, text };
  };
  const enrol = (token: string, hubUrl = url, ...more: string[]) =>
    run(['enrol', '--hub', hubUrl, '--log-level', 'silent', ...more], { SHELFWIRE_TOKEN: token });
  return { data, url, run, enrol, certificateFile: join(data, 'store-certificate.pem') };
}

it('X1 enrols with a token, once, and never prints it', async () => {
  const { url, enrol } = await machine();
  expect(await enrol('x'.repeat(20))).toMatchObject({ code: 1, text: expect.stringContaining('TOKEN_INVALID') });
  expect(await enrol('short')).toMatchObject({ code: 1, text: expect.stringContaining('REQUEST_INVALID') });
  expect(await enrol(TOKEN, 'http://127.0.0.1:9')).toMatchObject({
    code: 1,
    text: expect.stringContaining('HUB_UNREACHABLE'),
  });
  const done = await enrol(TOKEN, url, '--name', 'till server');
  expect(done).toMatchObject({
    code: 0,
    text: expect.stringContaining('Enrolled as device 7 ("till server") of store S1 (High Street)'),
  });
  expect(done.text).not.toContain(TOKEN);
  expect(await enrol(TOKEN)).toMatchObject({ code: 1, text: expect.stringContaining('ALREADY_ENROLLED') });
  expect(await enrol(TOKEN, url, '--again')).toMatchObject({ code: 1, text: expect.stringContaining('TOKEN_USED') });
});

it('makes key and certificate of the store network, says the fingerprint, keeps them when it enrols again, and `network on` uses them', async () => {
  const { url, run, enrol, certificateFile } = await machine();
  const done = await enrol(TOKEN);
  expect(statSync(certificateFile).mode & 0o777).toBe(0o600);
  const made = readFileSync(certificateFile, 'utf8');
  const { fingerprint256 } = new X509Certificate(made);
  expect(done.out).toContain(`  ${fingerprint256}\n`);
  // It is closed to other devices all the same.
  expect((await run(['network', 'show'])).text).toBe(
    `Closed to other devices.\nFingerprint of the certificate (SHA-256):\n  ${fingerprint256}\n`,
  );
  expect((await enrol(OTHER_TOKEN, url, '--again')).out).toContain(fingerprint256);
  expect((await run(['network', 'on'])).text).toContain(fingerprint256);
  expect(readFileSync(certificateFile, 'utf8')).toBe(made);
  // Another name needs another certificate; its key is the one of the enrolment.
  expect((await run(['network', 'on', '--name', 'tills.example'])).text).not.toContain(fingerprint256);
  const spki = (pem: string) => new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'pem' });
  expect(spki(readFileSync(certificateFile, 'utf8'))).toBe(spki(made));
});

it('is enrolled also when the certificate cannot be made, says why, and `network on` makes it later', async () => {
  const { url, run, enrol, certificateFile } = await machine();
  mkdirSync(`${certificateFile}.new`);
  const done = await enrol(TOKEN);
  expect(done).toMatchObject({ code: 0, out: expect.stringMatching(/Enrolled as device 7[^]*Start it now/) });
  expect(done.text).toMatch(/STORAGE_IO: .*certificate.*\n[^]*shelfwire-agent network on/);
  expect(done.out).not.toContain('ingerprint');
  rmdirSync(`${certificateFile}.new`);
  expect((await run(['network', 'on'])).code).toBe(0);
  writeFileSync(certificateFile, 'damaged');
  const again = await enrol(OTHER_TOKEN, url, '--again');
  expect(again).toMatchObject({ code: 0, text: expect.stringContaining('NETWORK_KEY_DAMAGED') });
  expect(readFileSync(certificateFile, 'utf8')).toBe('damaged');
});
