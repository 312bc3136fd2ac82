import type { RxCollection } from 'rxdb';
import type { Person } from '#shared/agent-api/answers.ts';
import type { CountOpening, TakenAct } from '#shared/agent-api/count-acts.ts';
import type { ActAnswer, ActsAnswer, CountHeader, CountOutcome } from '#shared/agent-api/counts.ts';
import { ShelfwireError, toWireError } from '#shared/protocol/errors.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { CountDraftDocument } from '../collections/count-drafts.ts';
import type { HybridClock } from '../hybrid-clock.ts';
import type { ProductCodes } from '../product-codes.ts';
import type { Products } from '../products.ts';
import { checkAct, isSameAct } from './check-act.ts';
import type { Count } from './count.ts';
import { CountLog } from './count-log.ts';
import { CountShelf } from './count-shelf.ts';
import type { CountEntry, CountedLine } from './entry.ts';
import { zoneKey, type ActEntry } from './fold-sku.ts';
import { requireSettled } from './settled.ts';

/** Open at once; a store that has more has forgotten some. */
const OPEN_MAX = 50;
const ENTRIES_MAX = 100_000;
const RESULT_LINES = 500;
const DAY_MS = 86_400_000;

export interface CountsParts {
  readonly collection: RxCollection<CountDraftDocument>;
  readonly hybridClock: Pick<HybridClock, 'now' | 'advance'>;
  readonly codes: Pick<ProductCodes, 'find'>;
  readonly products: Pick<Products, 'get'>;
  readonly logger: Logger;
}

/**
 * The counts of the store: begun, counted by several people at once, approved or cancelled. README.md has the rules.
 *
 * - everything is answered after it is on disk; one thing at a time, in the order in which it came (CN1)
 * - no later fact has an instant at or before what was counted: a sale that follows a scan is never taken for one before it (CN3)
 */
export class Counts {
  readonly #parts: CountsParts;
  readonly #shelf: CountShelf;
  #turn: Promise<unknown> = Promise.resolve();

  private constructor(parts: CountsParts, shelf: CountShelf) {
    this.#parts = parts;
    this.#shelf = shelf;
    for (const count of shelf.all()) if (count.hasActs) parts.hybridClock.advance(count.lastAt + 1);
  }

  static async open(parts: CountsParts): Promise<Counts> {
    return new Counts(parts, await CountShelf.open(new CountLog(parts.collection), parts.logger));
  }

  /** Those that are not ended, or those that are; the latest first. */
  list(isEnded: boolean): Count[] {
    const isOver = ({ state }: Count) => state === 'approved' || state === 'cancelled';
    const wanted = [...this.#shelf.all()].filter((count) => isOver(count) === isEnded);
    const when = (count: Count) => count.header(false).endedAt ?? count.opening.at;
    return wanted.sort((a, b) => when(b) - when(a));
  }

  /** Approved, and not all in the journal yet. */
  unfinished(): string[] {
    return this.list(false).flatMap(({ id, state }) => (state === 'approving' ? [id] : []));
  }

  /** Throws NOT_FOUND. */
  get(id: string): Promise<Count> {
    return this.#inTurn(() => this.#shelf.get(id));
  }

  /** Begins a count, or finds it begun by the same words. Throws COUNT_LIMIT, KEY_REUSED. */
  begin(id: string, { name, role }: Person, opening: CountOpening): Promise<CountHeader> {
    return this.#inTurn(async () => {
      if (this.#shelf.has(id)) {
        const known = (await this.#shelf.get(id)).opening;
        const isSame = known.by === name && JSON.stringify(known.opening) === JSON.stringify(opening);
        if (!isSame) throw new ShelfwireError('KEY_REUSED', `There is another count "${id}".`);
      } else {
        if (this.list(false).length >= OPEN_MAX) {
          throw new ShelfwireError('COUNT_LIMIT', `${OPEN_MAX} counts are open.`);
        }
        const at = this.#parts.hybridClock.now();
        await this.#shelf.add(id, [{ kind: 'open', key: '_open', place: 1, at, by: name, opening }]);
      }
      return (await this.#shelf.get(id)).header(role === 'manager');
    });
  }

  /**
   * What somebody does, in order; on disk when it resolves. Each act is taken, or known already, or refused with its code and
   * left out: one that is wrong does not stop those behind it. Throws NOT_FOUND, STORAGE_*.
   */
  act(id: string, person: Person, acts: readonly TakenAct[]): Promise<ActsAnswer> {
    return this.#inTurn(async () => {
      const count = await this.#shelf.get(id);
      const fresh = new Map<string, ActEntry>();
      const find = (key: string) => fresh.get(key) ?? count.tally.get(key);
      const reading = this.#parts.hybridClock.now();
      const results = acts.map((act) => {
        try {
          const known = find(act.key);
          if (known !== undefined) {
            if (isSameAct(known, person.name, act)) return { act, status: 'repeated' as const, problem: null };
            throw new ShelfwireError('KEY_REUSED', `The key "${act.key}" was given to another act.`);
          }
          checkAct(count, person, act, find);
          const place = count.version + fresh.size + 1;
          if (place > ENTRIES_MAX) throw new ShelfwireError('COUNT_LIMIT', `The count has ${ENTRIES_MAX} entries.`);
          fresh.set(act.key, this.#entryOf(act, { place, by: person.name, reading, openedAt: count.opening.at }));
          return { act, status: 'taken' as const, problem: null };
        } catch (error) {
          if (!(error instanceof ShelfwireError)) throw error;
          return { act, status: 'refused' as const, problem: toWireError(error) };
        }
      });
      await this.#add(id, [...fresh.values()]);
      return {
        version: count.version,
        acts: results.map(({ act, status, problem }) => ({
          key: act.key,
          status,
          problem,
          ...this.#heard(count, act.key),
        })),
      };
    });
  }

  /**
   * A manager approves what they have seen at a version. From then on it is decided: what follows is finished after any crash.
   * Said again it is the same. Throws FORBIDDEN, COUNT_ENDED, COUNT_MOVED_ON, COUNT_UNSETTLED, NOT_FOUND.
   */
  approve(id: string, { name, role }: Person, version: number): Promise<void> {
    return this.#inTurn(async () => {
      if (role !== 'manager') throw new ShelfwireError('FORBIDDEN', 'Only a manager may approve a count.');
      const count = await this.#shelf.get(id);
      if (count.state === 'cancelled') throw new ShelfwireError('COUNT_ENDED', 'The count is cancelled.');
      if (count.state !== 'open') return;
      if (version !== count.version) {
        throw new ShelfwireError('COUNT_MOVED_ON', `The count is at version ${count.version}, not ${version}.`);
      }
      requireSettled(count.tally);
      await this.#add(id, [{ kind: 'approve', key: '_approve', ...this.#next(count, name) }]);
    });
  }

  /** Keeps what was approved, with the expectations of now, before the journal has any of it. Once. */
  keepResult(id: string, lines: readonly CountedLine[]): Promise<void> {
    return this.#inTurn(async () => {
      const count = await this.#shelf.get(id);
      if (count.state !== 'approving' || count.result.length > 0) return;
      const by = count.approval?.by ?? '';
      const entries: CountEntry[] = [];
      for (let from = 0; from < lines.length; from += RESULT_LINES) {
        const { at, place } = this.#next(count, by);
        const key = `_result-${entries.length}`;
        const part = lines.slice(from, from + RESULT_LINES);
        entries.push({ kind: 'result', key, at, by, place: place + entries.length, lines: part });
      }
      await this.#add(id, entries);
    });
  }

  /** All of it is in the journal. */
  finished(id: string, outcome: CountOutcome): Promise<void> {
    return this.#inTurn(async () => {
      const count = await this.#shelf.get(id);
      if (count.state !== 'approving') return;
      await this.#add(id, [
        { kind: 'approved', key: '_approved', ...this.#next(count, count.approval?.by ?? ''), outcome },
      ]);
    });
  }

  /** It stays to be seen, and changes nothing. Managers, and who began it. Throws FORBIDDEN, COUNT_ENDED, NOT_FOUND. */
  cancel(id: string, { name, role }: Person, reason: string): Promise<void> {
    return this.#inTurn(async () => {
      const count = await this.#shelf.get(id);
      if (role !== 'manager' && count.opening.by !== name) {
        throw new ShelfwireError('FORBIDDEN', 'Only a manager, or who began it, may cancel a count.');
      }
      if (count.state === 'cancelled') return;
      if (count.state !== 'open') throw new ShelfwireError('COUNT_ENDED', `The count is ${count.state}.`);
      await this.#add(id, [{ kind: 'cancelled', key: '_cancelled', ...this.#next(count, name), reason }]);
    });
  }

  /** Forgets what ended more than `days` ago; returns how many. */
  prune(days: number): Promise<number> {
    return this.#inTurn(async () => {
      const before = this.#parts.hybridClock.now() - days * DAY_MS;
      const old = this.list(true).filter((count) => (count.header(false).endedAt ?? Infinity) < before);
      for (const { id } of old) await this.#shelf.remove(id);
      return old.length;
    });
  }

  /** Resolves when all that was asked so far is done. */
  async close(): Promise<void> {
    await this.#turn;
  }

  #next(count: Count, by: string) {
    return { place: count.version + 1, at: Math.max(count.opening.at, this.#parts.hybridClock.now()), by };
  }

  async #add(id: string, entries: readonly CountEntry[]): Promise<void> {
    await this.#shelf.add(id, entries);
    for (const { at } of entries) this.#parts.hybridClock.advance(at + 1);
  }

  #entryOf(
    act: TakenAct,
    { place, by, reading, openedAt }: { place: number; by: string; reading: number; openedAt: number },
  ): ActEntry {
    const meaning = act.do === 'scan' ? this.#parts.codes.find(act.code) : undefined;
    const sku = typeof meaning === 'object' ? meaning.sku : null;
    return { kind: 'act', key: act.key, place, by, at: Math.max(openedAt, reading - (act.ageMs ?? 0)), act, sku };
  }

  #heard({ tally }: Count, key: string): Pick<ActAnswer, 'sku' | 'name' | 'quantity'> {
    const entry = tally.get(key);
    const target = entry?.act.do === 'amend' || entry?.act.do === 'undo' ? tally.get(entry.act.entry) : entry;
    const sku = target === undefined ? undefined : tally.skuOf(target);
    if (target === undefined || sku === undefined) return { sku: null, name: null, quantity: null };
    const zone = 'zone' in target.act ? zoneKey(target.act.zone) : '';
    const own = tally
      .sku(sku)
      ?.zones.find((one) => zoneKey(one.zone) === zone)
      ?.counters.find(({ by }) => by === target.by);
    return { sku, name: this.#parts.products.get(sku)?.name ?? null, quantity: own?.quantity ?? 0 };
  }

  #inTurn<Answer>(work: () => Promise<Answer>): Promise<Answer> {
    const done = this.#turn.then(work);
    this.#turn = done.catch(() => undefined);
    return done;
  }
}
