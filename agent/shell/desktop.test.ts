import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EventEmitter } from 'node:events';
import { expect, it, onTestFinished } from 'vitest';
import type { AgentHealth } from '#shared/agent-api/answers.ts';
import { buildShell } from './build.ts';
import { findElectron } from './electron-binary.ts';
import { noticesOf } from './notices.ts';

const DESKTOP = join(import.meta.dirname, 'desktop.ts');

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'desktop-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

const run = (program: string, given: readonly string[], env: Record<string, string> = {}) =>
  new Promise<{ code: number; text: string }>((resolve) => {
    execFile(program, given, { env: { ...process.env, ...env } }, (error, out, err) =>
      resolve({ code: error === null ? 0 : Number(error.code), text: out + err }),
    );
  });

it('without Electron it says what to do, with a code, and makes a shortcut to the installed browser', async () => {
  const home = folder();
  const missing = await run(process.execPath, [DESKTOP], { ELECTRON_OVERRIDE_DIST_PATH: home });
  expect(missing).toMatchObject({ code: 1, text: expect.stringContaining('DESKTOP_ELECTRON_MISSING') });
  expect(missing.text).toContain('npx install-electron');
  const made = await run(process.execPath, [DESKTOP, 'shortcut', '--home', home, '--port', '7999']);
  expect(made.code).toBe(0);
  expect(readFileSync(made.text.trim(), 'utf8')).toContain('http://127.0.0.1:7999/');
});

it('finds Electron where it is said to be, or where it is installed, as each system names its program', () => {
  const root = folder();
  const put = (...path: string[]): string => {
    const file = join(root, ...path);
    mkdirSync(join(file, '..'), { recursive: true });
    writeFileSync(file, '');
    return file;
  };
  const installed = put('node_modules', 'electron', 'dist', 'electron');
  expect(findElectron(root, { env: {}, platform: 'linux' })).toBe(installed);
  const windows = put('given', 'electron.exe');
  const env = { ELECTRON_OVERRIDE_DIST_PATH: join(root, 'given') };
  expect(findElectron(root, { env, platform: 'win32' })).toBe(windows);
  expect(() => findElectron(root, { env, platform: 'linux' })).toThrow(
    expect.objectContaining({ code: 'DESKTOP_ELECTRON_MISSING' }),
  );
});

it('what is built for Electron is whole: it runs to its first word with nothing but Electron and Node beside it', async () => {
  const alone = folder();
  // Where it is built it lies three folders deep, with the package's version above.
  const there = join(alone, 'agent', 'shell', 'dist');
  mkdirSync(there, { recursive: true });
  writeFileSync(join(alone, 'package.json'), '{"version":"9.9.9"}');
  const { main, preload } = await buildShell(there);
  expect(readFileSync(preload, 'utf8').match(/require\("(.+?)"\)/g)).toEqual(['require("electron")']);
  const electron = `export const app = new Proxy({ isPackaged: false, getPath: () => ${JSON.stringify(alone)},
    requestSingleInstanceLock: () => false, quit: () => console.log('another one runs') }, { get: (own, name) => own[name] ?? (() => undefined) });
    export const protocol = { registerSchemesAsPrivileged() {} }, crashReporter = { start() {} };`;
  const hooks = join(alone, 'hooks.mjs');
  writeFileSync(
    hooks,
    `import { registerHooks } from 'node:module';
    registerHooks({ resolve: (name, context, next) => name === 'electron'
      ? { url: 'data:text/javascript,' + encodeURIComponent(${JSON.stringify(electron)}), shortCircuit: true } : next(name, context) });`,
  );
  const said = await run(process.execPath, ['--import', hooks, main]);
  expect(said).toEqual({ code: 0, text: 'another one runs\n' });
});

it('tells of trouble by the system’s own notices, of each once, and of an agent that is gone for half a minute', () => {
  const shown: string[] = [];
  let now = 0;
  let opened = 0;
  const Notification = Object.assign(
    function Notification({ body }: { body: string }) {
      const notice = Object.assign(new EventEmitter(), { show: () => shown.push(body) });
      queueMicrotask(() => notice.emit('click'));
      return notice;
    },
    { isSupported: () => true },
  ) as unknown as Parameters<typeof noticesOf>[0]['Notification'];
  const tell = noticesOf({ Notification }, () => (opened += 1), { monotonic: () => now });
  const health = (...problems: string[]): AgentHealth => ({ status: 'ok', connection: 'offline', since: 0, problems });
  const at = (seconds: number, given: AgentHealth | undefined): void => {
    now = seconds * 1_000;
    tell(given);
  };
  at(0, health('HUB_UNREACHABLE'));
  for (let second = 5; second < 60; second += 5) at(second, health('HUB_UNREACHABLE', 'STORAGE_FULL'));
  expect(shown).toEqual([expect.stringMatching(/^STORAGE_FULL: Free space/)]);
  at(80, undefined);
  at(84, undefined);
  expect(shown).toHaveLength(1);
  for (let second = 90; second < 200; second += 5) at(second, undefined);
  expect(shown.slice(1)).toEqual([expect.stringContaining('AGENT_ABSENT')]);
});
