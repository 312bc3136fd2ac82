import { spawn } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { adjustmentDraft } from '#test/support/facts.ts';
import { temporaryFolder } from '#test/support/sqlite-storage.ts';
import { readFolderStorage } from '../storage/folder-storage.ts';
import type { StorageEngine } from '../storage/engines.ts';
import { openStore } from '../store/store.ts';

const MAIN = join(import.meta.dirname, '../main.ts');
const FACTS = 3_000;

/** Runs the program, for at most so long; null when it was killed. */
function shelfwireAgent(argv: string[], killAfterMs?: number): Promise<{ code: number | null; text: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...argv]);
    onTestFinished(() => void child.kill('SIGKILL'));
    let text = '';
    child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
    child.stderr.setEncoding('utf8').on('data', (part: string) => (text += part));
    if (killAfterMs !== undefined) setTimeout(() => child.kill('SIGKILL'), killAfterMs);
    child.on('error', reject);
    child.on('close', (code) => resolve({ code, text }));
  });
}

const open = (folder: string, engine?: StorageEngine) =>
  openStore({ folder, engine, logger: silentLogger, clock: systemClock });

async function factsOf(folder: string) {
  const store = await open(folder);
  const facts = [];
  for (let from = 1; from <= store.journal.lastSeq;) {
    const page = await store.journal.read(from, 500);
    facts.push(...page);
    from += page.length;
  }
  await store.close();
  return facts;
}

it.each<[StorageEngine, StorageEngine]>([
  ['sqlite', 'pouchdb'],
  ['pouchdb', 'sqlite'],
])(
  'F2 a move from %s to %s that is killed again and again ends with every fact, and never with half of them',
  { timeout: 300_000 },
  async (from, to) => {
    const folder = temporaryFolder();
    const store = await open(folder, from);
    for (let fact = 0; fact < FACTS; fact += 500) {
      await store.journal.append(Array.from({ length: 500 }, (_, place) => adjustmentDraft(`k${fact + place}`)));
    }
    await store.close();
    const before = await factsOf(folder);
    const migrate = ['storage', 'migrate', '--to', to, '--data', folder];
    const counted: number[] = [];
    let kills = 0;
    let end = await shelfwireAgent(migrate, 150);
    for (; end.code === null; end = await shelfwireAgent(migrate, 300 + 300 * kills)) {
      kills++;
      // Whichever counts now, it is whole.
      if (kills % 2 === 0) counted.push((await factsOf(folder)).length);
    }
    expect(end).toMatchObject({ code: 0, text: expect.stringContaining(`kept by ${to} `) });
    expect(counted.filter((count) => count !== FACTS)).toEqual([]);
    expect(kills).toBeGreaterThan(0);
    expect(readFolderStorage(folder)?.engine).toBe(to);
    expect(existsSync(join(folder, 'storage-migration.json'))).toBe(false);
    expect(await factsOf(folder)).toEqual(before);
    await expect(open(folder, from)).rejects.toMatchObject({ code: 'STORAGE_ENGINE_OTHER' });
    const again = await shelfwireAgent(migrate);
    expect([again.code, again.text]).toEqual([0, expect.stringContaining('already')]);
  },
);

it('F3 F5 a move of a damaged folder says what is lost, takes its holes along, and the status still knows', async () => {
  const folder = temporaryFolder();
  const store = await open(folder);
  await store.journal.append(Array.from({ length: 300 }, (_, place) => adjustmentDraft(`fact-${place}-of-many`)));
  await store.close();
  const path = join(folder, 'store.sqlite');
  const bytes = readFileSync(path);
  bytes.write('?', bytes.indexOf('"key":"fact-100-of-many"') + 1);
  writeFileSync(path, bytes);

  const { code, text } = await shelfwireAgent(['storage', 'migrate', '--to', 'pouchdb', '--data', folder]);
  expect([code, text]).toEqual([0, expect.stringContaining('STORAGE_RECOVERED')]);
  const facts = await factsOf(folder);
  expect(facts.map(({ seq }) => seq)).toEqual(Array.from({ length: 300 }, (_, place) => place + 1));
  expect(facts.filter(({ kind }) => kind === 'void').map(({ seq }) => seq)).toEqual([101]);
  const moved = await open(folder);
  expect(moved.damage()).toMatchObject([{ code: 'STORAGE_RECOVERED' }]);
  await moved.close();
});
