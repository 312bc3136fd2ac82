import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';

const MAIN = join(import.meta.dirname, '../../hub/main.ts');

let folder: string;
let hub: ChildProcess | undefined;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'shelfwire-hub-cli-'));
  // As root, PostgreSQL runs under an account of its own, which must be able to pass.
  await chmod(folder, 0o755);
});
afterAll(async () => {
  if (hub?.exitCode === null) await stopHub('SIGKILL');
  // The PostgreSQL of a killed hub is stopped by the next command.
  await run('key', 'list');
  await rm(folder, { recursive: true, force: true });
});

interface Ran {
  code: number | null;
  out: string;
  err: string;
}

function start(args: readonly string[]): { child: ChildProcess; ran: Promise<Ran>; text: () => string } {
  const { DATABASE_URL: _, ...env } = process.env;
  const child = spawn(process.execPath, [MAIN, ...args, '--data', join(folder, 'hub')], { env });
  let out = '';
  let err = '';
  child.stdout?.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const ran = new Promise<Ran>((resolve) => child.once('close', (code) => resolve({ code, out, err })));
  return { child, ran, text: () => out };
}

const run = (...args: string[]) => start(args).ran;

async function startHub(): Promise<{ url: string; out: string }> {
  const started = start(['run', '--listen', '127.0.0.1:0', '--log-level', 'warn']);
  hub = started.child;
  for (let waited = 0; waited < 60_000; waited += 50) {
    const url = /^Hub: (\S+)$/m.exec(started.text())?.[1];
    if (url !== undefined && started.text().length > `Hub: ${url}\n`.length) return { url, out: started.text() };
    if (hub.exitCode !== null) break;
    await delay(50);
  }
  throw new Error(`the hub did not start: ${(await started.ran).err}`);
}

async function stopHub(signal: NodeJS.Signals): Promise<number | null> {
  const stopped = new Promise<number | null>((resolve) => hub?.once('exit', (code) => resolve(code)));
  hub?.kill(signal);
  return stopped;
}

it('a command creates no database: only `run` and `migrate` may', async () => {
  for (const args of [
    ['key', 'list'],
    ['key', 'create', '--name', 'x'],
    ['token', 'create', '--store', 'S1', '--name', 'One'],
  ]) {
    const missing = expect.stringMatching(/^HUB_MISSING: There is no hub in .*\n.*shelfwire-hub run.*--data/);
    expect(await run(...args)).toMatchObject({ code: 1, out: '', err: missing });
  }
  await expect(stat(join(folder, 'hub'))).rejects.toMatchObject({ code: 'ENOENT' });
  expect(await run('migrate')).toMatchObject({ code: 0, out: expect.stringMatching(/^Applied: /) });
});

it('commands work before, while and after the hub runs, also one that was killed', async () => {
  const before = await run('token', 'create', '--store', 'S1', '--name', 'One', '--json');
  expect(before).toMatchObject({ code: 0 });
  expect(JSON.parse(before.out)).toMatchObject({ store: 'S1', token: expect.stringMatching(/^swt_/) });

  const { url, out } = await startHub();
  expect(out).toContain('shelfwire-hub key create');
  const made = await run('key', 'create', '--name', 'e2e', '--scope', 'write');
  const key = made.out.trim();
  expect(key).toMatch(/^swk_/);
  const stores = () => fetch(`${url}/v1/stores`, { headers: { Authorization: `Bearer ${key}` } });
  expect(await (await stores()).json()).toMatchObject({ items: [{ code: 'S1', name: 'One' }] });

  const scopes = ['--scope', 'stock:read', '--scope', 'rules:write'];
  const narrow = await run('key', 'create', '--name', 'narrow', ...scopes, '--per-second', '7', '--json');
  expect(JSON.parse(narrow.out)).toMatchObject({ scopes: ['stock:read', 'rules:write'], perSecond: 7 });
  const unknown = await run('key', 'create', '--name', 'x', '--scope', 'stock:fly');
  expect(unknown).toMatchObject({ code: 2, err: expect.stringMatching(/OPTION_INVALID.*stock:fly[^]*rules:write/) });

  expect((await run('run', '--listen', '127.0.0.1:0')).err).toContain('FOLDER_IN_USE');
  expect((await run('key', 'create', '--name', 'e2e')).err).toContain('CONFLICT');
  expect(await run('key', 'revoke', 'e2e')).toMatchObject({ code: 0 });
  expect((await stores()).status).toBe(401);

  await stopHub('SIGKILL');
  const list = await run('key', 'list', '--json');
  expect(JSON.parse(list.out)).toMatchObject([
    { name: 'e2e', scopes: ['write'], revokedAt: expect.any(String) },
    { name: 'narrow', scopes: ['stock:read', 'rules:write'], perSecond: 7, revokedAt: null },
  ]);

  await startHub();
  expect(await stopHub('SIGTERM')).toBe(0);
});

it('X1 the password of the database is readable by its owner only, and nowhere in the answers', async () => {
  const file = join(folder, 'hub', 'pg-password');
  expect((await stat(file)).mode & 0o077).toBe(0);
  const password = (await readFile(file, 'utf8')).trim();
  const { out, err } = await run('store', 'create', '--store', 'S2', '--log-level', 'trace');
  expect(out).toContain('S2');
  expect(out + err).not.toContain(password);
});

it('X2 bad options and commands are refused with a code', async () => {
  for (const args of [
    ['run', '--listen', 'nowhere'],
    ['token', 'create'],
    ['dance'],
    ['key', 'create', '--name', 'x', '--scope', 'all'],
  ]) {
    expect(await run(...args)).toMatchObject({ code: 2, err: expect.stringContaining('OPTION_INVALID') });
  }
});
