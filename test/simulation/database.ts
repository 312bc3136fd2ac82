import { factsDigest, type Welcome } from '#shared/protocol/messages/hello.ts';
import type { FrameOutcome, IncomingFrame, Ledger } from '#hub/ledger/incoming.ts';
import type { DeviceRecord } from '#hub/sync/handshake.ts';
import type { JournalRecord } from '#hub/sync/devices.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { HeldFacts, type HeldJournal, type LedgerFlaws } from './ledger.ts';
import type { Life } from './machine.ts';
import { Moments, type Dice, type World } from './world.ts';

/** How PostgreSQL is at present. */
export interface DatabaseCondition {
  isAway: boolean;
  /** Share of transactions that take seconds. */
  slow: number;
  /** Shares of transactions that fail before commit, and that commit while their answer is lost. */
  failsBefore: number;
  answerLost: number;
}

export const GOOD_DATABASE: DatabaseCondition = { isAway: false, slow: 0, failsBefore: 0, answerLost: 0 };

export interface DatabaseFlaws extends LedgerFlaws {
  /** Says what a transaction will have done before it has. */
  readonly answersBeforeCommit?: boolean;
}

/** All that a database holds at one moment. */
export interface DatabaseBackup {
  readonly journals: ReadonlyMap<number, HeldJournal>;
  readonly held: HeldFacts;
}

/** A fact whose sku begins so is one that PostgreSQL cannot take (a data exception). */
export const POISON = 'POISON';

interface JournalAsked {
  readonly device: number;
  readonly epoch: number;
  readonly ackedSeq: number;
  readonly location: number;
}

/** The hub's PostgreSQL: transactions with locks, which may be slow, fail, or lose their answer. It outlives the hub. */
export class Database {
  condition: DatabaseCondition = GOOD_DATABASE;
  readonly devices = new Map<number, DeviceRecord>();
  readonly journals = new Map<number, HeldJournal>();
  held: HeldFacts;
  /** A transaction begins. */
  readonly transactions = new Moments();
  /** Called after each commit. */
  onCommit: (frames: readonly IncomingFrame[]) => void = () => undefined;
  readonly #world: World;
  readonly #dice: Dice;
  readonly #flaws: DatabaseFlaws;
  readonly #byEpoch = new Map<string, HeldJournal>();
  readonly #locks = new Map<number, Promise<void>>();
  /** Counts its restarts: a transaction does not outlive one. */
  #run = 0;

  constructor(world: World, flaws: DatabaseFlaws) {
    this.#world = world;
    this.#dice = world.random('database');
    this.#flaws = flaws;
    this.held = new HeldFacts(this.journals, flaws);
  }

  /** PostgreSQL ends, with all that is not committed. */
  goAway(): void {
    this.condition = { ...this.condition, isAway: true };
    this.#run += 1;
  }

  backup(): DatabaseBackup {
    const journals = new Map([...this.journals].map(([number, journal]) => [number, { ...journal }]));
    return { journals, held: this.held.copy(journals) };
  }

  /** Only while it is away. */
  restore({ journals, held }: DatabaseBackup): void {
    this.journals.clear();
    this.#byEpoch.clear();
    for (const [number, journal] of journals) {
      const there = { ...journal };
      this.journals.set(number, there);
      this.#byEpoch.set(`${there.device} ${there.epoch}`, there);
    }
    this.held = held.copy(this.journals);
  }

  journalOf(device: number, epoch: number): HeldJournal | undefined {
    return this.#byEpoch.get(`${device} ${epoch}`);
  }

  /** The watermark that is durable; 0 for an epoch that never said hello. */
  watermark(device: number, epoch: number): number {
    return this.journalOf(device, epoch)?.watermark ?? 0;
  }

  /** Whether all facts of a journal are in the ledger: then an agent can always tell that it is its own. */
  isAllMerged(device: number, epoch: number): boolean {
    const journal = this.journalOf(device, epoch);
    return journal === undefined || (this.held.seqs.get(journal.journal) ?? []).every(({ code }) => code === 'merged');
  }

  /** The ledger as one life of the hub has it. A hub that has ended hears nothing more. */
  ledger(life: Life): Ledger {
    return {
      merge: (frames, onTurn) =>
        heard(life, this.#flaws.answersBeforeCommit ? this.#hasty(frames) : this.#transaction(frames, onTurn)),
    };
  }

  find(life: Life, device: number): Promise<DeviceRecord | undefined> {
    return heard(
      life,
      this.#statement(() => this.devices.get(device)),
    );
  }

  watermarks(life: Life, device: number, epochs: readonly number[]): Promise<Welcome['earlier']> {
    return heard(
      life,
      this.#statement(() => epochs.map((epoch) => ({ epoch, watermark: this.watermark(device, epoch) }))),
    );
  }

  openJournal(life: Life, asked: JournalAsked): Promise<JournalRecord> {
    const { device, epoch, ackedSeq, location } = asked;
    const open = () => {
      const { journal, watermark } = this.journalOf(device, epoch) ?? this.#begin(device, epoch, location);
      const seqs = this.held.seqs.get(journal) ?? [];
      const facts: { key: string; digest: string }[] = [];
      const without: number[] = [];
      for (let seq = ackedSeq + 1; seq <= watermark; seq += 1) {
        const one = seqs[seq - 1];
        const { code, key, digest } = one ?? { code: 'duplicate', key: null, digest: null };
        if (code !== 'duplicate' && key !== null && digest !== null) facts.push({ key, digest });
        else without.push(seq);
      }
      return { journal, watermark, held: { digest: factsDigest(facts), without } };
    };
    return heard(life, this.#statement(open));
  }

  #begin(device: number, epoch: number, location: number): HeldJournal {
    const begun = { journal: this.journals.size + 1, device, epoch, location, watermark: 0 };
    this.journals.set(begun.journal, begun);
    this.#byEpoch.set(`${device} ${epoch}`, begun);
    return begun;
  }

  async #statement<T>(work: () => T): Promise<T> {
    await this.#world.sleep(this.#dice.between(0.3, 4));
    if (this.condition.isAway) throw unavailable('is away');
    const result = work();
    await this.#world.sleep(this.#dice.between(0.1, 1));
    return result;
  }

  async #transaction(frames: readonly IncomingFrame[], onTurn?: () => void): Promise<FrameOutcome[]> {
    const run = this.#run;
    this.transactions.happens();
    await this.#world.sleep(this.#dice.between(0.1, 1));
    if (this.condition.isAway) throw unavailable('is away');
    const release = await this.#lock(frames.map(({ location }) => location));
    onTurn?.();
    try {
      const slow = this.#dice.chance(this.condition.slow);
      await this.#world.sleep(slow ? this.#dice.between(500, 20_000) : this.#dice.between(0.5, 15));
      if (run !== this.#run || this.condition.isAway) throw unavailable('was stopped before the commit');
      if (this.#dice.chance(this.condition.failsBefore)) throw unavailable('failed before the commit');
      if (frames.some(holdsPoison)) throw Object.assign(new Error('value out of range'), { code: '22003' });
      const outcomes = this.held.commit(frames);
      this.onCommit(frames);
      await this.#world.sleep(this.#dice.between(0.1, 2));
      if (run !== this.#run || this.#dice.chance(this.condition.answerLost)) throw unavailable('lost its answer');
      return outcomes;
    } finally {
      release();
    }
  }

  /** A mutant: takes for granted that the transaction will commit. */
  async #hasty(frames: readonly IncomingFrame[]): Promise<FrameOutcome[]> {
    void this.#transaction(frames).catch(() => undefined);
    await this.#world.sleep(0.1);
    return frames.map(({ journal, fromSeq, facts }) => {
      const watermark = this.journals.get(journal)?.watermark ?? 0;
      const gap = fromSeq > watermark + 1;
      return { watermark: gap ? watermark : fromSeq + facts.length - 1, gap, duplicates: 0, quarantined: [] };
    });
  }

  /** Waits for each location in ascending order, as the advisory locks of the real ledger. */
  async #lock(locations: readonly number[]): Promise<() => void> {
    const releases: (() => void)[] = [];
    for (const location of [...new Set(locations)].sort((a, b) => a - b)) {
      const before = this.#locks.get(location);
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#locks.set(location, promise);
      releases.push(resolve);
      await before;
    }
    return () => {
      for (const release of releases) release();
    };
  }
}

function holdsPoison({ facts }: IncomingFrame): boolean {
  return facts.some((fact) => fact.ok && fact.bodyText.includes(POISON));
}

function unavailable(why: string): ShelfwireError {
  return new ShelfwireError('DB_UNAVAILABLE', `PostgreSQL ${why}.`);
}

function heard<T>(life: Life, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    work.then(
      (value) => {
        if (!life.isOver) resolve(value);
      },
      (error: unknown) => {
        if (!life.isOver) reject(error);
      },
    );
  });
}
