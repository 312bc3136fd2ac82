import { hash } from 'node:crypto';
import { z } from 'zod';
import type { QuarantineOrigin } from '#shared/agent-api/quarantine.ts';
import type { AppendResult, Journal } from '#agent/store/journal-contract.ts';
import type { ReturnedTwice } from '#agent/store/returned-twice.ts';
import { canonicalContent, describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import type { Fact, FactDraft } from '#shared/protocol/fact.ts';
import { key } from '#shared/protocol/fields.ts';
import { isToItself } from '#shared/stock/transfer.ts';

/** A fact as it came in: nothing about it is known yet, except the text it was read from. */
export interface Arrival {
  /** `{ kind, key, body, correlationId? }` if all is well. */
  readonly submission: unknown;
  /** The text as it came, asked for only when the fact is refused (F5). */
  verbatim(): string;
  /** Where in a file it stood. */
  readonly origin?: QuarantineOrigin;
  /** What is set aside when it is refused, where that is less than all of it. */
  refusedAs?(refusal: Refusal): readonly Unreadable[] | undefined;
}

export type IntakeResult =
  | {
      readonly status: 'appended' | 'duplicate';
      readonly key: string;
      readonly seq: number;
      readonly at: number;
      readonly correlationId: string;
      /** Skus that the store's products do not have: only a warning, for the sale has happened. */
      readonly unknownSkus: readonly string[];
    }
  | {
      readonly status: 'refused';
      readonly key: string | null;
      readonly code: ErrorCode;
      readonly detail: string;
      /** What counts under its key instead (KEY_REUSED). */
      readonly counts?: Fact;
    };

/** What is set aside: the text as it came, and why (F5). */
export interface QuarantineDraft {
  /** The same arrival has the same id, so that a client which repeats it does not fill the disk. */
  readonly id: string;
  readonly source: string;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly verbatim: string;
  /** Not when only the beginning is kept. */
  readonly isWhole: boolean;
  readonly key: string | null;
  readonly origin: QuarantineOrigin | null;
  readonly reopens: boolean;
}

/** The store's quarantine, as far as sources need it. Resolves when durable. */
export interface QuarantineWriter {
  keep(drafts: readonly QuarantineDraft[]): Promise<void>;
  /** What came from a source under these keys counts by now: what was set aside of it is dealt with. */
  corrected(source: string, keys: readonly string[]): Promise<void>;
}

/** Which of these skus the store's products do not have; none while the products have never been pulled. */
export type UnknownSkus = (skus: Iterable<string>) => readonly string[];

/** Units that have come back twice by these facts, which are in the journal. */
export type TwiceReturned = (taken: readonly FactDraft[]) => Promise<readonly ReturnedTwice[]>;

/** Code of the store that this device belongs to; undefined before it is enrolled. */
export type OwnStore = () => string | undefined;

/** Something that is set aside without having been a fact. */
export interface Unreadable {
  readonly code: ErrorCode;
  readonly detail: string;
  readonly verbatim: string;
  /** The how-manieth of the same text in the same file, from 1: such rows are two, not one that came twice. */
  readonly occurrence?: number;
  /** SHA-256 of all of it, where `verbatim` is only how it begins: two that begin alike are two. */
  readonly sha256?: string;
  readonly origin?: QuarantineOrigin;
  /** The key that it will have once it is in order: then this is dealt with. */
  readonly key?: string | null;
  /** Not when only the beginning is there; then the detail says so. */
  readonly isWhole?: boolean;
  /** It is a problem again when it comes again after somebody has dealt with it. */
  readonly reopens?: boolean;
  /** What it is made of, where that is several rows of a file. */
  readonly rows?: readonly { readonly line: number; readonly reason: string; readonly raw: string }[];
}

/** At most this much of one thing is kept in quarantine, characters. */
export const VERBATIM_CHARS_MAX = 256 * 1024;

const submission = z.strictObject({
  kind: z.string().min(1).max(32),
  key,
  body: z.unknown(),
  correlationId: key.optional(),
});

/** As sources see it; a trial has one that keeps nothing. */
export type IntakeDoor = Pick<Intake, 'take' | 'setAside'>;

/** The door that all sources share: untrusted in, journaled or quarantined out, one result per arrival. */
export class Intake {
  readonly #journal: Pick<Journal, 'append'>;
  readonly #quarantine: QuarantineWriter;
  readonly #unknownSkus: UnknownSkus;
  readonly #ownStore: OwnStore;
  readonly #twiceReturned: TwiceReturned;

  constructor(parts: {
    journal: Pick<Journal, 'append'>;
    quarantine: QuarantineWriter;
    unknownSkus: UnknownSkus;
    ownStore?: OwnStore;
    twiceReturned?: TwiceReturned;
  }) {
    this.#twiceReturned = parts.twiceReturned ?? (() => Promise.resolve([]));
    this.#ownStore = parts.ownStore ?? (() => undefined);
    this.#journal = parts.journal;
    this.#quarantine = parts.quarantine;
    this.#unknownSkus = parts.unknownSkus;
  }

  /**
   * Validates, journals, and sets aside what is refused; resolves when all of it is durable, in the order given.
   * Rejects with STORAGE_FULL, STORAGE_IO or JOURNAL_CLOSED: then nothing of the call is acknowledged, and sending it
   * again is safe (F4).
   */
  async take(source: string, arrivals: readonly Arrival[]): Promise<IntakeResult[]> {
    const results = await this.offer(source, arrivals);
    const refused = results.flatMap((result, index) => {
      if (result.status !== 'refused') return [];
      const arrival = arrivals[index] as Arrival;
      const parts = arrival.refusedAs?.(result);
      if (parts !== undefined) return parts.map((one) => quarantineDraft(source, one, one.key ?? null));
      const { origin } = arrival;
      const what = { ...result, verbatim: arrival.verbatim(), ...(origin === undefined ? {} : { origin }) };
      return [quarantineDraft(source, what, result.key)];
    });
    if (refused.length > 0) await this.#quarantine.keep(refused);
    const taken = results.flatMap((result) => (result.status === 'appended' ? [result.key] : []));
    // They count, whether or not that can be written beside what was set aside before.
    if (taken.length > 0) await this.#quarantine.corrected(source, taken).catch(() => undefined);
    return results;
  }

  /** Validates, journals and looks for what came back twice as `take` does, but what is refused is only told: its text is kept by who asks. */
  async offer(source: string, arrivals: readonly Pick<Arrival, 'submission'>[]): Promise<IntakeResult[]> {
    const read = arrivals.map((arrival) => readDraft(source, arrival.submission, this.#ownStore()));
    const drafts = read.filter((one) => 'body' in one);
    const appended = drafts.length > 0 ? await this.#journal.append(drafts) : [];
    await this.#showTwiceReturned(
      source,
      drafts.filter((_, place) => appended[place]?.status !== 'refused'),
    );
    let next = 0;
    return read.map((one): IntakeResult => {
      if (!('body' in one)) return one;
      const result = appended[next++];
      if (!result) throw new ShelfwireError('INTERNAL', 'The journal gave fewer results than drafts.');
      return this.#resultOf(one, result);
    });
  }

  /**
   * A till's word counts, and so does what was entered here before: what both say is shown, with the void that sets it right. Also of
   * what is known already: a crash may have come between.
   */
  async #showTwiceReturned(source: string, taken: readonly FactDraft[]): Promise<void> {
    const shown = (await this.#twiceReturned(taken)).map(({ detail, remedy }) => {
      return quarantineDraft(source, { code: 'RETURNED_TWICE', detail, verbatim: JSON.stringify(remedy) }, null);
    });
    if (shown.length > 0) await this.#quarantine.keep(shown);
  }

  /** Sets something aside that could not even be read as facts: a body that is not JSON, a broken row. */
  async setAside(source: string, refusals: readonly Unreadable[]): Promise<void> {
    if (refusals.length === 0) return;
    await this.#quarantine.keep(refusals.map((one) => quarantineDraft(source, one, one.key ?? null)));
  }

  #resultOf(draft: FactDraft, result: AppendResult): IntakeResult {
    if (result.status === 'refused') return result;
    const unknownSkus = 'lines' in draft.body ? this.#unknownSkus(stockedSkus(draft.body.lines)) : [];
    return { ...result, correlationId: draft.correlationId ?? draft.key, unknownSkus };
  }
}

function* stockedSkus(
  lines: readonly { readonly sku: string; readonly service?: true | undefined }[],
): Iterable<string> {
  for (const line of lines) if (!line.service) yield line.sku;
}

export type Refusal = Extract<IntakeResult, { status: 'refused' }>;

/** A draft of what was submitted, or why it is none. */
export function readDraft(source: string, given: unknown, store: string | undefined): FactDraft | Refusal {
  const parsed = submission.safeParse(given);
  if (!parsed.success) {
    return { status: 'refused', key: keyOf(given), code: 'FACT_INVALID', detail: describeIssues(parsed.error) };
  }
  const { kind, key, body, correlationId } = parsed.data;
  try {
    const { content } = canonicalContent(kind, body);
    if (store !== undefined && isToItself(store, content)) {
      const detail = `Both ends of the transfer are "${store}", the store itself.`;
      return { status: 'refused', key, code: 'TRANSFER_TO_ITSELF', detail };
    }
    return { ...content, key, source, ...(correlationId === undefined ? {} : { correlationId }) };
  } catch (error) {
    if (!(error instanceof ShelfwireError)) throw error;
    return { status: 'refused', key, code: error.code, detail: error.message };
  }
}

function keyOf(given: unknown): string | null {
  const parsed = z.looseObject({ key }).safeParse(given);
  return parsed.success ? parsed.data.key : null;
}

function quarantineDraft(source: string, refusal: Unreadable, key: string | null): QuarantineDraft {
  const { code, verbatim: text, origin = null, isWhole = true, reopens = false } = refusal;
  const verbatim = text.slice(0, VERBATIM_CHARS_MAX);
  const isCut = verbatim.length < text.length;
  const cut = isCut ? ` (the first ${verbatim.length} of ${text.length} characters are kept)` : '';
  const id = arrivalId(source, refusal);
  const detail = refusal.detail + cut;
  return { id, source, code, detail, verbatim, isWhole: isWhole && !isCut, key, origin, reopens };
}

/** The same arrival has the same one, and is kept once. */
export function arrivalId(
  source: string,
  { code, verbatim, occurrence = 1, sha256 }: Pick<Unreadable, 'verbatim' | 'occurrence' | 'sha256'> & { code: string },
): string {
  const all = sha256 === undefined ? '' : `\n${sha256}`;
  return hash('sha256', `${source}\n${code}\n${occurrence}\n${verbatim}${all}`, 'hex').slice(0, 40);
}
