import { X509Certificate } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { runCommand } from '#shared/runtime/run-command.ts';
import { runAgent } from '#test/support/running-agent.ts';
import { deviceAt, signInAt } from '#test/support/over-tls.ts';
import { People } from '#agent/people/people.ts';
import { agentCommands } from '../commands.ts';
import { agentCli } from '../options.ts';

async function run(data: string, ...argv: string[]): Promise<{ code: number; text: string }> {
  let text = '';
  const say = (said: string) => (text += said);
  const terminal = { out: say, err: say, env: {}, isInteractive: false };
  const code = await runCommand(agentCli, agentCommands, ['network', ...argv, '--data', data], terminal);
  return { code, text };
}

it('opens, shows and closes the app to other devices while the agent runs; the fingerprint is what devices see', async () => {
  const agent = await runAgent();
  const on = await run(agent.folder, 'on', '--listen', '0.0.0.0:0', '--name', 'Tills.example', '--json');
  const { fingerprint } = JSON.parse(on.text) as { fingerprint: string };
  const shown = async () => JSON.parse((await run(agent.folder, 'show', '--json')).text) as Record<string, unknown>;
  // It has looked what came of it: nothing is waited for.
  expect(await shown()).toMatchObject({ running: true, wanted: true, state: 'listening', fingerprint });
  const device = await deviceAt(agent);
  expect((await device.call('/health')).fingerprint).toBe(fingerprint);
  expect((await device.call('/health', { headers: { host: 'tills.example' } })).status).toBe(200);
  const session = await signInAt(device, new People(agent.folder).add({ name: 'Ada', role: 'clerk' }, 0));
  expect((await run(agent.folder, 'off')).code).toBe(0);
  expect(await shown()).toMatchObject({ wanted: false, state: 'off', urls: [] });
  await expect(device.call('/v1/status', { headers: session })).rejects.toThrow('ECONNREFUSED');
});

it('says why the app cannot be opened by the agent that runs: a port that is taken, an address that is absent', async () => {
  const agent = await runAgent();
  const other = createServer();
  await new Promise<void>((resolve) => {
    other.listen(0, '0.0.0.0', resolve);
  });
  onTestFinished(() => void other.close());
  const { port } = other.address() as AddressInfo;
  for (const [listen, failure] of [
    [`0.0.0.0:${port}`, 'NETWORK_PORT_TAKEN'],
    ['192.0.2.77:7443', 'NETWORK_ADDRESS_ABSENT'],
  ] as const) {
    const { code, text } = await run(agent.folder, 'on', '--listen', listen);
    expect([code, text]).toEqual([1, expect.stringContaining(failure)]);
    expect(text).not.toContain('is open');
  }
});

it('says that the option of the agent that runs overrides what is set, and claims nothing else', async () => {
  const agent = await runAgent({ network: '0.0.0.0:0' });
  for (const argv of [['off'], ['on', '--listen', '127.0.0.1:0']]) {
    expect(await run(agent.folder, ...argv)).toEqual({
      code: 1,
      text: expect.stringMatching(/^NETWORK_GIVEN: .*started with 0\.0\.0\.0:0/),
    });
  }
  const device = await deviceAt(agent);
  expect((await device.call('/health')).status).toBe(200);
  expect((await run(agent.folder, 'on', '--listen', '0.0.0.0:0')).code).toBe(0);
});

it('prepares a folder whose agent does not run, keeps its key, and makes another one only when asked', async () => {
  const data = mkdtempSync(join(tmpdir(), 'network-'));
  onTestFinished(() => rmSync(data, { recursive: true, force: true }));
  expect(await run(data, 'show')).toEqual({ code: 0, text: 'Closed to other devices.\n' });
  const first = await run(data, 'on');
  expect(first.text).toContain('will be open when the agent runs');
  expect(first.text).toMatch(/https:\/\/[^ ]+:7443\n/);
  const path = join(data, 'store-certificate.pem');
  const { fingerprint256 } = new X509Certificate(readFileSync(path));
  expect(first.text).toContain(fingerprint256);
  expect((await run(data, 'on')).text).toBe(first.text);
  expect((await run(data, 'show')).text).toBe(
    `Open to other devices when the agent runs.\nFingerprint of the certificate (SHA-256):\n  ${fingerprint256}\n`,
  );
  writeFileSync(path, 'damaged');
  for (const command of ['on', 'show']) {
    expect(await run(data, command)).toMatchObject({ code: 1, text: expect.stringContaining('NETWORK_KEY_DAMAGED') });
  }
  expect((await run(data, 'on', '--new-key')).text).not.toContain(fingerprint256);
});

it.each([
  ['--listen', 'till:7443'],
  ['--name', 'a b'],
])('X2 %s %s is OPTION_INVALID', async (flag, value) => {
  const data = join(tmpdir(), 'network-never-made');
  expect(await run(data, 'on', flag, value)).toMatchObject({
    code: 2,
    text: expect.stringContaining('OPTION_INVALID'),
  });
});
