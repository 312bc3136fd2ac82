import type { WithDeleted } from 'rxdb';
import { replicateRxCollection, type RxReplicationState } from 'rxdb/plugins/replication';
import { Subject } from 'rxjs';
import { downId } from '#agent/store/collections/fields.ts';
import type { PositionDocument } from '#agent/store/collections/positions.ts';
import type { ProductDocument } from '#agent/store/collections/products.ts';
import type { StoreConfigDocument } from '#agent/store/collections/store-config.ts';
import type { TaskDocument } from '#agent/store/collections/tasks.ts';
import type { StoreDatabase } from '#agent/store/database.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import {
  COLLECTIONS,
  type Checkpoint,
  type Collection,
  type Documents,
  type Pull,
  type PullAnswer,
} from '#shared/protocol/messages/pull.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import type { Logger } from '#shared/runtime/logger.ts';

const RETRY_MS = 5_000;

/** Where documents come from. Gives null when everything is stopping. */
export interface PullSource {
  pull(message: Pull): Promise<PullAnswer | null>;
}

export interface Downstream {
  /** Pull a collection again; all of them without a name. Hints that come during a pull lead to one more. */
  resync(collection?: Collection): void;
  /** Pulls a collection again; resolves when all that the hub has of it is stored here. Waits as long as there is no connection. */
  pulled(collection: Collection): Promise<void>;
  stop(): Promise<void>;
}

export interface DownstreamParts {
  readonly db: Pick<StoreDatabase, Collection>;
  readonly source: PullSource;
  readonly logger: Logger;
  /** A pull has brought everything that the hub had of the collection. */
  onComplete(collection: Collection): void;
}

type Down = ProductDocument | PositionDocument | StoreConfigDocument | TaskDocument;
type Pulled = WithDeleted<Down>;

/** Keeps products, positions, settings and tasks as the hub has them: RxDB replication, pull only, fed by hints. */
export function startDownstream(parts: DownstreamParts): Downstream {
  const { db, source, logger } = parts;
  const hints = new Map<Collection, Subject<'RESYNC'>>();
  const states = COLLECTIONS.map((collection): RxReplicationState<Down, Checkpoint> => {
    const hint = new Subject<'RESYNC'>();
    hints.set(collection, hint);
    const state = replicateRxCollection<Down, Checkpoint>({
      replicationIdentifier: `hub-${collection}`,
      collection: db[collection],
      live: true,
      retryTime: RETRY_MS,
      waitForLeadership: false,
      pull: {
        batchSize: LIMITS.pullDocuments,
        stream$: hint.asObservable(),
        handler: async (checkpoint, limit) => {
          const page = await pullPage(source, collection, checkpoint ?? null, limit);
          if (page.complete) parts.onComplete(collection);
          // Asked once more when they are stored: by that checkpoint the hub knows that the store has its tasks.
          if (collection === 'tasks' && page.documents.length > 0) hint.next('RESYNC');
          return { documents: page.documents, checkpoint: page.checkpoint ?? undefined };
        },
      },
    });
    state.error$.subscribe((error) => logger.warn({ err: error, collection }, 'a pull failed and is tried again'));
    return state;
  });
  return {
    resync(collection) {
      for (const [name, hint] of hints) if (collection === undefined || collection === name) hint.next('RESYNC');
    },
    async pulled(collection) {
      hints.get(collection)?.next('RESYNC');
      await states[COLLECTIONS.indexOf(collection)]?.awaitInSync();
    },
    async stop() {
      await Promise.all(states.map((state) => state.cancel()));
    },
  };
}

interface Page {
  readonly documents: Pulled[];
  readonly checkpoint: Checkpoint | null;
  readonly complete: boolean;
}

/**
 * Pulls until there is at least a full page or no more: RxDB takes a page that is not full for the end, while the hub
 * may give few documents at a time and still have more.
 */
async function pullPage(
  source: PullSource,
  collection: Collection,
  from: Checkpoint | null,
  limit: number,
): Promise<Page> {
  const documents: Pulled[] = [];
  let checkpoint = from;
  for (;;) {
    const answer = await pullOnce(source, { collection, checkpoint, limit });
    if (!answer) return { documents: [], checkpoint: from, complete: false };
    if (answer.collection !== collection)
      throw new ShelfwireError('INTERNAL', `The hub gave ${answer.collection} for ${collection}.`);
    for (const document of answer.documents) documents.push(toPulled(document));
    ({ checkpoint } = answer);
    if (answer.complete || documents.length >= limit) return { documents, checkpoint, complete: answer.complete };
  }
}

async function pullOnce(source: PullSource, message: Pull): Promise<PullAnswer | null> {
  try {
    return await source.pull(message);
  } catch (error) {
    if (!(error instanceof ShelfwireError) || error.code !== 'CHECKPOINT_INVALID' || !message.checkpoint) throw error;
    return source.pull({ ...message, checkpoint: null });
  }
}

/** The wire's document as it is stored: under its id, and marked when it is deleted. */
function toPulled(document: Documents[Collection]): Pulled {
  if ('task' in document) {
    const { deleted, ...task } = document;
    return { ...task, id: downId(String(task.task)), _deleted: deleted };
  }
  if (!('sku' in document)) return { ...document, id: downId(document.name), _deleted: false };
  if (!('deleted' in document)) return { ...document, id: downId(document.sku), _deleted: false };
  const { deleted, ...product } = document;
  return { ...product, id: downId(product.sku), _deleted: deleted };
}
