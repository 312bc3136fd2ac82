import {
  cpSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Item,
  type ItemInstance,
  numbered,
  openItems,
  stored,
  temporaryFolder,
} from '#test/support/sqlite-storage.ts';
import type { DamageReport } from './report.ts';
import { readLost, readReports } from './report.ts';

const FILE = 'store.sqlite';

function firstStates(size: number) {
  const note = (place: number) => 'n'.repeat(place % 29 === 0 ? 9_000 : (place * 37) % 700);
  return numbered('d', size).map((id, at) => stored({ id, at, note: note(at) }));
}

const earlierStates = () => firstStates(300).map((document) => JSON.stringify(document));

/** Documents of all sizes, some of them beyond a page, some written twice, some deleted. */
async function fill(folder: string, size = 300): Promise<ItemInstance> {
  const items = await openItems(folder);
  const first = firstStates(size);
  for (let from = 0; from < size; from += 10)
    await items.bulkWrite(
      first.slice(from, from + 10).map((document) => ({ document })),
      'fill',
    );
  const second = first
    .filter((_, place) => place % 7 === 0)
    .map((previous) => {
      const { id, at } = previous;
      return { previous, document: stored({ id, at, kind: 'count' }, { height: 2, deleted: at % 14 === 0 }) };
    });
  await items.bulkWrite(second, 'again');
  await items.bulkWrite([{ document: stored({ id: 'last' }) }], 'last');
  return items;
}

async function documentsOf(items: ItemInstance): Promise<Map<string, string>> {
  const { documents } = await items.getChangedDocumentsSince!(100_000);
  return new Map(documents.map((document) => [document.id, JSON.stringify(document)]));
}

/** What SQLite itself gives of a copy of the file, each row on its own. */
function rowByRow(folder: string): Map<string, string> {
  const copy = `${folder}-copy`;
  cpSync(folder, copy, { recursive: true });
  const found = new Map<string, string>();
  try {
    const database = new DatabaseSync(join(copy, FILE));
    database.exec('PRAGMA writable_schema = ON');
    const [table] = database
      .prepare("SELECT name FROM sqlite_schema WHERE name GLOB 'docs_*items*' AND type = 'table'")
      .all();
    const row = database.prepare(`SELECT doc FROM ${String(table?.['name'])} WHERE seq = ?`);
    for (let seq = 1; seq < 400; seq++) {
      try {
        const text = String(row.get(seq)?.['doc']);
        found.set((JSON.parse(text) as Item).id, text);
      } catch {
        // This row, and so on with the next one.
      }
    }
    database.close();
  } catch {
    // Nothing at all then.
  }
  rmSync(copy, { recursive: true });
  return found;
}

type Damage = {
  readonly part: string;
  readonly kind: 'flip' | 'cut' | 'zero' | 'empty';
  readonly at: number;
  readonly bits: number;
};

function inflict(folder: string, { part, kind, at, bits }: Damage): void {
  const path = join(folder, FILE + part);
  if (!existsSync(path)) return;
  const { size } = statSync(path);
  if (kind === 'cut') return truncateSync(path, Math.floor(at * size));
  if (kind === 'empty' || size === 0) return truncateSync(path, 0);
  const bytes = readFileSync(path);
  const place = Math.floor(at * size);
  if (kind === 'zero') bytes.fill(0, place - (place % 4096), Math.min(size, place - (place % 4096) + 4096));
  else bytes[place] = (bytes[place] ?? 0) ^ bits;
  return writeFileSync(path, bytes);
}

/** Whether it can take the last commit of a log, which is a few frames. */
function takesTheEnd({ kind, at, part }: Damage, folder: string): boolean {
  const size = statSync(join(folder, FILE + part), { throwIfNoEntry: false })?.size ?? 0;
  return kind === 'cut' || kind === 'empty' || at * size > size - 12 * 4120;
}

const damages = fc.record({
  part: fc.constantFrom('', '', '-wal'),
  kind: fc.constantFrom('flip', 'flip', 'flip', 'flip', 'cut', 'zero', 'empty'),
  at: fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
  bits: fc.integer({ min: 1, max: 255 }),
}) as fc.Arbitrary<Damage>;

describe('a damaged file', () => {
  it.each([
    ['after a clean stop', true],
    ['with a log, after a kill', false],
  ])(
    'F2 F5 50 random damages %s: opens, deletes nothing, keeps what is readable, reports every loss',
    { timeout: 120_000 },
    async (_, isClean) => {
      const base = temporaryFolder();
      const filled = await fill(base);
      const truth = await documentsOf(filled);
      const states = new Set([...truth.values(), ...earlierStates()]);
      const kept = temporaryFolder();
      if (isClean) await filled.close();
      for (const name of readdirSync(base)) cpSync(join(base, name), join(kept, name), { preserveTimestamps: true });
      await fc.assert(
        fc.asyncProperty(fc.array(damages, { minLength: 1, maxLength: 3 }), async (several) => {
          const folder = temporaryFolder();
          for (const name of readdirSync(kept)) cpSync(join(kept, name), join(folder, name));
          for (const damage of several) inflict(folder, damage);
          // A log that has lost its end looks like one whose last write was interrupted: that is a gap of the format.
          const isCut = several.some((damage) => damage.part === '-wal' && takesTheEnd(damage, kept));
          const before = existsSync(join(folder, FILE)) ? readFileSync(join(folder, FILE)) : undefined;
          const readable = rowByRow(folder);
          const items = await openItems(folder);
          const after = await documentsOf(items);
          for (const text of after.values()) expect(states).toContain(text);
          const readableIds = [...readable].filter(([id, text]) => text === truth.get(id)).map(([id]) => id);
          expect(readableIds.filter((id) => after.get(id) !== truth.get(id))).toEqual([]);
          for (const id of after.keys())
            expect((await items.findDocumentsById([id], true)).map((one) => one.id)).toEqual([id]);
          const missing = [...truth.keys()].filter((id) => !after.has(id));
          // A log can lose the latest write of a document: its earlier state is then what there is.
          const reverted = [...after].filter(([id, text]) => text !== truth.get(id));
          const [damaged] = readReports(folder);
          const [own] = damaged?.report.collections ?? [];
          const isLossTold = isCut || (damaged !== undefined && own?.isWhole !== true);
          expect(missing.length + reverted.length === 0 || isLossTold).toBe(true);
          const aside = damaged && before ? readFileSync(join(damaged.folder, FILE)).length : before?.length;
          expect(aside).toBe(before?.length);
          expect(own?.recovered ?? after.size).toBe(after.size);
          await items.close();
          // What was recovered is a sound file.
          const again = await openItems(folder);
          expect(readReports(folder).length).toBe(damaged ? 1 : 0);
          await again.close();
        }),
        { numRuns: 50 },
      );
    },
  );
});

describe('recovery', () => {
  const reportsTo = (told: DamageReport[]) => ({
    recovery: { onRecovered: (report: DamageReport) => told.push(report) },
  });

  it('F5 names each lost document with what its indexes know, and keeps unreadable rows verbatim', async () => {
    const folder = temporaryFolder();
    await (await fill(folder)).close();
    const bytes = readFileSync(join(folder, FILE));
    const at = bytes.indexOf('"id":"d123"');
    bytes.write('X', at + 7);
    writeFileSync(join(folder, FILE), bytes);
    const told: DamageReport[] = [];
    const items = await openItems(folder, {}, reportsTo(told));
    expect(told).toMatchObject([{ damage: expect.stringContaining('is not what was written'), unfit: 1 }]);
    const [{ folder: aside, report }] = readReports(folder) as [ReturnType<typeof readReports>[0]];
    expect(report.collections).toMatchObject([{ collection: 'items', lost: 1, recovered: 300, isWhole: false }]);
    expect(readLost(aside)).toMatchObject([{ collection: 'items', fields: { id: 'd123', at: 123, kind: 'sale' } }]);
    expect(readFileSync(join(aside, 'unfit.jsonl'), 'utf8')).toContain('dX23');
    expect(readFileSync(join(aside, FILE)).equals(bytes)).toBe(true);
    expect((await items.findDocumentsById(['d123'], true)).length).toBe(0);
    // The seq of a lost document is not given again.
    await items.bulkWrite([{ document: stored({ id: 'new' }) }], 'later');
    expect((await items.getChangedDocumentsSince!(1_000)).checkpoint.seq).toBe(345);
  });

  it('F2 a bit that flipped while nobody looked is met by the reader, and the next open recovers', async () => {
    const folder = temporaryFolder();
    await (await fill(folder)).close();
    const path = join(folder, FILE);
    const { atime, mtime } = statSync(path);
    const bytes = readFileSync(path);
    bytes.write('9', bytes.indexOf('"at":123') + 5);
    writeFileSync(path, bytes);
    utimesSync(path, atime, mtime);
    const stopped = JSON.parse(readFileSync(`${path}.mark`, 'utf8')) as { stopped: { modifiedMs: number } };
    stopped.stopped.modifiedMs = statSync(path).mtimeMs;
    writeFileSync(`${path}.mark`, JSON.stringify(stopped));
    const items = await openItems(folder);
    expect(readReports(folder)).toEqual([]);
    await expect(items.findDocumentsById(['d123'], false)).rejects.toMatchObject({ code: 'STORAGE_DAMAGED' });
    expect((await items.findDocumentsById(['d124'], false)).length).toBe(1);
    await items.close();
    const again = await openItems(folder);
    expect(readReports(folder)).toMatchObject([{ report: { collections: [{ lost: 1 }] } }]);
    expect((await documentsOf(again)).size).toBe(300);
  });

  it('F2 what an earlier round of the log has left behind is not taken for damage', async () => {
    const folder = temporaryFolder();
    const items = await fill(folder);
    items.internals.table.connection.database.exec('PRAGMA wal_checkpoint(RESTART)');
    await items.bulkWrite([{ document: stored({ id: 'new' }) }], 'behind the restart');
    const killed = temporaryFolder();
    for (const name of readdirSync(folder)) cpSync(join(folder, name), join(killed, name));
    const again = await openItems(killed);
    expect(readReports(killed)).toEqual([]);
    expect(await documentsOf(again)).toEqual(await documentsOf(items));
  });

  it('F2 a file that is gone is not begun anew in silence', async () => {
    const folder = temporaryFolder();
    await (await fill(folder)).close();
    rmSync(join(folder, FILE));
    await openItems(folder);
    expect(readReports(folder)).toMatchObject([{ report: { damage: 'the file is missing' } }]);
  });

  it('F2 killed after the new file was complete, the exchange is finished at the next open', async () => {
    const folder = temporaryFolder();
    await (await fill(folder)).close();
    const bytes = readFileSync(join(folder, FILE));
    bytes.fill(0, 0, 4096);
    writeFileSync(join(folder, FILE), bytes);
    const items = await openItems(folder);
    const whole = await documentsOf(items);
    expect(whole.size).toBe(301);
    await items.close();
    // As it was in the middle: the new file complete, the old one half moved.
    const [aside] = readReports(folder);
    cpSync(join(folder, FILE), join(folder, `${FILE}.recovered`));
    rmSync(join(folder, `${FILE}.mark`));
    cpSync(join(aside!.folder, FILE), join(folder, FILE));
    rmSync(join(aside!.folder, FILE));
    expect(await documentsOf(await openItems(folder))).toEqual(whole);
    expect(readFileSync(join(aside!.folder, FILE)).equals(bytes)).toBe(true);
  });
});
