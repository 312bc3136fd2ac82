import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { START_AGENT } from '#shared/agent-api/desktop.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { FakeContents, FakeElectron } from '#test/support/fake-electron.ts';
import { startShell } from './shell.ts';
import { HIDDEN } from './switches.ts';

const OWN = 'shelfwire://app/';

async function started(
  change: (fake: FakeElectron) => void = () => undefined,
  settings: object = {},
  argv: string[] = [],
) {
  const folder = mkdtempSync(join(tmpdir(), 'shell-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  // A port where nobody is.
  writeFileSync(join(folder, 'desktop.json'), JSON.stringify({ port: 9, ...settings }));
  const fake = new FakeElectron(folder);
  change(fake);
  const places = {
    main: '/main.mjs',
    preload: '/preload.cjs',
    ui: folder,
    command: undefined,
    version: '1.2.3',
    argv: ['shelfwire', ...argv],
  };
  const done = startShell(fake.parts, places, silentLogger);
  const before = [...fake.told];
  fake.ready();
  await done;
  onTestFinished(() => void fake.app.emit('will-quit'));
  const contents = fake.windows[0]?.webContents ?? new FakeContents();
  return { fake, before, folder, contents };
}

it.each([
  [
    2,
    'no Node in the page, its workers or its frames',
    ['nodeIntegration', 'nodeIntegrationInWorker', 'nodeIntegrationInSubFrames'],
    false,
  ],
  [3, 'the preload is in a world of its own', ['contextIsolation'], true],
  [4, 'the page is in a sandbox', ['sandbox'], true],
  [6, 'the web’s security is on', ['webSecurity'], true],
  [8, 'nothing insecure runs in it', ['allowRunningInsecureContent'], false],
  [9, 'no experimental features', ['experimentalFeatures'], false],
  [10, 'no features of Blink are switched on', ['enableBlinkFeatures'], undefined],
  [11, 'no webviews, so none with popups', ['webviewTag'], false],
] as const)('checklist %i %s', async (_point, _title, names, value) => {
  const { fake } = await started();
  const given: Record<string, unknown> = { ...fake.windows[0]?.options.webPreferences };
  for (const name of names) expect([name, given[name]]).toEqual([name, value]);
});

it('checklist 4 the sandbox is for every process, and said before Electron is ready', async () => {
  expect((await started()).before).toContain('enableSandbox');
});

it('an installed window has no tools of developers, and takes no file that is dropped on it', async () => {
  const { webPreferences } = (await started()).fake.windows[0]!.options;
  expect(webPreferences).toMatchObject({ devTools: false, navigateOnDragDrop: false, preload: '/preload.cjs' });
});

it('checklist 18 the app is loaded by its own scheme, told before Electron is ready, not by file:', async () => {
  const { fake, before } = await started();
  expect(before.find((one) => one.startsWith('scheme'))).toBe(
    'scheme [{"scheme":"shelfwire","privileges":{"standard":true,"secure":true,"supportFetchAPI":true,"bypassCSP":false,"allowServiceWorkers":false,"corsEnabled":false}}]',
  );
  expect(fake.windows[0]?.urls).toEqual([OWN]);
});

it('checklist 1 nothing comes from the network: only what is of the app, or made in its page, is loaded', async () => {
  const { fake } = await started();
  const cancelled = (url: string): unknown => {
    let answer: unknown;
    const ask = fake.session['onBeforeRequest'] as unknown as (one: object, call: (given: unknown) => void) => void;
    ask({ url }, (given) => (answer = given));
    return (answer as { cancel: boolean }).cancel;
  };
  expect([`${OWN}assets/a.js`, 'blob:shelfwire://app/1', 'data:image/png;base64,AA'].map(cancelled)).toEqual([
    false,
    false,
    false,
  ]);
  for (const url of [
    'https://evil.example/',
    'http://127.0.0.1:7171/',
    'ws://a/',
    'file:///etc/passwd',
    'blob:https://evil/1',
    'devtools://a',
  ]) {
    expect([url, cancelled(url)]).toEqual([url, true]);
  }
});

it('checklist 5 whatever a page asks of the machine is denied', async () => {
  const { fake } = await started();
  const { setPermissionRequestHandler, setPermissionCheckHandler, setDevicePermissionHandler } = fake.session as Record<
    string,
    (...given: unknown[]) => unknown
  >;
  for (const permission of [
    'media',
    'geolocation',
    'notifications',
    'hid',
    'serial',
    'clipboard-read',
    'openExternal',
  ]) {
    let answer: unknown;
    setPermissionRequestHandler!({}, permission, (given: boolean) => (answer = given));
    expect([permission, answer, setPermissionCheckHandler!({}, permission)]).toEqual([permission, false, false]);
  }
  expect(setDevicePermissionHandler!({ deviceType: 'usb' })).toBe(false);
});

it('checklist 13 a page stays where it is', async () => {
  const { contents } = await started();
  for (const name of ['will-navigate', 'will-frame-navigate', 'will-redirect']) {
    expect([name, contents.goesOn(name, `${OWN}#/stock`), contents.goesOn(name, 'https://evil.example/')]).toEqual([
      name,
      true,
      false,
    ]);
    expect(contents.goesOn(name, 'shelfwire://app.evil/')).toBe(false);
  }
});

it('checklist 12 no webview is attached, whatever its options', async () => {
  const { contents } = await started();
  expect(contents.goesOn('will-attach-webview', OWN)).toBe(false);
});

it('checklist 14 no window is opened; a link goes to the browser only where it is known', async () => {
  const { contents, fake } = await started(undefined, { outside: ['https://hub.example'] });
  const open = (url: string) => contents.open({ url } as Parameters<typeof contents.open>[0]);
  for (const url of ['https://hub.example/orders', 'https://hub.example.evil/', 'file:///etc/passwd', OWN]) {
    expect(open(url)).toEqual({ action: 'deny' });
  }
  expect(fake.opened).toEqual(['https://hub.example/orders']);
});

it('checklist 20 the page may ask one thing, without a word to it, and only itself', async () => {
  const { fake } = await started();
  expect([...fake.handlers.keys()]).toEqual([START_AGENT]);
  const ask = fake.handlers.get(START_AGENT) as unknown as (event: object, ...given: unknown[]) => Promise<unknown>;
  const own = { senderFrame: { url: OWN, parent: null } };
  await expect(ask({ senderFrame: { url: 'https://evil.example/', parent: null } })).rejects.toThrow('sender');
  await expect(ask({ senderFrame: { url: OWN, parent: {} } })).rejects.toThrow('sender');
  await expect(ask({ senderFrame: null })).rejects.toThrow('sender');
  await expect(ask(own, 'rm -rf')).rejects.toThrow('nothing is to be said');
  // Nothing is set that starts an agent here: that is said, with a code.
  expect(await ask(own)).toMatchObject({ isStarted: false, code: 'AGENT_START_FAILED' });
});

it('X1 a certificate that is not good is refused, and none of a client is given', async () => {
  const { fake } = await started();
  const answers: unknown[] = [];
  let prevented = 0;
  const event = { preventDefault: () => (prevented += 1) };
  fake.app.emit('certificate-error', event, {}, 'https://a', 'error', {}, (given: boolean) => answers.push(given));
  fake.app.emit('select-client-certificate', event, {}, 'https://a', [{}], (given: unknown) => answers.push(given));
  expect([prevented, answers]).toEqual([2, [false, undefined]]);
});

it('X1 crash dumps stay on this machine', async () => {
  const { fake, before, folder } = await started();
  expect(before).toContain(`setPath crashDumps ${join(folder, 'crashes')}`);
  expect(fake.crash).toEqual({ uploadToServer: false });
});

it('there is one desktop: another one ends, and brings the first to the front', async () => {
  const second = (await started((fake) => (fake.isFirst = false))).fake;
  expect([second.told.includes('quit'), second.windows.length]).toEqual([true, 0]);
  const { fake } = await started();
  let shown = 0;
  fake.windows[0]?.on('shown', () => (shown += 1));
  fake.app.emit('second-instance', {}, ['--remote-debugging-port=1']);
  expect([shown, fake.windows.length]).toEqual([1, 1]);
});

it('closing the window ends neither the desktop nor the agent; the tray opens it anew', async () => {
  const { fake } = await started();
  fake.windows[0]?.emit('closed');
  fake.app.emit('window-all-closed');
  expect(fake.told).not.toContain('quit');
  await expect.poll(() => fake.tray.face).toBe('Shelfwire: The agent on this machine does not answer');
  expect(fake.tray.menu.map(({ label }) => label)).toContain('Start the agent');
  fake.press('Open Shelfwire');
  expect(fake.windows).toHaveLength(2);
});

it('a page whose process dies is loaded again, one that dies at once again is closed; the tray stays', async () => {
  const { fake, contents } = await started();
  contents.emit('render-process-gone', {}, { reason: 'clean-exit' });
  expect(contents.reloads).toBe(0);
  contents.emit('render-process-gone', {}, { reason: 'crashed' });
  expect(contents.reloads).toBe(1);
  contents.emit('render-process-gone', {}, { reason: 'oom' });
  expect(contents.reloads).toBe(1);
  fake.press('Open Shelfwire');
  fake.app.emit('second-instance');
  expect([fake.windows.length, fake.told.includes('quit')]).toEqual([2, false]);
});

it('started with the computer it has a tray and no window', async () => {
  const { fake } = await started(undefined, {}, [HIDDEN]);
  await expect.poll(() => fake.tray.menu.length).toBeGreaterThan(0);
  expect(fake.windows).toEqual([]);
});

it('X2 settings that cannot be understood, and switches of developers, end it with a code', async () => {
  const ended = async (settings: object, argv: string[]) => {
    const folder = mkdtempSync(join(tmpdir(), 'shell-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    writeFileSync(join(folder, 'desktop.json'), JSON.stringify(settings));
    const fake = new FakeElectron(folder);
    const places = { main: '', preload: '', ui: '', command: undefined, version: '', argv: ['shelfwire', ...argv] };
    await startShell(fake.parts, places, silentLogger);
    return fake.told.filter((one) => /^(?:exit|error)/.test(one)).map((one) => one.split('\n')[0]);
  };
  expect(await ended({ outside: ['http://hub.example'] }, [])).toEqual([
    expect.stringMatching(/^error CONFIG_INVALID: .*outside/),
    'exit 1',
  ]);
  expect(await ended({}, ['--no-sandbox'])).toEqual(['exit 2']);
});
