import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRxDatabase, type RxJsonSchema } from 'rxdb';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openEngine, STORAGE_ENGINES, type StorageEngine } from '#agent/storage/engines.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { openStore, type Store } from './store.ts';
import { OPEN_LIMITS, OpenEntries } from './quarantine-open.ts';
import { quarantineSchema } from './collections/quarantine.ts';
import type { Rejected } from './quarantine.ts';

const DAY = 86_400_000;
let time = 1_790_000_000_000;
const clock = { now: () => time, monotonic: () => 0, after: () => () => undefined };

const one = (id: string, more: Partial<Rejected> = {}): Rejected => {
  return { id, source: 'http:till', code: 'FACT_INVALID', detail: 'bad', verbatim: `text of ${id}`, ...more };
};

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'quarantine-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

async function opened(folder: string, engine: StorageEngine): Promise<Store> {
  const store = await openStore({ folder, engine, logger: silentLogger, clock });
  onTestFinished(() => store.close());
  return store;
}

describe.each(STORAGE_ENGINES)('quarantine on %s', (engine) => {
  it('F5 what was dismissed stays as a record over a restart, is no problem when it comes again, and goes after its days', async () => {
    const folder = temporary();
    const first = await opened(folder, engine);
    await first.quarantine.keep([one('a', { key: 'k' }), one('b'), one('h', { source: 'hub' })]);
    await first.quarantine.note('a', 'dismissed', { by: 'ui:Ada', act: 'dismissed', note: 'a test' });
    await first.close();
    const store = await opened(folder, engine);
    const { quarantine } = store;
    expect([quarantine.count, quarantine.countAtHub]).toEqual([1, 1]);
    await quarantine.keep([one('a', { key: 'k' })]);
    expect(quarantine.count).toBe(1);
    const { items } = await quarantine.list({ limit: 10, closed: true });
    const acts = [{ at: time, by: 'ui:Ada', act: 'dismissed', note: 'a test' }];
    expect(items).toMatchObject([{ id: 'a', verbatim: 'text of a', state: 'dismissed', acts }]);
    time += 31 * DAY;
    await store.prune(30);
    expect(await quarantine.get('a')).toBeUndefined();
    expect((await quarantine.list({ limit: 10 })).items.map(({ id }) => id).toSorted()).toEqual(['b', 'h']);
  });

  it('F5 a file that is dropped again is a problem again', async () => {
    const { quarantine } = await opened(temporary(), engine);
    const file = one('f', { reopens: true });
    await quarantine.keep([file]);
    await quarantine.note('f', 'sent', { by: 'ui:Ada', act: 'sent', note: '' });
    await quarantine.keep([file]);
    expect(quarantine.count).toBe(1);
    expect((await quarantine.get('f'))?.acts.map(({ act }) => act)).toEqual(['sent', 'cameAgain']);
  });

  it('F4 what its source has sent again in order is closed by its key, and nothing else is', async () => {
    const { quarantine } = await opened(temporary(), engine);
    await quarantine.keep([
      one('a', { key: 'k' }),
      one('b', { key: 'k', source: 'http:other' }),
      one('c', { key: 'l' }),
    ]);
    await quarantine.corrected('http:till', ['k', 'm']);
    expect((await quarantine.list({ limit: 10 })).items.map(({ id }) => id).toSorted()).toEqual(['b', 'c']);
    expect((await quarantine.get('a'))?.acts).toMatchObject([{ by: 'http:till', act: 'corrected', note: 'k' }]);
  });

  it('F5 an older agent’s quarantine is taken over as it is, each entry open', async () => {
    const folder = temporary();
    await (await opened(folder, engine)).close();
    const { properties } = quarantineSchema;
    const { id, source, at, code, detail, verbatim } = properties;
    const old: RxJsonSchema<Rejected & { at: number }> = {
      ...(quarantineSchema as object as RxJsonSchema<Rejected & { at: number }>),
      version: 0,
      properties: { id, source, at, code, detail, verbatim } as never,
      required: ['id', 'source', 'at', 'code', 'detail', 'verbatim'],
      indexes: [['at', 'id']],
    };
    const other = temporary();
    const storage = await openEngine(engine, other, { recovery: undefined as never, now: () => time });
    const database = await createRxDatabase({
      name: 'store',
      storage: { ...storage, name: `${storage.name} ${other}` },
      multiInstance: false,
      eventReduce: false,
    });
    const { quarantine } = await database.addCollections({ quarantine: { schema: old } });
    const cut = 'bad (the first 5 of 9 characters are kept)';
    await quarantine?.bulkInsert([
      { ...one('a'), at: time },
      { ...one('b'), at: time + 1, detail: cut },
    ]);
    await database.close();
    const store = await openStore({ folder: other, storage, logger: silentLogger, clock });
    onTestFinished(() => store.close());
    expect(store.quarantine.count).toBe(2);
    expect((await store.quarantine.list({ limit: 10 })).items).toMatchObject([
      { id: 'b', isWhole: false, state: 'open', acts: [] },
      { id: 'a', isWhole: true, verbatim: 'text of a', key: null, origin: null },
    ]);
  });
});

it('X2 what is open is bounded; what the hub has set aside is not refused for it', () => {
  const open = new OpenEntries();
  const entry = (id: string, verbatim = '', source = 'csv:a') => ({ id, source, code: 'X', key: null, verbatim });
  for (let no = 0; no < OPEN_LIMITS.entries; no += 1) open.add(entry(`${no}`));
  expect(open.isFull).toBe(true);
  expect(() => open.requireRoomFor([entry('more')])).toThrow(expect.objectContaining({ code: 'QUARANTINE_FULL' }));
  open.requireRoomFor([entry('more', '', 'hub')]);
  open.delete('7');
  open.requireRoomFor([entry('more')]);
  const big = { length: OPEN_LIMITS.chars } as string;
  expect(() => open.requireRoomFor([entry('big', big), entry('x', 'x')])).toThrow(/QUARANTINE_FULL|set aside already/);
});
