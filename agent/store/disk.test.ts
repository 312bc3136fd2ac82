import { spawnSync } from 'node:child_process';
import { chmodSync, chownSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, type TestContext } from 'vitest';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { adjustmentDraft, saleDraft } from '#test/support/facts.ts';
import { needsTracer, traced } from '#test/support/tracer.ts';
import { openStore, type Store } from './store.ts';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'store-disk-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const mounting = { mount: 'mount', unmount: 'umount' };

/** A disk of its own, of 3 MiB. Skips the test where this account may not mount one. */
function smallDisk(context: TestContext): string {
  const folder = temporaryFolder();
  const mounted = spawnSync(mounting.mount, ['-t', 'tmpfs', '-o', 'size=3m', 'none', folder]);
  if (mounted.status !== 0) return context.skip('this account may not mount a small disk');
  onTestFinished(() => void spawnSync(mounting.unmount, [folder]));
  return folder;
}

const grow = (disk: string) => spawnSync(mounting.mount, ['-o', 'remount,size=8m', disk]);

const open = (folder: string) => openStore({ folder, logger: silentLogger, clock: systemClock });

async function keysOf(store: Store): Promise<string[]> {
  const facts = await store.journal.read(1, 100_000);
  expect(facts.map(({ seq }) => seq)).toEqual(facts.map((_, place) => place + 1));
  return facts.map(({ key }) => key);
}

/** A sale of some 4 kB. */
const bigSale = (key: string) =>
  saleDraft(
    key,
    Array.from({ length: 60 }, (_, line) => [`SKU-${line}`, 1] as const),
  );

it('F2 F3 a full disk refuses with STORAGE_FULL, reads go on, and appends with the next seq once there is space', async (context) => {
  const disk = smallDisk(context);
  const ballast = join(disk, 'ballast');
  writeFileSync(ballast, Buffer.alloc(700_000));
  const folder = join(disk, 'data');
  const store = await open(folder);
  const acknowledged: string[] = [];
  const append = async (key: string): Promise<string> => {
    const [result] = await store.journal.append([bigSale(key)]);
    acknowledged.push(key);
    return result?.status ?? '';
  };
  const fillUp = async () => {
    for (let sale = 0; ; sale++) await append(`sale-${sale}`);
  };
  const failure: unknown = await fillUp().catch((error: unknown) => error);
  expect(failure).toMatchObject({ code: 'STORAGE_FULL', remedy: expect.stringContaining('Free space') });
  await expect(append('still full')).rejects.toMatchObject({ code: 'STORAGE_FULL' });
  expect(await keysOf(store)).toEqual(acknowledged);
  expect(store.journal.lastSeq).toBe(acknowledged.length);

  rmSync(ballast);
  expect(await append('after')).toBe('appended');
  expect(await append('and again')).toBe('appended');
  expect(await keysOf(store)).toEqual(acknowledged);
  await store.close();
  const again = await open(folder);
  expect(await keysOf(again)).toEqual(acknowledged);
  expect(again.damage()).toEqual([]);
  await again.close();
});

it('F2 a store that is killed while its disk is full opens again, and has all that was acknowledged', async (context) => {
  const disk = smallDisk(context);
  const folder = join(disk, 'data');
  const program = `
    import { openStore } from '#agent/store/store.ts';
    import { silentLogger } from '#shared/runtime/logger.ts';
    import { systemClock } from '#shared/runtime/clock.ts';
    import { writeFileSync } from 'node:fs';
    const store = await openStore({ folder: process.argv.at(-1), logger: silentLogger, clock: systemClock });
    const lines = Array.from({ length: 60 }, (_, line) => ({ sku: 'SKU-' + line, quantity: 1, unitPriceMinor: 199 }));
    let acknowledged = 0;
    try {
      for (;;) {
        await store.journal.append([{ kind: 'sale', key: 'sale-' + acknowledged, source: 'test', body: { currency: 'EUR', lines } }]);
        acknowledged++;
      }
    } catch (error) {
      console.log(JSON.stringify([error.code, acknowledged]));
    }
    process.kill(process.pid, 'SIGKILL');`;
  const { stdout } = spawnSync(process.execPath, [...NODE, program, folder], { encoding: 'utf8' });
  const [code, acknowledged] = JSON.parse(stdout) as [string, number];
  expect(code).toBe('STORAGE_FULL');
  const store = await open(folder).catch((error: unknown) => error as { code: string });
  // With no byte left the log may not even be replayed: that is said, and over when there is space.
  expect('code' in store ? store.code : 'STORAGE_FULL').toBe('STORAGE_FULL');
  if ('close' in store) await store.close().catch(() => undefined);
  grow(disk);
  const again = await open(folder);
  expect((await keysOf(again)).length).toBeGreaterThanOrEqual(acknowledged);
  expect(again.damage()).toEqual([]);
  await again.close();
});

const NODE = ['--disable-warning=ExperimentalWarning', '--input-type=module', '--eval'];
const NOBODY = 65_534;
const isRoot = process.getuid?.() === 0;

/** Opens a folder in a process that may not write there, as root by another account: root may write everywhere. */
function codeWithoutRights(folder: string): string {
  const program = `
    import { lockFolder } from '#shared/runtime/folder-lock.ts';
    import { openStore } from '#agent/store/store.ts';
    const parts = { logger: { warn() {}, error() {}, info() {} }, clock: { now: Date.now } };
    const said = [];
    try { lockFolder(process.argv.at(-1)); } catch (error) { said.push(error.code ?? String(error)); }
    try { await openStore({ folder: process.argv.at(-1), ...parts }); } catch (error) { said.push(error.code ?? String(error)); }
    console.log(said.join(' '));`;
  const account = isRoot ? { uid: NOBODY, gid: NOBODY } : {};
  const run = spawnSync(process.execPath, [...NODE, program, folder], { encoding: 'utf8', ...account });
  return run.error ? String(run.error) : run.stdout.trim() || run.stderr;
}

it('F2 a folder or a file that may not be written is STORAGE_FORBIDDEN, with what to do (modes: not on Windows)', async (context) => {
  context.skip(process.platform === 'win32', 'Windows has no modes');
  const folder = temporaryFolder();
  const reachable = spawnSync(process.execPath, ['--version'], isRoot ? { uid: NOBODY, gid: NOBODY } : {});
  context.skip(reachable.status !== 0, 'no other account may run this Node');
  chmodSync(folder, 0o555);
  expect(codeWithoutRights(folder)).toBe('STORAGE_FORBIDDEN STORAGE_FORBIDDEN');
  chmodSync(folder, 0o755);
  await (await open(folder)).close();
  // The folder may be written, the file in it not.
  if (isRoot) chownSync(folder, NOBODY, NOBODY);
  chmodSync(join(folder, 'store.sqlite'), 0o444);
  expect(codeWithoutRights(folder)).toMatch(/STORAGE_FORBIDDEN$/);
});

it('S5 the clock steps back over restarts: facts never go back, and seqs and reading go on', async () => {
  const folder = temporaryFolder();
  const HOUR = 3_600_000;
  const instants: number[] = [];
  for (const [run, now] of [NOON, NOON - 26 * HOUR, NOON - 900 * HOUR, NOON + HOUR].entries()) {
    const clock = { now: () => now, monotonic: () => 0, after: () => () => undefined };
    const store = await openStore({ folder, logger: silentLogger, clock });
    for (const result of await store.journal.append([adjustmentDraft(`a${run}`), adjustmentDraft(`b${run}`)]))
      if ('at' in result) instants.push(result.at);
    expect(await keysOf(store)).toHaveLength(instants.length);
    await store.close();
  }
  expect(instants).toEqual([...Array.from({ length: 6 }, () => NOON), NOON + HOUR, NOON + HOUR]);
});
const NOON = 1_790_000_000_000;

it('F2 a group of appends is synced exactly once, before any of its callers is answered (needs strace)', ({ skip }) => {
  needsTracer(skip);
  const folder = temporaryFolder();
  const program = `
    import { writeSync } from 'node:fs';
    import { openStore } from '#agent/store/store.ts';
    import { adjustmentDraft } from '#test/support/facts.ts';
    import { silentLogger } from '#shared/runtime/logger.ts';
    import { systemClock } from '#shared/runtime/clock.ts';
    const store = await openStore({ folder: process.argv.at(-1), logger: silentLogger, clock: systemClock });
    for (let group = 0; group < 20; group++) {
      writeSync(1, 'begin\\n');
      const calls = [1, 5, 2].map((facts, call) =>
        store.journal.append(Array.from({ length: facts }, (_, place) => adjustmentDraft([group, call, place].join('-')))));
      await Promise.all(calls.map((call) => call.then(() => writeSync(1, 'acked\\n'))));
    }
    process.kill(process.pid, 'SIGKILL');`;
  const { calls } = traced([...NODE, program, join(folder, 'data')], join(folder, 'trace'));
  const events = calls.flatMap((call) => {
    if (/write\(1<.*"begin/.test(call)) return 'begin';
    if (/write\(1<.*"acked/.test(call)) return 'acked';
    if (/ f(data)?sync\(/.test(call)) return /sync\(\d+<.*store\.sqlite-wal>\)/.test(call) ? 'sync' : call;
    return [];
  });
  const groups = events.slice(events.indexOf('begin')).join(' ').split('begin ').slice(1);
  expect(groups.length).toBe(20);
  for (const group of groups) expect(group.trim()).toBe('sync acked acked acked');
});
