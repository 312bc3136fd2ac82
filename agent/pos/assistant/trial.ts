import { stat } from 'node:fs/promises';
import type { Trial } from '#shared/agent-api/sources.ts';
import { digestOf } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { FactDraft } from '#shared/protocol/fact.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Feed } from '../feeds.ts';
import { isFileFeed } from '../feeds.ts';
import { Interrupted } from '../files/file-format.ts';
import { ReportDraft } from '../files/file-report.ts';
import { readDraft, type IntakeDoor, type IntakeResult } from '../intake.ts';
import { formatOf } from '../registry.ts';

const TIME_MS_MAX = 60_000;
/** Keys that are remembered to tell what comes twice; beyond them it is not told any more. */
const KEYS_MAX = 200_000;
const SKUS_MAX = 100_000;
const REASONS_MAX = 20;
const EXAMPLE_CHARS_MAX = 500;

/** Which of these skus the store's products do not have; null while it has no products. */
export type Missing = (skus: Iterable<string>) => readonly string[] | null;

/** Reads a file as a feed would, up to the journal, and says what would come of it. Nothing is kept. */
export async function tryFeed(
  feed: Feed,
  path: string,
  { clock, unknownSkus }: { readonly clock: Clock; readonly unknownSkus: Missing },
): Promise<Trial> {
  if (!isFileFeed(feed)) throw new ShelfwireError('REQUEST_INVALID', 'kind: must be of files.');
  const endsAt = clock.monotonic() + TIME_MS_MAX;
  const result = new TrialResult(unknownSkus);
  const report = new ReportDraft();
  let failure: Trial['failure'] = null;
  let isWhole = true;
  if (!(await stat(path)).isFile()) throw new ShelfwireError('NOT_FOUND', 'The file is not there any more.');
  try {
    const isStopping = () => clock.monotonic() > endsAt;
    // A sample is a copy that nobody writes to.
    const lastLook = () => Promise.resolve();
    await formatOf(feed).take({ path, source: 'trial', intake: result, report, hasGrown: false, isStopping, lastLook });
  } catch (error) {
    if (error instanceof Interrupted) isWhole = false;
    else if (error instanceof ShelfwireError) failure = { code: error.code, detail: error.message };
    else throw error;
  }
  return result.finish(report, isWhole, failure);
}

interface MoneyLine {
  readonly unitPriceMinor: number;
  readonly quantity: number;
  readonly discountMinor?: number | undefined;
}

/** A door that journals nothing. */
class TrialResult implements IntakeDoor {
  readonly #unknownSkus: Missing;
  readonly #digests = new Map<string, string>();
  readonly #skus = new Set<string>();
  readonly #facts: Record<string, number> = {};
  readonly #units: Record<string, number> = {};
  readonly #reasons = new Map<string, { reason: string; rows: number; line: number; example: string }>();
  #duplicates = 0;
  #netMinor = 0;
  #currency: string | null = null;
  #from: number | null = null;
  #to: number | null = null;

  constructor(unknownSkus: Missing) {
    this.#unknownSkus = unknownSkus;
  }

  take: IntakeDoor['take'] = async (source, arrivals) => {
    const results = arrivals.map((arrival): IntakeResult => {
      const draft = readDraft(source, arrival.submission, undefined);
      const result = 'body' in draft ? this.#journaled(draft) : draft;
      if (result.status === 'refused') this.#refuse(result.detail, arrival.origin?.line ?? 0, arrival.verbatim());
      return result;
    });
    return results;
  };

  setAside: IntakeDoor['setAside'] = async (_source, refusals) => {
    for (const { detail, verbatim, origin, rows } of refusals) {
      const whole = { reason: detail.replace(/^line \d+: /, ''), line: origin?.line ?? 0, raw: verbatim };
      for (const { reason, line, raw } of rows ?? [whole]) this.#refuse(reason, line, raw);
    }
  };

  finish(report: ReportDraft, isWhole: boolean, failure: Trial['failure']): Trial {
    const unknown = this.#unknownSkus(this.#skus);
    return {
      isWhole,
      rowsRead: report.rowsRead,
      facts: this.#facts,
      duplicates: this.#duplicates,
      units: this.#units,
      netMinor: this.#netMinor,
      currency: this.#currency,
      from: this.#from,
      to: this.#to,
      skus: this.#skus.size,
      unknownSkus: unknown && { count: unknown.length, some: unknown.slice(0, 10) },
      rejectedRows: report.rowsRejected,
      reasons: [...this.#reasons.values()].toSorted((a, b) => b.rows - a.rows),
      failure,
    };
  }

  #journaled(draft: FactDraft): IntakeResult {
    const { kind, key, body } = draft;
    const digest = digestOf(kind, JSON.stringify(body));
    const before = this.#digests.get(key);
    if (before !== undefined && before !== digest) {
      const detail = 'Another document of the file has its number, with other content.';
      return { status: 'refused', key, code: 'KEY_REUSED', detail };
    }
    const done = { key, seq: 0, at: 0, correlationId: key, unknownSkus: [] };
    if (before !== undefined) {
      this.#duplicates += 1;
      return { status: 'duplicate', ...done };
    }
    if (this.#digests.size < KEYS_MAX) this.#digests.set(key, digest);
    this.#add(draft);
    return { status: 'appended', ...done };
  }

  #add({ kind, body }: FactDraft): void {
    this.#facts[kind] = (this.#facts[kind] ?? 0) + 1;
    if ('occurredAt' in body && body.occurredAt !== undefined) {
      this.#from = Math.min(this.#from ?? body.occurredAt, body.occurredAt);
      this.#to = Math.max(this.#to ?? body.occurredAt, body.occurredAt);
    }
    if ('currency' in body) this.#currency = body.currency;
    if ('currency' in body) this.#addMoney(kind === 'sale' ? 1 : -1, body.lines);
    for (const line of 'lines' in body ? body.lines : []) {
      if (!('service' in line)) this.#units[kind] = (this.#units[kind] ?? 0) + line.quantity;
      if (!('service' in line) && this.#skus.size < SKUS_MAX) this.#skus.add(line.sku);
    }
  }

  #addMoney(way: 1 | -1, lines: readonly MoneyLine[]): void {
    for (const { unitPriceMinor, quantity, discountMinor = 0 } of lines)
      this.#netMinor += way * (unitPriceMinor * quantity - discountMinor);
  }

  #refuse(detail: string, line: number, example: string): void {
    // What differs from row to row is not the reason.
    const reason = detail.replaceAll(/"[^"]{0,200}"/g, '"…"').slice(0, 300);
    const known = this.#reasons.get(reason);
    if (known) known.rows += 1;
    else if (this.#reasons.size < REASONS_MAX)
      this.#reasons.set(reason, { reason, rows: 1, line, example: example.slice(0, EXAMPLE_CHARS_MAX) });
  }
}
