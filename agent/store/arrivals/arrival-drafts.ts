import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { randomUUID } from 'node:crypto';
import { arrivalDraft, type ArrivalDraft, type ArrivalLine, type ArrivalOrigin } from '#shared/agent-api/arrivals.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { JsonFile } from '#shared/runtime/json-file.ts';
import type { RxdbJournalLog } from '../journal-log-rxdb.ts';
import { arrivalFacts, arrivalKey, type SaidFact } from './arrival-facts.ts';
import { nameOf } from './coming-transfers.ts';
import type { OwnArrivals } from './own-arrivals.ts';

/** Receipts that are being typed at once; who leaves more lying about ends some first. */
const DRAFTS_MAX = 50;

interface Change {
  /** Of the receipt as whoever changes it has seen it. */
  readonly revision: number;
  readonly lines: readonly ArrivalLine[];
  readonly key?: string | undefined;
}

export interface ArrivalDraftsParts {
  /** The agent's data folder; drafts are files of `arrivals/` in it. */
  readonly folder: string;
  readonly log: Pick<RxdbJournalLog, 'findByKeys'>;
  /** What this store has received of transfers, by whatever way. */
  readonly arrivals: Pick<OwnArrivals, 'byTransfer'>;
  readonly clock: Pick<Clock, 'now'>;
}

/**
 * Receipts of goods while they are typed: each is a file, written whole at each change, so that neither a closed window nor a killed
 * agent loses a line. It ends when its facts are in the journal: a crash between the two is seen by the facts' key.
 */
export class ArrivalDrafts {
  readonly #parts: ArrivalDraftsParts;
  readonly #folder: string;
  /** Changes and confirmations come one after the other. */
  #working: Promise<unknown> = Promise.resolve();

  constructor(parts: ArrivalDraftsParts) {
    this.#parts = parts;
    this.#folder = join(parts.folder, 'arrivals');
  }

  /** The latest changed first. */
  list(): Promise<ArrivalDraft[]> {
    return this.#alone(async () => (await this.#open()).toSorted((a, b) => b.changedAt - a.changedAt));
  }

  /**
   * Begins one, or gives the one that is open for the same transfer or delivery note. Throws CONFLICT when too many are open.
   * @param isExpected who begins it sees what of the transfer has come, and that more is to come
   */
  begin(origin: ArrivalOrigin, by: string, isExpected: boolean): Promise<ArrivalDraft> {
    return this.#alone(async () => {
      const open = await this.#open();
      const same = open.find((draft) => JSON.stringify(draft.origin) === JSON.stringify(origin));
      if (same !== undefined) return same;
      if (open.length >= DRAFTS_MAX) {
        throw new ShelfwireError('CONFLICT', `${open.length} receipts are begun already: end or discard some first.`);
      }
      const now = Math.round(this.#parts.clock.now());
      const received = isExpected ? await this.#receivedOf(origin) : 0;
      return this.#write({
        id: randomUUID(),
        revision: 1,
        origin,
        lines: [],
        received,
        by,
        startedAt: now,
        changedAt: now,
      });
    });
  }

  /** A change that was taken already, by its key, changes nothing. Throws NOT_FOUND, and CONFLICT when somebody else has changed it. */
  change(id: string, { revision, lines, key }: Change): Promise<ArrivalDraft> {
    return this.#alone(async () => {
      const last = (await this.#open()).find((one) => one.id === id);
      if (last?.revision === revision + 1 && key !== undefined && last.changedAs === key) return last;
      const { changedAs: _before, ...draft } = await this.#found(id, revision);
      const changedAt = Math.round(this.#parts.clock.now());
      return this.#write({
        ...draft,
        revision: revision + 1,
        lines: [...lines],
        changedAt,
        ...(key === undefined ? {} : { changedAs: key }),
      });
    });
  }

  discard(id: string): Promise<void> {
    return this.#alone(async () => this.#remove(id));
  }

  /**
   * Says what has arrived by `say`, which resolves when it is in the journal, and ends the draft; gives the key of the receipt. Said
   * again, nothing more happens. Throws NOT_FOUND, CONFLICT, REQUEST_INVALID, and what `say` throws: then the draft stays. Units of
   * the transfer that came in by another receipt meanwhile are a CONFLICT once: whoever was told may say that theirs are others.
   */
  confirm(
    id: string,
    { revision, final }: { revision: number; final: boolean },
    say: (facts: readonly SaidFact[]) => Promise<void>,
  ): Promise<string> {
    return this.#alone(async () => {
      const key = arrivalKey(id);
      if (await this.#isSaid(id)) {
        this.#remove(id);
        return key;
      }
      const draft = await this.#found(id, revision);
      await this.#requireSeen(draft);
      await say(arrivalFacts(draft, final));
      this.#remove(id);
      return key;
    });
  }

  async #found(id: string, revision: number): Promise<ArrivalDraft> {
    const draft = (await this.#open()).find((one) => one.id === id);
    if (draft === undefined) throw new ShelfwireError('NOT_FOUND', 'This receipt has been ended or discarded.');
    if (draft.revision === revision) return draft;
    throw new ShelfwireError('CONFLICT', 'The receipt has been changed in another window.');
  }

  /** Those whose facts are not in the journal; the others are done, and removed. */
  async #open(): Promise<ArrivalDraft[]> {
    const drafts = this.#names().flatMap((id) => this.#read(id) ?? []);
    const said = new Set(
      (await this.#parts.log.findByKeys(drafts.map(({ id }) => arrivalKey(id)))).map(({ key }) => key),
    );
    for (const { id } of drafts) if (said.has(arrivalKey(id))) this.#remove(id);
    return drafts.filter(({ id }) => !said.has(arrivalKey(id)));
  }

  async #requireSeen(draft: ArrivalDraft): Promise<void> {
    const received = await this.#receivedOf(draft.origin);
    if (received <= draft.received) return;
    this.#write({ ...draft, received });
    throw new ShelfwireError(
      'CONFLICT',
      `${received - draft.received} units of this transfer have been received by another receipt already. ` +
        'If yours are the same, go back, take them out and discard it; if they are others, finish it once more.',
    );
  }

  /** Units of a transfer in the journal that were not taken back. */
  async #receivedOf(origin: ArrivalOrigin): Promise<number> {
    if (origin.kind !== 'transfer') return 0;
    const own = (await this.#parts.arrivals.byTransfer()).get(nameOf(origin.from, origin.transfer)) ?? [];
    return own
      .filter(({ voidPlace }) => voidPlace === undefined)
      .flatMap(({ body }) => body.lines)
      .reduce((sum, { quantity }) => sum + quantity, 0);
  }

  async #isSaid(id: string): Promise<boolean> {
    return (await this.#parts.log.findByKeys([arrivalKey(id)])).length > 0;
  }

  #names(): string[] {
    try {
      return readdirSync(this.#folder).flatMap((name) => /^([\da-f-]{36})\.json$/.exec(name)?.[1] ?? []);
    } catch {
      return [];
    }
  }

  /** One that cannot be read is left where it is, for somebody to look at, and is in nobody's way. */
  #read(id: string): ArrivalDraft | undefined {
    try {
      return this.#file(id).get() ?? undefined;
    } catch {
      return undefined;
    }
  }

  #write(draft: ArrivalDraft): ArrivalDraft {
    try {
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      this.#file(draft.id).set(draft);
      return draft;
    } catch (cause) {
      if (cause instanceof ShelfwireError) throw cause;
      const isFull = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
      throw new ShelfwireError(isFull ? 'STORAGE_FULL' : 'STORAGE_IO', 'The receipt could not be written.', { cause });
    }
  }

  #remove(id: string): void {
    rmSync(join(this.#folder, `${id}.json`), { force: true });
  }

  #file(id: string): JsonFile<ArrivalDraft | null> {
    return new JsonFile<ArrivalDraft | null>(join(this.#folder, `${id}.json`), arrivalDraft.nullable(), null);
  }

  #alone<T>(work: () => Promise<T>): Promise<T> {
    const worked = this.#working.then(work);
    this.#working = worked.catch(() => undefined);
    return worked;
  }
}
