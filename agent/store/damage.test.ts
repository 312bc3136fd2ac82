import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { silentLogger } from '#shared/runtime/logger.ts';
import { adjustmentDraft } from '#test/support/facts.ts';
import { openStore, type Store } from './store.ts';

const NOON = 1_790_000_000_000;
let folder: string;
let store: Store;
const clock = { now: () => NOON, monotonic: () => 0, after: () => () => undefined };
const open = async () => (store = await openStore({ folder, logger: silentLogger, clock }));
const key = (place: number) => `fact-${String(place).padStart(4, '0')}`;
const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, place) => from + place);

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'store-damage-'));
  await open();
  for (let from = 1; from <= 400; from += 50)
    await store.journal.append(numbers(from, from + 49).map((place) => adjustmentDraft(key(place))));
});

afterEach(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Breaks the documents of facts where they lie in the table; indexes do not have what is broken. */
function breakFacts(places: readonly number[]): void {
  const path = join(folder, 'store.sqlite');
  const bytes = readFileSync(path);
  for (const place of places) {
    const at = bytes.indexOf(`"key":"${key(place)}"`);
    expect(at).toBeGreaterThan(0);
    bytes.write('?', at + 1);
  }
  writeFileSync(path, bytes);
}

async function facts(): Promise<string[]> {
  const all = await store.journal.read(1, 10_000);
  expect(all.map(({ seq }) => seq)).toEqual(numbers(1, all.length));
  return all.map((fact) => (fact.kind === 'void' ? 'hole' : fact.key));
}

const report = () => {
  const [name = ''] = readdirSync(join(folder, 'damaged'));
  return JSON.parse(readFileSync(join(folder, 'damaged', name, 'report.json'), 'utf8')) as object;
};

describe('a damaged store', () => {
  it('F2 F3 J2 goes on: what is lost is marked in its place, reported by seq, and not believed to be acknowledged', async () => {
    store.device.mark({ ackedSeq: 300 });
    const { epoch } = store.journal;
    await store.close();
    breakFacts([100, 101, 250, 399, 400]);
    await open();
    expect(store.journal.epoch).toBe(epoch);
    const lost = new Set([100, 101, 250, 399, 400]);
    expect(await facts()).toEqual(numbers(1, 400).map((place) => (lost.has(place) ? 'hole' : key(place))));
    expect(store.device.marks.ackedSeq).toBe(99);
    expect(report()).toMatchObject({
      settled: true,
      journal: [
        {
          epoch,
          lastSeq: 400,
          missing: [
            [100, 101],
            [250, 250],
            [399, 400],
          ],
        },
      ],
    });
    const [problem, ...others] = store.damage();
    expect([problem, others]).toMatchObject([{ code: 'STORAGE_RECOVERED' }, []]);
    expect(problem?.detail).toContain('5 facts are missing in the journal');
    expect(problem?.remedy).toContain('report.json');
    // A lost place is not given again.
    expect((await store.journal.append([adjustmentDraft('next')]))[0]).toMatchObject({ status: 'appended', seq: 401 });
    await store.close();
    await open();
    expect(readdirSync(join(folder, 'damaged')).length).toBe(1);
    expect(store.journal.lastSeq).toBe(401);
    rmSync(join(folder, 'damaged'), { recursive: true });
    expect(store.damage()).toEqual([]);
  });

  it('F2 J2 begins a new epoch when its head is lost, and keeps the facts of the old one for the hub to ask for', async () => {
    const { epoch } = store.journal;
    await store.close();
    const path = join(folder, 'store.sqlite');
    const bytes = readFileSync(path);
    for (let at = bytes.indexOf('{"id":"device"'); at >= 0; at = bytes.indexOf('{"id":"device"', at + 1))
      bytes.write('?', at);
    writeFileSync(path, bytes);
    await open();
    expect(store.journal.epoch).toBeGreaterThan(epoch);
    expect(await store.journal.earlierEpochs()).toEqual([epoch]);
    expect(await store.journal.moveUp(epoch, 0)).toBe(400);
    expect(await facts()).toEqual(numbers(1, 400).map((place) => key(place)));
  });

  it('F1 F2 a bit that flipped unseen stops its reader with a code, is shown, and is recovered at the next start', async () => {
    await store.close();
    breakFacts([200]);
    const path = join(folder, 'store.sqlite');
    const mark = JSON.parse(readFileSync(`${path}.mark`, 'utf8')) as { stopped: { modifiedMs: number } };
    mark.stopped.modifiedMs = statSync(path).mtimeMs;
    writeFileSync(`${path}.mark`, JSON.stringify(mark));
    await open();
    await expect(store.journal.read(150, 100)).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' });
    expect(store.damage()).toMatchObject([{ code: 'STORAGE_DAMAGED', remedy: expect.stringContaining('Restart') }]);
    expect((await store.journal.append([adjustmentDraft('sold')]))[0]).toMatchObject({ status: 'appended', seq: 401 });
    await store.close();
    await open();
    expect(store.damage()).toMatchObject([{ code: 'STORAGE_RECOVERED' }]);
    expect((await facts())[400]).toBe('sold');
    expect((await facts())[199]).toBe('hole');
  });
});
