import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '#shared/runtime/clock.ts';
import { agentStarter } from './agent-start.ts';
import { askHealth } from './agent-watch.ts';

const MAIN = join(import.meta.dirname, '../main.ts');

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'start-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true, maxRetries: 5 }));
  return made;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => {
    server.close(resolve);
  });
  return port;
}

it('starts the agent as a program of its own, once, and waits until it answers', async () => {
  const data = folder();
  const port = await freePort();
  const start = agentStarter({
    command: [process.execPath, MAIN, 'run', '--data', data, '--port', String(port)],
    logFile: join(data, 'log', 'agent.log'),
    clock: systemClock,
    isUp: async () => (await askHealth(port)) !== undefined,
  });
  const answers = await Promise.all([start(), start()]);
  const { pid } = JSON.parse(readFileSync(join(data, 'api.json'), 'utf8')) as { pid: number };
  onTestFinished(async () => {
    process.kill(pid, 'SIGKILL');
    await expect.poll(async () => askHealth(port)).toBeUndefined();
  });
  expect(answers).toEqual([{ isStarted: true }, { isStarted: true }]);
  // Of a group of its own: what ends this one does not end it.
  const isLinux = process.platform === 'linux';
  const group = isLinux ? readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ')[2] : String(pid);
  expect(group).toBe(String(pid));
  expect(readFileSync(join(data, 'log', 'agent.log'), 'utf8')).toContain('agent runs');
  expect(await start()).toEqual({ isStarted: true });
});

it.each([
  ['a program that is not there', ['/nowhere/node'], 'ENOENT'],
  ['one that ends at once', [process.execPath, '-e', 'console.error("no"); process.exit(3)'], 'It ended at once (3)'],
  ['no command', undefined, 'No command is set'],
])('%s is AGENT_START_FAILED, with where to look', async (_name, command, detail) => {
  const logFile = join(folder(), 'agent.log');
  const start = agentStarter({ command, logFile, clock: systemClock, isUp: async () => false });
  expect(await start()).toMatchObject({
    isStarted: false,
    code: 'AGENT_START_FAILED',
    detail: expect.stringContaining(detail),
    remedy: expect.stringContaining('shelfwire-agent run'),
  });
});
