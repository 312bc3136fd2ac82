import { openEngine, type StorageEngine } from '#agent/storage/engines.ts';
import { placeOf, settleFolderStorage } from '#agent/storage/folder-storage.ts';
import type { WireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { ArrivalDrafts } from './arrivals/arrival-drafts.ts';
import { OwnArrivals } from './arrivals/own-arrivals.ts';
import { Counts } from './counts/counts.ts';
import { LastPrices } from './counts/last-prices.ts';
import { CountReviews } from './counts/reviews.ts';
import { openDatabase, type AnyStorage, type StoreDatabase } from './database.ts';
import { damageProblems, isDamage, recoveryOptions } from './damage.ts';
import { DayBook } from './day-book.ts';
import { Device } from './device.ts';
import { FactIndex } from './fact-index.ts';
import { openWithOwnDocuments } from './hub-documents.ts';
import { HybridClock } from './hybrid-clock.ts';
import { ItemHistories } from './items/item-history.ts';
import { openJournal, type StoreJournal } from './journal.ts';
import { RxdbJournalLog } from './journal-log-rxdb.ts';
import { settleLosses } from './journal-losses.ts';
import { ProductCodes } from './product-codes.ts';
import { Products } from './products.ts';
import { Quarantine } from './quarantine.ts';
import { pruneJournal, RETENTION_DAYS } from './retention.ts';
import { ReturnedTwiceCheck } from './returned-twice.ts';
import { Returns } from './returns.ts';
import { Slips } from './slips.ts';
import { StockList } from './stock-list.ts';
import { StockView } from './stock-view.ts';
import { Tasks } from './tasks.ts';

export interface StoreOptions {
  /** The agent's data folder; the caller holds its lock. */
  readonly folder: string;
  readonly logger: Logger;
  readonly clock: Clock;
  /** The engine that is wanted; by default the folder's own, which is SQLite in a new one. */
  readonly engine?: StorageEngine | undefined;
  /** Instead of an engine in the folder. */
  readonly storage?: AnyStorage;
}

/** Everything that the store keeps on its machine. */
export interface Store {
  readonly db: StoreDatabase;
  readonly journal: StoreJournal;
  readonly hybridClock: HybridClock;
  readonly quarantine: Quarantine;
  readonly device: Device;
  readonly products: Products;
  readonly stockView: StockView;
  readonly stockList: StockList;
  readonly tasks: Tasks;
  readonly dayBook: DayBook;
  readonly returns: Returns;
  readonly returnedTwice: ReturnedTwiceCheck;
  readonly slips: Slips;
  readonly itemHistories: ItemHistories;
  readonly arrivalDrafts: ArrivalDrafts;
  readonly ownArrivals: OwnArrivals;
  readonly counts: Counts;
  readonly countReviews: CountReviews;
  /** What the stock numbers rest on: when the hub's were last complete here, and local facts not acknowledged. */
  freshness(): { asOf: number | null; unsent: number };
  /** Damage that the data file has or had, each with a code. */
  damage(): WireError[];
  /** Saves the hints that make the next start quick. */
  saveMarks(): Promise<void>;
  /** Prunes acknowledged facts, ended counts and what was dealt with in quarantine that are older than `days`; returns how many facts. */
  prune(days?: number): Promise<number>;
  /** Commits what was taken, then closes. Idempotent. */
  close(): Promise<void>;
}

/**
 * Opens the store of a data folder; begins it when there is none. When it resolves, the journal is whole (F3) and the view of
 * stock is complete. A damaged file is set aside and recovered (`damage`). Errors: STORAGE_NOT_DURABLE, STORAGE_NEWER,
 * STORAGE_DAMAGED, STORAGE_IO, STORAGE_FULL, STORAGE_BUSY, STORAGE_ENGINE_OTHER.
 */
export async function openStore(options: StoreOptions): Promise<Store> {
  try {
    return await open(options);
  } catch (error) {
    if (!isDamage(error)) throw error;
    // A first reader has met what the look at open had spared itself. Opened again, the file is recovered.
    return open(options);
  }
}

async function open(options: StoreOptions): Promise<Store> {
  const { folder, logger, clock, engine, storage } = options;
  const settled = storage ? undefined : settleFolderStorage(folder, engine);
  const place = settled ? placeOf(folder, settled) : folder;
  const settings = { recovery: recoveryOptions(logger), now: () => clock.now() };
  const files = storage ?? (await openEngine(settled?.engine ?? 'sqlite', place, settings));
  const db = await openWithOwnDocuments(() => openDatabase(files, folder), logger);
  try {
    return await openParts(db, options, place);
  } catch (error) {
    await db.close();
    throw error;
  }
}

/** @param files where the storage has its files: the data folder, or one in it */
async function openParts(db: StoreDatabase, { folder, logger, clock }: StoreOptions, files: string): Promise<Store> {
  const device = await Device.open(db.device);
  const log = new RxdbJournalLog(db.journal);
  const hybridClock = new HybridClock(clock, { lastAt: 0, offsetMs: device.state.clock?.offsetMs ?? 0 });
  const { usedSeq, settled } = await settleLosses({ folder: files, device, log, clock, logger });
  const journal = await openJournal({ log, heads: device, hybridClock, clock, logger, usedSeq });
  settled();
  // A copy of the folder that was made while it was in use: each file is of another moment, and the hub knows later facts of this
  // journal. Under a new epoch none of what is sold from now on passes for one of them.
  if (device.marks.ackedSeq > journal.lastSeq) await journal.beginEpoch(journal.lastSeq);
  const quarantine = await Quarantine.open(db.quarantine, clock);
  const products = await Products.open(db.products);
  const stockView = await StockView.open({ journal, log, positions: db.positions, device, logger });
  const tasks = await Tasks.open({ collection: db.tasks, journal, log });
  const index = new FactIndex({ log, journal });
  const place = () => ({ epoch: journal.epoch, lastSeq: journal.lastSeq, ackedSeq: device.marks.ackedSeq });
  const ownArrivals = new OwnArrivals(log, journal);
  const stockList = new StockList(stockView, products, tasks);
  const codes = new ProductCodes(products, (sku) => stockView.has(sku));
  const counts = await Counts.open({ collection: db.countDrafts, hybridClock, codes, products, logger });
  const prices = new LastPrices(db.journal, () => clock.monotonic());
  let closing: Promise<void> | undefined;

  const saveMarks = async () => {
    device.mark({ settled: stockView.settledPlace() });
    await device.saveMarks();
  };
  const close = async () => {
    await counts.close();
    await journal.close();
    await stockView.settled();
    await saveMarks();
    await stockView.close();
    products.close();
    tasks.close();
    index.close();
    ownArrivals.close();
    await db.close();
  };
  return {
    db,
    journal,
    hybridClock,
    quarantine,
    device,
    products,
    stockView,
    stockList,
    arrivalDrafts: new ArrivalDrafts({ folder, log, arrivals: ownArrivals, clock }),
    ownArrivals,
    itemHistories: new ItemHistories({ index, stockList, stockView, place }),
    tasks,
    dayBook: new DayBook({ log, place }),
    returns: new Returns({ index, log, products }),
    returnedTwice: new ReturnedTwiceCheck(log),
    slips: new Slips({
      log,
      products,
      place,
      isVoided: async (key) => {
        await index.ready();
        return index.isVoided(key);
      },
    }),
    freshness: () => {
      return {
        asOf: device.marks.pulledAt,
        unsent: journal.lastSeq - Math.min(device.marks.ackedSeq, journal.lastSeq),
      };
    },
    counts,
    countReviews: new CountReviews({ counts, stockView, log, prices, products, codes, now: () => clock.monotonic() }),
    // Also what the data folder has kept from before a move to another engine.
    damage: () => [...new Set([files, folder])].flatMap(damageProblems),
    saveMarks,
    prune: async (days) => {
      await counts.prune(days ?? RETENTION_DAYS);
      await quarantine.prune(clock.now() - (days ?? RETENTION_DAYS) * 86_400_000);
      const limits = {
        ackedSeq: device.marks.ackedSeq,
        now: hybridClock.now(),
        ...(days === undefined ? {} : { days }),
      };
      return pruneJournal({ journal, log }, limits);
    },
    close: () => (closing ??= close()),
  };
}
