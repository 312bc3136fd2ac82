import type { DayView, FeedEntry, HourOfDay } from '#shared/agent-api/answers.ts';
import type { FactBodies } from '#shared/protocol/fact.ts';
import type { StoredFact } from './journal-log.ts';
import type { RxdbJournalLog } from './journal-log-rxdb.ts';

const HOUR_MS = 3_600_000;
const PAGE = 500;

export interface DayBookParts {
  readonly log: Pick<RxdbJournalLog, 'read' | 'readSince'>;
  /** Where the journal ends now, and up to where the hub has it. */
  place(): { readonly epoch: number; readonly lastSeq: number; readonly ackedSeq: number };
}

export interface AskedDay {
  readonly from: number;
  readonly to: number;
  /** Entries of the feed, at most. */
  readonly feed: number;
}

type Entry = Omit<FeedEntry, 'isVoided' | 'isSafe'> & {
  readonly epoch: number;
  readonly seq: number;
  readonly correlationId: string;
};

/**
 * What happened on a day, for people. The day that was asked for last is kept, so that looking again costs what has come
 * since.
 */
export class DayBook {
  readonly #parts: DayBookParts;
  #day = { from: 0, to: 0, epoch: -1, nextSeq: 1 };
  readonly #entries = new Map<string, Entry>();
  readonly #voided = new Set<string>();
  #refreshing: Promise<void> = Promise.resolve();

  constructor(parts: DayBookParts) {
    this.#parts = parts;
  }

  async read({ from, to, feed }: AskedDay): Promise<DayView> {
    // One after the other: two that ask for different days must not fill one book.
    const refreshed = this.#refreshing.then(async () => {
      await this.#refresh(from, to);
      return this.#view(from, to, feed);
    });
    this.#refreshing = refreshed.then(
      () => undefined,
      () => undefined,
    );
    return refreshed;
  }

  async #refresh(from: number, to: number): Promise<void> {
    const { epoch, lastSeq } = this.#parts.place();
    if (this.#day.from !== from || this.#day.to !== to || this.#day.epoch !== epoch) {
      this.#entries.clear();
      this.#voided.clear();
      // What comes while it is read is read again behind that: entries are known by their keys.
      this.#day = { from, to, epoch, nextSeq: lastSeq + 1 };
      for await (const page of this.#parts.log.readSince(from, PAGE)) for (const fact of page) this.#note(fact);
      return;
    }
    while (this.#day.nextSeq <= lastSeq) {
      const page = await this.#parts.log.read(epoch, this.#day.nextSeq, PAGE);
      const last = page.at(-1);
      if (last === undefined) break;
      for (const fact of page) this.#note(fact);
      this.#day.nextSeq = last.seq + 1;
    }
  }

  #note(fact: StoredFact): void {
    // A fact of the day may have been taken back on another one.
    if (fact.kind === 'void' && fact.body.voids !== undefined) this.#voided.add(fact.body.voids);
    if (fact.at >= this.#day.from && fact.at < this.#day.to && fact.kind !== 'task') {
      if (fact.kind !== 'void' || fact.body.voids !== undefined) this.#entries.set(fact.key, entryOf(fact));
    }
  }

  #view(from: number, to: number, most: number): DayView {
    const { epoch, ackedSeq } = this.#parts.place();
    const hours = new Map<number, HourOfDay>();
    const day = { sales: 0, returns: 0, units: 0, netMinor: {} as Record<string, number> };
    for (const entry of this.#entries.values()) {
      if ((entry.kind !== 'sale' && entry.kind !== 'return') || this.#voided.has(entry.key)) continue;
      const at = from + Math.floor((entry.at - from) / HOUR_MS) * HOUR_MS;
      hours.set(at, added(hours.get(at) ?? { at, sales: 0, returns: 0, units: 0, netMinor: {} }, entry));
      Object.assign(day, added({ at: 0, ...day }, entry));
    }
    const standing = [...this.#entries.values()].filter(({ key }) => !this.#voided.has(key));
    const voided = [...this.#entries.values()].filter(({ key }) => this.#voided.has(key));
    const newest = [...gathered(standing), ...voided].toSorted((a, b) => b.at - a.at || b.seq - a.seq).slice(0, most);
    return {
      from,
      to,
      sales: day.sales,
      returns: day.returns,
      units: day.units,
      netMinor: day.netMinor,
      hours: [...hours.values()].toSorted((a, b) => a.at - b.at),
      feed: newest.map(({ epoch: of, seq, correlationId: _story, ...entry }) => ({
        ...entry,
        isVoided: this.#voided.has(entry.key),
        isSafe: of < epoch || seq <= ackedSeq,
      })),
    };
  }
}

function added(hour: HourOfDay, { kind, units, totalMinor, currency }: Entry): HourOfDay {
  const sign = kind === 'sale' ? 1 : -1;
  const before = hour.netMinor[currency ?? ''] ?? 0;
  return {
    at: hour.at,
    sales: hour.sales + (kind === 'sale' ? 1 : 0),
    returns: hour.returns + (kind === 'return' ? 1 : 0),
    units: hour.units + sign * units,
    netMinor: currency === null ? hour.netMinor : { ...hour.netMinor, [currency]: before + sign * (totalMinor ?? 0) },
  };
}

/** A count of people is a fact for each sku; for people it is one thing. */
function gathered(entries: readonly Entry[]): Entry[] {
  const counts = new Map<string, Entry>();
  const rest: Entry[] = [];
  for (const entry of entries) {
    if (entry.kind !== 'count') rest.push(entry);
    const before = counts.get(entry.correlationId);
    if (entry.kind === 'count') counts.set(entry.correlationId, before === undefined ? entry : joined(before, entry));
  }
  return [...rest, ...counts.values()];
}

/** The place is that of the later one: both are safe when it is. */
function joined(a: Entry, b: Entry): Entry {
  const last = b.epoch > a.epoch || (b.epoch === a.epoch && b.seq > a.seq) ? b : a;
  return { ...last, at: Math.max(a.at, b.at), lines: a.lines + b.lines, units: a.units + b.units };
}

function entryOf({ key, kind, at, source, epoch, seq, correlationId, body }: StoredFact): Entry {
  const lines = 'lines' in body ? (body.lines as readonly { quantity: number; service?: true }[]) : [];
  const goods = lines.filter(({ service }) => service !== true);
  const priced = kind === 'sale' || kind === 'return' ? body : undefined;
  return {
    key,
    kind,
    at,
    source,
    epoch,
    seq,
    correlationId,
    receiptNo: priced?.receiptNo ?? null,
    till: priced?.till ?? null,
    lines: lines.length,
    units: goods.reduce((sum, { quantity }) => sum + quantity, 0),
    totalMinor: priced === undefined ? null : totalOf(priced),
    currency: priced?.currency ?? null,
  };
}

function totalOf({ lines }: FactBodies['sale'] | FactBodies['return']): number {
  let total = 0;
  for (const line of lines) {
    const { discountMinor = 0, taxMinor = 0 } = line as FactBodies['sale']['lines'][number];
    total += line.quantity * line.unitPriceMinor - discountMinor + taxMinor;
  }
  return total;
}
