import type { StoredFact } from '../journal-log.ts';
import type { RxdbJournalLog } from '../journal-log-rxdb.ts';
import type { StoreJournal } from '../journal.ts';
import type { Place } from '../stock-place.ts';
import { nameOf, type OwnArrival } from './coming-transfers.ts';

/** Receipts of transfers in this store's own journal, by transfer. Read once, then kept by what is committed. */
export class OwnArrivals {
  readonly #log: Pick<RxdbJournalLog, 'readKind'>;
  readonly #facts = new Map<string, StoredFact>();
  readonly #voids = new Map<string, Place>();
  readonly #endings: (() => void)[];
  #reading: Promise<void> | undefined;

  constructor(log: Pick<RxdbJournalLog, 'readKind'>, journal: Pick<StoreJournal, 'onCommitted' | 'onMoved'>) {
    this.#log = log;
    this.#endings = [
      journal.onCommitted((facts) => {
        if (this.#reading !== undefined) this.#note(facts);
      }),
      // Facts have other places than before.
      journal.onMoved(() => {
        this.#reading = undefined;
        this.#facts.clear();
        this.#voids.clear();
      }),
    ];
  }

  async byTransfer(): Promise<ReadonlyMap<string, readonly OwnArrival[]>> {
    await (this.#reading ??= this.#read());
    const arrivals = [...this.#facts.values()].flatMap((fact) =>
      fact.kind === 'transferIn'
        ? [{ place: { epoch: fact.epoch, seq: fact.seq }, voidPlace: this.#voids.get(fact.key), body: fact.body }]
        : [],
    );
    return Map.groupBy(arrivals, ({ body }) => nameOf(body.from, body.transfer));
  }

  close(): void {
    for (const end of this.#endings) end();
  }

  async #read(): Promise<void> {
    try {
      for (const kind of ['transferIn', 'void'] as const) {
        for await (const page of this.#log.readKind(kind)) this.#note(page);
      }
    } catch (error) {
      this.#reading = undefined;
      throw error;
    }
  }

  #note(facts: readonly StoredFact[]): void {
    for (const fact of facts) {
      if (fact.kind === 'transferIn') this.#facts.set(fact.key, fact);
      if (fact.kind === 'void' && fact.body.voids !== undefined && !this.#voids.has(fact.body.voids)) {
        this.#voids.set(fact.body.voids, { epoch: fact.epoch, seq: fact.seq });
      }
    }
  }
}
