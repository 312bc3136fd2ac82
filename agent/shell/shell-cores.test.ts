import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, it, onTestFinished } from 'vitest';
import { fileOf } from './app-files.ts';
import { autoStartOf, desktopEntry } from './auto-start.ts';
import { isOwnSender } from './ipc.ts';
import { APP_ORIGIN, isOf } from './origin.ts';
import { isOutsideLink } from './outside-links.ts';
import { shortcutOf } from './shortcut.ts';
import { HIDDEN, refusedSwitches } from './switches.ts';
import { faceOf, trayBitmap, type Tone } from './tray-face.ts';
import { nextNotice, NOTHING_NOTICED } from './trouble-notices.ts';
import { wordsOf } from './words.ts';

it.each([
  ['shelfwire://app/', true],
  ['shelfwire://app/#/stock', true],
  ['shelfwire://app.evil/', false],
  ['shelfwire://app@evil/', false],
  ['shelfwire://user@app/', false],
  ['shelfwire:/app/', false],
  ['https://app/', false],
  ['file:///app/', false],
  ['about:blank', false],
  ['not a url', false],
])('X1 %s is of the app: %s', (url, own) => {
  expect(isOf(APP_ORIGIN, url)).toBe(own);
});

it.each([
  ['/', 'index.html'],
  ['/index.html', 'index.html'],
  ['/assets/index-Bx_1.js', 'assets/index-Bx_1.js'],
  ['/assets/../index.html', undefined],
  ['/assets/..%2f..%2fpackage.json', undefined],
  ['/assets/%2e%2e/%2e%2e/package.json', undefined],
  ['/assets/..\\..\\package.json', undefined],
  ['/assets/.hidden', undefined],
  ['/assets/a..js', undefined],
  ['/assets/', undefined],
  ['/package.json', undefined],
  ['//assets/x.js', undefined],
  ['/assets/x.js\0.html', undefined],
])('X1 no path leads out of the built app: %j', (path, file) => {
  expect(fileOf(path)).toBe(file);
});

it('X1 whatever is asked for, a file is the page or a name beside its assets', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.webPath(),
        fc.string().map((name) => `/assets/${name}`),
      ),
      (path) => {
        const file = fileOf(path);
        expect(file === undefined || file === 'index.html' || /^assets[/\\][\w-][\w.-]*$/.test(file)).toBe(true);
      },
    ),
  );
});

it.each([
  ['https://hub.example/orders/1', true],
  ['https://hub.example:443/', true],
  ['https://hub.example.evil/', false],
  ['https://hub.example@evil/', false],
  ['https://user:x@hub.example/', false],
  ['http://hub.example/', false],
  ['https://hub.example:8443/', false],
  ['file:///etc/passwd', false],
  ['smb://hub.example/x', false],
  ['javascript:alert(1)', false],
  ['ms-settings:about', false],
  [`https://hub.example/${'x'.repeat(3_000)}`, false],
])('checklist 15 of links outside, %s is opened: %s', (url, opened) => {
  expect(isOutsideLink(url, ['https://hub.example'])).toBe(opened);
});

it('checklist 17 only the page itself is answered: no frame in it, none that is gone, no other origin', () => {
  const frame = (url: string, parent: object | null = null) =>
    ({ senderFrame: { url, parent } }) as unknown as Parameters<typeof isOwnSender>[0];
  expect(isOwnSender(frame('shelfwire://app/#/status'), APP_ORIGIN)).toBe(true);
  for (const other of [
    frame('https://app/'),
    frame('shelfwire://app.evil/'),
    frame('about:blank'),
    frame('shelfwire://app/', {}),
    { senderFrame: null },
  ]) {
    expect(isOwnSender(other, APP_ORIGIN)).toBe(false);
  }
});

it('X1 an installed desktop takes no switch that would take its sandbox away or attach a debugger', () => {
  expect(refusedSwitches(['/opt/shelfwire', HIDDEN])).toEqual([]);
  const given = ['--no-sandbox', '--remote-debugging-port=9222', '--inspect', '--disable-web-security', '-r'];
  expect(refusedSwitches(['/opt/shelfwire', ...given, 'shelfwire://app/'])).toEqual(given);
});

it('the tray says how the store is, in pictures that are told apart without colour', () => {
  const words = wordsOf('en-GB');
  const face = (health: Parameters<typeof faceOf>[0]) => faceOf(health, words, (at) => `at ${at}`);
  const ok = { status: 'ok', connection: 'online', since: 5, problems: [] } as const;
  expect(face(undefined)).toEqual({ tone: 'absent', text: 'The agent on this machine does not answer' });
  expect(face(ok)).toEqual({ tone: 'online', text: 'Connected' });
  expect(face({ ...ok, connection: 'offline', problems: ['HUB_UNREACHABLE'] })).toEqual({
    tone: 'offline',
    text: 'Offline since at 5: facts are kept here',
  });
  expect(face({ ...ok, connection: 'offline', problems: ['HUB_UNREACHABLE', 'STORAGE_FULL'] }).tone).toBe('trouble');
  expect(face({ ...ok, connection: 'notEnrolled', problems: ['NOT_ENROLLED'] }).tone).toBe('offline');
  expect(wordsOf('de-AT').online).toBe('Verbunden');
  const shapes = (['online', 'offline', 'trouble', 'absent'] as Tone[]).map((tone) => {
    const pixels = trayBitmap(tone, 16);
    return Array.from({ length: 256 }, (_, point) => (pixels[point * 4 + 3] === 255 ? '#' : ' ')).join('');
  });
  expect(new Set(shapes).size).toBe(4);
  expect(Math.min(...shapes.map((shape) => shape.replaceAll(' ', '').length))).toBeGreaterThan(40);
});

it('tells of each trouble once, however it flaps, and of several together', () => {
  const MINUTE = 60_000;
  let noticed = NOTHING_NOTICED;
  const at = (minute: number, ...troubles: string[]): readonly string[] => {
    const next = nextNotice(noticed, troubles, minute * MINUTE);
    ({ noticed } = next);
    return next.tell;
  };
  expect(at(0)).toEqual([]);
  expect(at(1, 'STORAGE_FULL')).toEqual(['STORAGE_FULL']);
  for (let time = 0; time < 40; time += 1) expect(at(1 + time / 10, ...(time % 2 ? ['STORAGE_FULL'] : []))).toEqual([]);
  // Within a minute of the last notice they wait, and come together.
  expect(at(10, 'A')).toEqual(['A']);
  expect(at(10.2, 'A', 'B')).toEqual([]);
  expect(at(10.5, 'A', 'B', 'C')).toEqual([]);
  expect(at(11.1, 'A', 'B', 'C')).toEqual(['B', 'C']);
  // Gone for longer than ten minutes, it is a new one; one that stays is none.
  expect(at(20, 'A')).toEqual([]);
  expect(at(29, 'A')).toEqual([]);
  expect(at(38, 'A', 'B')).toEqual(['B']);
});

it('starts with the computer by an entry that runs the very program, whatever its path holds', () => {
  const entry = desktopEntry('Shelfwire', ['/opt/it\'s "100%" $HOME\\x/shelfwire', HIDDEN]);
  expect(entry).toContain(String.raw`Exec="/opt/it's \\"100%%\\" \\$HOME\\\\x/shelfwire" "--hidden"`);
  const told: unknown[] = [];
  const app = {
    getLoginItemSettings: () => ({ openAtLogin: true }),
    setLoginItemSettings: (given: unknown) => told.push(given),
  } as unknown as Parameters<typeof autoStartOf>[0];
  const windows = autoStartOf(app, { platform: 'win32', configFolder: '', command: [] });
  windows.set(false);
  expect([windows.isOn(), told]).toEqual([true, [{ openAtLogin: false, args: [HIDDEN] }]]);
  const configFolder = mkdtempSync(join(tmpdir(), 'config-'));
  onTestFinished(() => rmSync(configFolder, { recursive: true, force: true }));
  const linux = autoStartOf(app, { platform: 'linux', configFolder, command: ['/opt/shelfwire'] });
  const seen = [linux.isOn(), linux.set(true), linux.isOn(), linux.set(false), linux.isOn()];
  expect(seen).toEqual([false, undefined, true, undefined, false]);
});

it.each(['win32', 'darwin', 'linux'] as const)(
  'a shortcut on %s opens the loopback address in the browser',
  (platform) => {
    const { path, text } = shortcutOf('http://127.0.0.1:7171/', { platform, home: '/home/ada' });
    expect([path.startsWith('/home/ada'), text.includes('http://127.0.0.1:7171/')]).toEqual([true, true]);
  },
);

it('checklist 16 Electron is of a current line, exactly one version', () => {
  const manifest = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8')) as {
    devDependencies: Record<string, string>;
  };
  expect(manifest.devDependencies['electron']).toMatch(/^(?:4[5-9]|[5-9]\d)\.\d+\.\d+$/);
});
