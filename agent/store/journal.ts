import { digestOf } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { FactDraft } from '#shared/protocol/fact.ts';
import type { FramedFact } from '#shared/protocol/frame.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { instantOf, type HybridClock } from './hybrid-clock.ts';
import type { AppendResult, Journal } from './journal-contract.ts';
import { epochNow, type JournalHead, type JournalHeadStore } from './journal-head.ts';
import type { JournalLog, StoredFact } from './journal-log.ts';
import { closeHoles, epochsBefore, finishMove, movePage } from './journal-recovery.ts';
import { keysToKnow, voidBeside, voidedKey } from './void-target.ts';

/** Facts in one commit. A single call may bring more; it is never split. */
const GROUP_MAX = 500;

export interface JournalOptions {
  readonly log: JournalLog;
  readonly heads: JournalHeadStore;
  /** The time of facts. */
  readonly hybridClock: HybridClock;
  /** System time, for the instant of a new epoch. */
  readonly clock: Clock;
  readonly logger: Logger;
  /** The present epoch was in use up to this seq, also where its facts are lost. Default: up to its last fact. */
  readonly usedSeq?: number;
  /** When a group is closed: by default after the input of this tick, so that what came together is one commit. */
  readonly defer?: (call: () => void) => void;
}

interface Call {
  readonly drafts: readonly FactDraft[];
  resolve(results: AppendResult[]): void;
  reject(error: unknown): void;
}

/**
 * The one writer of the store's facts.
 *
 * - one commit at a time; what arrives meanwhile is the next group
 * - seq is given to new facts only, in the order of arrival, and counts on only after the commit: a failed one
 *   leaves neither a hole nor a step of the clock (F3, S5)
 * - callers are answered after the commit (F2); listeners are told after the callers
 */
export class StoreJournal implements Journal {
  readonly #options: JournalOptions;
  readonly #queue: Call[] = [];
  readonly #appended = new Set<(lastSeq: number) => void>();
  readonly #committed = new Set<(facts: readonly StoredFact[]) => void>();
  readonly #moved = new Set<() => void>();
  #head: JournalHead;
  #lastSeq: number;
  /** The commit that runs, or the last one; never rejects. */
  #work: Promise<void> = Promise.resolve();
  #busy = false;
  #mustRecover = false;
  /** A page is being moved, or it is unknown whether it was. */
  #isMoving = false;
  #closed = false;

  constructor(options: JournalOptions, head: JournalHead, lastSeq: number) {
    this.#options = options;
    this.#head = head;
    this.#lastSeq = lastSeq;
  }

  get epoch(): number {
    return this.#head.epoch;
  }

  get lastSeq(): number {
    return this.#lastSeq;
  }

  /** Facts up to this seq are no longer in the journal (retention). */
  get prunedSeq(): number {
    return this.#head.prunedSeq;
  }

  append(drafts: readonly FactDraft[]): Promise<AppendResult[]> {
    if (this.#closed) return Promise.reject(new ShelfwireError('JOURNAL_CLOSED', 'The journal is closed.'));
    if (drafts.length === 0) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      this.#queue.push({ drafts, resolve, reject });
      this.#schedule();
    });
  }

  async read(fromSeq: number, limit: number): Promise<FramedFact[]> {
    // Beyond lastSeq there may be facts of a commit that is not answered yet, or that failed: they are nobody's so far.
    const within = Math.min(limit, this.#lastSeq - fromSeq + 1);
    const facts = within > 0 ? await this.#options.log.read(this.epoch, fromSeq, within) : [];
    return facts.map(({ seq, at, offsetMs, key, correlationId, source, kind, body }) => {
      return { seq, at, offsetMs, key, correlationId, source, kind, bodyText: JSON.stringify(body) };
    });
  }

  onAppended(listener: (lastSeq: number) => void): () => void {
    return subscribe(this.#appended, listener);
  }

  /** Calls back after each commit with its new facts; returns what ends it. */
  onCommitted(listener: (facts: readonly StoredFact[]) => void): () => void {
    return subscribe(this.#committed, listener);
  }

  /** Calls back when facts may have another epoch and seq than before. */
  onMoved(listener: () => void): () => void {
    return subscribe(this.#moved, listener);
  }

  /**
   * Begins a new epoch, because this journal is not the one that the hub knows under the old (lost, restored). Facts
   * of the old with seq > afterSeq, which the hub may not have, move along under new seqs; their keys tell the hub
   * what it has already (F4). The older ones stay where they are.
   */
  beginEpoch(afterSeq: number): Promise<void> {
    const given = this.epoch;
    return this.alone(async () => {
      // The beginning of an epoch that had failed half-way is finished now: another one would leave its facts behind.
      if (this.epoch !== given) return;
      const epoch = Math.max(epochNow(this.#options.clock), this.#head.epoch + 1);
      const moving = { epoch: this.#head.epoch, afterSeq: Math.max(afterSeq, this.#head.prunedSeq) };
      await this.#options.heads.save({ epoch, prunedSeq: 0, moving });
      await this.#recover();
      this.#options.logger.warn({ epoch, moving, lastSeq: this.#lastSeq }, 'a new journal epoch was begun');
    });
  }

  /** Epochs before the present one of which facts are still here, the latest first. */
  earlierEpochs(): Promise<number[]> {
    return epochsBefore(this.#options.log, this.epoch);
  }

  /**
   * Gives facts of an earlier epoch with seq > afterSeq, which the hub does not have (any more), the next seqs of the
   * present one, so that they are sent. Page by page: selling goes on in between, and a crash leaves the rest where it is,
   * for the next time. Returns how many.
   */
  async moveUp(epoch: number, afterSeq: number): Promise<number> {
    let moved = 0;
    for (;;) {
      if (this.#closed) throw new ShelfwireError('JOURNAL_CLOSED', 'The journal is closed.');
      const before = moved;
      await this.alone(async () => {
        moved += await this.#movePage(epoch, afterSeq);
      });
      if (moved === before) return moved;
    }
  }

  /**
   * Remembers that facts of the present epoch up to this seq may be pruned; resolves when that is on disk. Only within
   * `alone`: under another epoch the same seq is another fact, perhaps one that was never sent.
   */
  async prunedTo(prunedSeq: number): Promise<void> {
    const head = { ...this.#head, prunedSeq: Math.min(Math.max(this.#head.prunedSeq, prunedSeq), this.#lastSeq) };
    await this.#options.heads.save(head);
    this.#head = head;
  }

  /** Runs work while nothing else is written or moved, on a journal that is whole: a half-begun epoch is finished before. */
  async alone(work: () => Promise<void>): Promise<void> {
    while (this.#busy) await this.#work;
    let outcome: { error: unknown } | undefined;
    this.#run(async () => {
      try {
        if (this.#mustRecover) await this.#recover();
        await work();
      } catch (error) {
        outcome = { error };
        this.#mustRecover = true;
      }
    });
    await this.#work;
    if (outcome) throw outcome.error;
  }

  /** Commits what has been taken, refuses what comes after. */
  async close(): Promise<void> {
    this.#closed = true;
    while (this.#busy || this.#queue.length > 0) {
      this.#schedule();
      await this.#work;
    }
  }

  #schedule(): void {
    if (this.#busy || this.#queue.length === 0) return;
    this.#run(async () => {
      await new Promise<void>((resolve) => {
        (this.#options.defer ?? setImmediate)(resolve);
      });
      while (this.#queue.length > 0) await this.#commit(this.#takeGroup());
    });
  }

  #run(work: () => Promise<void>): void {
    this.#busy = true;
    this.#work = work().finally(() => {
      this.#busy = false;
      // What arrived in the last moment, or while another work was exclusive.
      this.#schedule();
    });
  }

  async #movePage(epoch: number, afterSeq: number): Promise<number> {
    if (epoch >= this.epoch) return 0;
    this.#isMoving = true;
    const moved = await movePage(this.#options.log, { epoch, afterSeq }, { epoch: this.epoch, lastSeq: this.#lastSeq });
    this.#isMoving = false;
    if (moved === 0) return 0;
    this.#lastSeq += moved;
    for (const listener of this.#moved) listener();
    this.#tell([]);
    return moved;
  }

  #takeGroup(): Call[] {
    let facts = 0;
    const later = this.#queue.findIndex((call, place) => {
      facts += call.drafts.length;
      return place > 0 && facts > GROUP_MAX;
    });
    return this.#queue.splice(0, later < 0 ? this.#queue.length : later);
  }

  async #commit(calls: readonly Call[]): Promise<void> {
    try {
      if (this.#mustRecover) await this.#recover();
      const keys = new Set(calls.flatMap((call) => call.drafts.flatMap(keysToKnow)));
      const known = new Map((await this.#options.log.findByKeys([...keys])).map((fact) => [fact.key, fact]));
      const fresh: StoredFact[] = [];
      const reading = this.#options.hybridClock.now();
      const place = (draft: FactDraft): AppendResult => {
        const result = this.#place(draft, reading, known, fresh);
        const beside = result.status === 'refused' ? undefined : voidBeside(draft, (key) => known.has(key));
        if (beside !== undefined) this.#place(beside, reading, known, fresh);
        return result;
      };
      const results = calls.map((call) => call.drafts.map(place));
      if (fresh.length > 0) await this.#write(fresh);
      for (const [index, call] of calls.entries()) call.resolve(results[index] ?? []);
      if (fresh.length > 0) this.#tell(fresh);
    } catch (error) {
      // Whether the disk took a part is unknown now: look before the next seq is given.
      this.#mustRecover = true;
      for (const call of calls) call.reject(error);
    }
  }

  #place(draft: FactDraft, reading: number, known: Map<string, StoredFact>, fresh: StoredFact[]): AppendResult {
    const { key, source, correlationId = key, kind, body } = draft;
    const digest = digestOf(kind, JSON.stringify(body));
    const before = known.get(key);
    if (before) {
      if (before.digest === digest) return { status: 'duplicate', key, seq: before.seq, at: before.at };
      const detail = `The key "${key}" was given to another ${before.kind} (seq ${before.seq}).`;
      return { status: 'refused', key, code: 'KEY_REUSED', detail, counts: before };
    }
    const target = voidedKey(draft);
    if (target !== undefined && (target === key || known.get(target)?.kind === 'void')) {
      return { status: 'refused', key, code: 'VOID_OF_VOID', detail: `The fact "${target}" is itself a void.` };
    }
    const occurredAt = 'occurredAt' in body ? body.occurredAt : undefined;
    const seq = this.#lastSeq + fresh.length + 1;
    const at = instantOf(occurredAt, reading);
    const { offsetMs } = this.#options.hybridClock;
    const fact = { key, epoch: this.epoch, seq, kind, at, offsetMs, correlationId, source, digest, body } as StoredFact;
    known.set(key, fact);
    fresh.push(fact);
    return { status: 'appended', key, seq, at };
  }

  async #write(fresh: readonly StoredFact[]): Promise<void> {
    await this.#options.log.appendGroup(fresh);
    this.#lastSeq += fresh.length;
    this.#options.hybridClock.advance(fresh.reduce((latest, { at }) => Math.max(latest, at), 0));
  }

  #tell(fresh: readonly StoredFact[]): void {
    try {
      for (const listener of this.#committed) listener(fresh);
      for (const listener of this.#appended) listener(this.#lastSeq);
    } catch (error) {
      this.#options.logger.error({ err: error }, 'a listener of the journal failed');
    }
  }

  /** Looks what is on disk. After a failure that may be more than was acknowledged: whoever listens must know of it. */
  async #recover(): Promise<void> {
    const { head, lastSeq } = await recover(this.#options);
    const isSameEpoch = head.epoch === this.#head.epoch;
    const from = this.#lastSeq + 1;
    const found =
      isSameEpoch && lastSeq >= from ? await this.#options.log.read(head.epoch, from, lastSeq - from + 1) : [];
    this.#head = head;
    this.#lastSeq = lastSeq;
    this.#mustRecover = false;
    if (found.length > 0) this.#tell(found);
    if (!isSameEpoch || this.#isMoving) for (const listener of this.#moved) listener();
    this.#isMoving = false;
  }
}

/** Opens the journal: begins it if there is none, finishes what a crash left open, closes holes, sets the clock. */
export async function openJournal(options: JournalOptions): Promise<StoreJournal> {
  if (!options.heads.load()) await options.heads.save({ epoch: epochNow(options.clock), prunedSeq: 0, moving: null });
  const { head, lastSeq } = await recover(options);
  return new StoreJournal(options, head, lastSeq);
}

async function recover({
  log,
  heads,
  hybridClock,
  logger,
  usedSeq,
}: JournalOptions): Promise<{ head: JournalHead; lastSeq: number }> {
  const parts = { log, heads, clock: hybridClock };
  const saved = heads.load();
  if (!saved) throw new ShelfwireError('STORAGE_DAMAGED', 'The journal has lost its head document.');
  const head = await finishMove(parts, saved);
  hybridClock.advance(await log.lastAt());
  const { lastSeq, closed } = await closeHoles(parts, head, usedSeq);
  if (closed > 0) logger.warn({ epoch: head.epoch, closed }, 'holes of the journal were closed');
  return { head, lastSeq };
}

function subscribe<Listener>(listeners: Set<Listener>, listener: Listener): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
