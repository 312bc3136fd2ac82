import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { systemClock, type Clock } from '#shared/runtime/clock.ts';
import { openEdgeStore, type EdgeStore } from '#test/support/edge-store.ts';
import { csvFormat } from '../csv/csv.ts';
import type { CsvFeed } from '../csv/feed-config.ts';
import { parseFeed } from '../feeds.ts';
import { Repairs } from '../repair/repairs.ts';
import type { SourceContext } from '../source.ts';
import { FileSource } from './file-source.ts';
import { readAgain } from './rejected-files.ts';

const RUNS = Number(process.env['HISTORIES'] ?? 12);
const SETTLE_MS = 2_000;
const PATIENCE_MS = 30_000;
const HEADER = 'No,Art,Qty,Price,Day\n';

let edge: EdgeStore;
beforeAll(async () => {
  edge = await openEdgeStore();
});
afterAll(() => edge[Symbol.asyncDispose]());

/** A clock of which the time goes on only when it is told to. */
class ToldClock implements Clock {
  ms = 0;
  readonly #timers = new Set<{ at: number; call: () => void }>();
  readonly now = () => systemClock.now();
  readonly monotonic = () => this.ms;

  after(delayMs: number, call: () => void): () => void {
    const timer = { at: this.ms + delayMs, call };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** When the source that rests will look again; undefined while it works. */
  get nextMs(): number | undefined {
    const [first] = this.#timers;
    return first?.at;
  }

  /** It looks now. */
  wake(): void {
    for (const timer of this.#timers) {
      this.#timers.delete(timer);
      timer.call();
    }
  }
}

function feedOf(folder: string): CsvFeed {
  const columns = { document: 'No', sku: 'Art', quantity: 'Qty', price: 'Price', date: 'Day' };
  const config = { name: 'f', kind: 'transactions', currency: 'EUR', folder, dateFormat: 'yyyy-MM-dd', columns };
  return parseFeed({ ...config, settleMs: SETTLE_MS, patienceMs: PATIENCE_MS }) as CsvFeed;
}

interface Piece {
  readonly text: string;
  /** Before it is written. */
  readonly pauseMs: number;
}

let runs = 0;

/** A till that writes a file in pieces, a source that watches, and perhaps crashes behind the journal. Answers the run's prefix. */
async function write(pieces: (prefix: string) => readonly Piece[], crashAt?: number): Promise<string> {
  const prefix = `r${(runs += 1)}-`;
  const folder = mkdtempSync(join(edge.folder, 'run-'));
  const drop = join(folder, 'drop');
  mkdirSync(drop);
  const feed = feedOf(drop);
  const clock = new ToldClock();
  const crashing = { left: crashAt ?? Infinity };
  const context = { ...edge.context, clock, intake: crashes(edge.context.intake, crashing) };
  const begin = async () => {
    const source = new FileSource(csvFormat(feed), context, join(folder, 'state'));
    await source.start();
    return source;
  };
  let source = await begin();
  const resting = async () => {
    while (clock.nextMs === undefined) await new Promise(setImmediate);
  };
  const pass = async (ms: number) => {
    const until = clock.ms + ms;
    for (await resting(); (clock.nextMs ?? 0) <= until; await resting()) {
      clock.ms = clock.nextMs ?? 0;
      clock.wake();
      await resting();
      if (crashing.left > 0) continue;
      crashing.left = Infinity;
      await source.stop();
      source = await begin();
    }
    clock.ms = until;
  };
  const name = `${prefix}day.csv`;
  const file = openSync(join(drop, name), 'a');
  try {
    let total = 0;
    for (const { text, pauseMs } of pieces(prefix)) {
      await pass(pauseMs);
      total += writeSync(file, text);
      clock.wake();
    }
    await pass(4 * PATIENCE_MS);
    if (existsSync(join(drop, 'rejected', name))) {
      // As a whole, and so it is shown: somebody has it read again.
      const text = readFileSync(join(drop, 'rejected', name), 'utf8');
      const entries = (await edge.quarantined()).filter(({ code }) => code === 'CSV_FILE_INVALID');
      const entry = entries.find(({ verbatim }) => text.startsWith(verbatim));
      const opening = entry?.verbatim ?? 'It is not shown.';
      await readAgain(drop, { file: name, opening, isIt: () => true });
      clock.wake();
      await pass(4 * PATIENCE_MS);
    }
    const done = readdirSync(join(drop, 'done')).filter((name) => name.endsWith('.csv'));
    expect(done.map((name) => statSync(join(drop, 'done', name)).size)).toEqual([total]);
  } finally {
    closeSync(file);
    await source.stop();
    rmSync(folder, { recursive: true, force: true });
  }
  return prefix;
}

/** Journals, and then nobody learns of it: what a kill leaves behind. */
function crashes(intake: SourceContext['intake'], crashing: { left: number }): SourceContext['intake'] {
  return {
    async take(...given: Parameters<typeof intake.take>) {
      const results = await intake.take(...given);
      crashing.left -= 1;
      if (crashing.left === 0) throw new ShelfwireError('STORAGE_IO', 'Killed.');
      return results;
    },
    setAside: (...given: Parameters<typeof intake.setAside>) => intake.setAside(...given),
  } as typeof intake;
}

/** Rows of each receipt: quantities, of which no two are the same within it. */
const receipts = fc.array(fc.uniqueArray(fc.integer({ min: 10, max: 99 }), { minLength: 1, maxLength: 4 }), {
  minLength: 1,
  maxLength: 5,
});
const rowsOf = (prefix: string, sold: readonly (readonly number[])[]): string[][] =>
  sold.map((units, no) => units.map((quantity) => `${prefix}${no},a,${quantity},12.50,2026-03-01`));
const textOf = (rows: readonly (readonly string[])[]): string =>
  HEADER +
  rows
    .flat()
    .map((row) => `${row}\n`)
    .join('');

/** What became of each receipt, and of nothing else: the units that count, and the rows that are shown. */
async function outcome(prefix: string, rows: readonly (readonly string[])[]) {
  const facts = (await edge.facts()).filter(({ key }) => key.startsWith(`f:${prefix}`));
  const open = (await edge.quarantined()).filter(
    ({ verbatim, code }) => verbatim.includes(prefix.slice(0, -1)) && code !== 'CSV_FILE_INVALID',
  );
  const keys = facts.map(({ key }) => key);
  expect(keys.filter((key) => rows.some((_, no) => key === `f:${prefix}${no}`))).toEqual(keys);
  return rows.map((all, no) => {
    const key = `f:${prefix}${no}`;
    const own = facts.filter((fact) => fact.key === key);
    expect(own.length).toBeLessThanOrEqual(1);
    const lines = (own[0]?.body as { lines?: { quantity: number; unitPriceMinor: number }[] } | undefined)?.lines ?? [];
    const counted = lines.map(({ quantity, unitPriceMinor }) => [quantity, unitPriceMinor]);
    return { key, counted, sold: all.map((row) => [Number(row.split(',')[2]), 1_250]), rows: all, shown: open };
  });
}

/** Where a file is cut: at a character, or at the row that begins behind it; and how long the pause there is, of what it may be. */
const cuts = fc.array(fc.record({ at: fc.nat(400), isAtRow: fc.boolean(), percent: fc.nat(100) }), {
  maxLength: 6,
});
type Cut = typeof cuts extends fc.Arbitrary<(infer One)[]> ? One : never;

function piecesOf(
  text: string,
  given: readonly Cut[],
  pauseOf: (share: number, isWithinRow: boolean) => number,
): Piece[] {
  const shares = new Map(
    given.map(({ at, isAtRow, percent }) => [isAtRow ? text.indexOf('\n', at) + 1 : at, percent / 100]),
  );
  const places = [...shares.keys()].filter((at) => at > 0 && at < text.length).toSorted((a, b) => a - b);
  return [0, ...places].map((from, index) => {
    const pauseMs = from === 0 ? 0 : Math.floor(pauseOf(shares.get(from) ?? 0, text[from - 1] !== '\n'));
    return { text: text.slice(from, places[index] ?? text.length), pauseMs };
  });
}

it('F5 a till that pauses while it writes, for no longer than a file is waited for, has each receipt whole and nothing set aside', async () => {
  await fc.assert(
    fc.asyncProperty(receipts, cuts, async (sold, given) => {
      let whole: string[][] = [];
      const prefix = await write((name) => {
        whole = rowsOf(name, sold);
        let longest = 0;
        return piecesOf(textOf(whole), given, (share, isWithinRow) => {
          // Within a row it is waited for patiently; behind one, thrice as long as it was seen to pause.
          const limit = isWithinRow ? PATIENCE_MS : Math.max(SETTLE_MS, Math.min(PATIENCE_MS, 3 * longest));
          const pauseMs = limit * share * 0.95;
          longest = Math.max(longest, pauseMs);
          return pauseMs;
        });
      });
      for (const { counted, sold: all, shown } of await outcome(prefix, whole)) {
        expect(counted).toEqual(all);
        expect(shown).toEqual([]);
      }
    }),
    { numRuns: RUNS },
  );
}, 120_000);

it('F4 F5 a till that pauses anywhere for however long, and a crash: each receipt is whole, or what is missing is shown; nothing counts twice', async () => {
  const crash = fc.option(fc.integer({ min: 1, max: 4 }), { nil: undefined });
  await fc.assert(
    fc.asyncProperty(receipts, cuts, crash, async (sold, given, crashAt) => {
      let whole: string[][] = [];
      const prefix = await write((name) => {
        whole = rowsOf(name, sold);
        return piecesOf(textOf(whole), given, (share) => 3 * PATIENCE_MS * share);
      }, crashAt);
      for (const { counted, sold: all, rows, shown } of await outcome(prefix, whole)) {
        if (JSON.stringify(counted) === JSON.stringify(all)) continue;
        expect(counted.length).toBeLessThanOrEqual(all.length);
        // Each row that does not count as it was sold is shown as it is: alone, or with its receipt.
        const missing = rows.filter((_, place) => JSON.stringify(counted[place]) !== JSON.stringify(all[place]));
        for (const row of missing) {
          expect(shown.some(({ verbatim }) => verbatim.split('\n').includes(row))).toBe(true);
        }
      }
    }),
    { numRuns: RUNS * 2 },
  );
}, 240_000);

it('F5 what comes to a file that was taken already, in the middle of a receipt, is shown row by row, and sent counts once', async () => {
  const prefix = await write((name) => {
    const [row = '', ...more] = rowsOf(name, [[11, 12, 13]]).flat();
    return [
      { text: `${HEADER}${row}\n`, pauseMs: 0 },
      { text: `${more[0]}\n`, pauseMs: 200_000 },
      { text: `${more[1]}\n${name}1,a,14,12.50,2026-03-01\n`, pauseMs: 200_000 },
    ];
  });
  const facts = (await edge.facts()).filter(({ key }) => key.startsWith(`f:${prefix}`));
  expect(facts.map(({ key, body }) => [key, (body as { lines: object[] }).lines.length])).toEqual([
    [`f:${prefix}0`, 1],
    [`f:${prefix}1`, 1],
  ]);
  const shown = (await edge.quarantined()).filter(({ verbatim }) => verbatim.startsWith(prefix));
  expect(shown.map(({ code, verbatim }) => `${code} ${verbatim}`).toSorted()).toEqual([
    `DOCUMENT_CUT ${prefix}0,a,12,12.50,2026-03-01`,
    `DOCUMENT_CUT ${prefix}0,a,13,12.50,2026-03-01`,
  ]);
  const { store, context } = edge;
  const feed = feedOf(edge.folder);
  const repairs = new Repairs({ quarantine: store.quarantine, intake: context.intake, feedOf: () => feed });
  const { items } = await store.quarantine.list({ limit: 100 });
  for (const { id } of items.filter(({ verbatim }) => verbatim.startsWith(prefix))) {
    const { form } = await repairs.detail(id);
    await repairs.resend(id, { name: 'Ada', role: 'manager' }, { text: form.text ?? '' });
  }
  const sent = (await edge.facts()).filter(({ key }) => key.startsWith(`f:${prefix}0`));
  const lines = sent.flatMap(({ body }) => (body as { lines: { quantity: number }[] }).lines);
  expect(new Set(lines.map(({ quantity }) => quantity))).toEqual(new Set([11, 12, 13]));
  expect(lines).toHaveLength(3);
});
