import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Checkpoint, Collection, Documents, Pull, PullAnswer } from '#shared/protocol/messages/pull.ts';
import { Batcher } from '#shared/runtime/batcher.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { readEntries, type Entries, type FeedState } from '#hub/db/feed-entries.ts';
import { toHubError } from '#hub/db/sqlstates.ts';
import { TOPICS } from './topics/registry.ts';
import type { KeysRequest, PageRequest, Reader, Topic } from './topics/topic.ts';

export interface FeedOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  /** How long a pull waits for those of other stores, ms. */
  readonly waitMs?: number;
  /** Called for each batch of pulls with the number of its readers. */
  readonly observe?: (pulls: number) => void;
}

interface Request {
  readonly reader: Reader;
  readonly pull: Pull;
}

/** What is to be loaded for a request, and where its reader stands afterwards. */
type Step =
  | { readonly kind: 'keys'; readonly keys: readonly string[]; readonly next: Checkpoint; readonly complete: boolean }
  | { readonly kind: 'page'; readonly after: string | null; readonly start: bigint; readonly state: FeedState };

const POSITION_MAX = 2n ** 64n - 1n;
/** Bounds what one answer of the database holds in memory. */
const PULLS_PER_BATCH = 100;

/**
 * The way of products, positions and settings down to the stores.
 *
 * - A reader without a checkpoint, of another generation, below the floor or beyond the horizon scans: all rows by
 *   key, then the feed from where it stood at the scan's start.
 * - Answers carry the current state of each key, so a change may be told early and twice, never too late or not at all.
 */
export class Feed {
  readonly #pool: Pool;
  readonly #batcher: Batcher<Request, PullAnswer>;

  constructor({ pool, clock, waitMs = 3, observe }: FeedOptions) {
    this.#pool = pool;
    this.#batcher = new Batcher<Request, PullAnswer>({
      clock,
      waitMs,
      sizeMax: PULLS_PER_BATCH,
      run: async (requests) => {
        observe?.(requests.length);
        try {
          return await this.#answer(requests);
        } catch (error) {
          throw toHubError(error);
        }
      },
    });
  }

  /** Throws CHECKPOINT_INVALID, DB_UNAVAILABLE. */
  async pull(reader: Reader, pull: Pull): Promise<PullAnswer> {
    verifyCheckpoint(pull.checkpoint);
    return this.#batcher.call({ reader, pull });
  }

  /** Readers who ask the same are answered by the same rows. */
  async #answer(requests: readonly Request[]): Promise<PullAnswer[]> {
    const distinct = new Map(requests.map((request) => [identity(request), request]));
    const answers = await this.#answerDistinct([...distinct.values()]);
    const byIdentity = new Map([...distinct.keys()].map((id, place) => [id, answers[place]]));
    return requests.map((request) => {
      const answer = byIdentity.get(identity(request));
      if (!answer) throw new Error('a pull was not answered');
      return answer;
    });
  }

  async #answerDistinct(requests: readonly Request[]): Promise<(PullAnswer | undefined)[]> {
    const { state, entries } = await readEntries(
      this.#pool,
      requests.map(({ reader, pull: { collection, checkpoint, limit } }) => ({
        topic: collection,
        scope: TOPICS[collection].scopeOf(reader),
        position: BigInt(checkpoint?.position ?? 0),
        after: checkpoint?.after ?? null,
        limit: checkpoint && !checkpoint.scanning ? limit : 0,
      })),
    );
    const steps = requests.map(({ pull }, place) => nextStep(pull, state, entries[place]));
    const answers: (PullAnswer | undefined)[] = [];
    for (const collection of Object.keys(TOPICS) as Collection[]) {
      const places = requests.flatMap(({ pull }, place) => (pull.collection === collection ? [place] : []));
      await this.#load(collection, places, requests, steps, answers);
    }
    return answers;
  }

  async #load(
    collection: Collection,
    places: readonly number[],
    requests: readonly Request[],
    steps: readonly Step[],
    answers: (PullAnswer | undefined)[],
  ): Promise<void> {
    const topic: Topic<Collection> = TOPICS[collection];
    const keyPlaces: number[] = [];
    const keys: KeysRequest[] = [];
    const pagePlaces: number[] = [];
    const pages: PageRequest[] = [];
    for (const place of places) {
      const step = steps[place];
      const request = requests[place];
      if (!step || !request) continue;
      const { reader, pull } = request;
      if (step.kind === 'page') {
        pagePlaces.push(place);
        pages.push({ reader, after: step.after, limit: pull.limit });
      } else if (step.keys.length > 0) {
        keyPlaces.push(place);
        keys.push({ reader, keys: step.keys });
      } else {
        answers[place] = { collection, documents: [], checkpoint: step.next, complete: step.complete };
      }
    }
    const [byKeys, byPage] = await Promise.all([
      keys.length === 0 ? [] : topic.byKeys(this.#pool, keys),
      pages.length === 0 ? [] : topic.pages(this.#pool, pages),
    ]);
    for (const [index, place] of keyPlaces.entries()) {
      const step = steps[place];
      if (step?.kind !== 'keys') continue;
      const documents = byKeys[index] ?? [];
      answers[place] = { collection, documents, checkpoint: step.next, complete: step.complete };
    }
    for (const [index, place] of pagePlaces.entries()) {
      const step = steps[place];
      const limit = pages[index]?.limit ?? 0;
      if (step?.kind !== 'page') continue;
      const documents: Documents[Collection][] = byPage[index] ?? [];
      const last = documents.at(-1);
      const more = last !== undefined && documents.length >= limit;
      answers[place] = { collection, documents, ...afterPage(step, more ? topic.keyOf(last) : null) };
    }
  }
}

function nextStep({ checkpoint }: Pull, state: FeedState, entries: Entries | undefined): Step {
  const { generation, floor, horizon } = state;
  const position = checkpoint ? BigInt(checkpoint.position) : -1n;
  if (!checkpoint || checkpoint.generation !== generation || position < floor || position > horizon) {
    return { kind: 'page', after: null, start: horizon, state };
  }
  if (checkpoint.scanning) return { kind: 'page', after: checkpoint.after, start: position, state };
  const last = entries?.last ?? null;
  return {
    kind: 'keys',
    keys: entries?.keys ?? [],
    next: {
      generation,
      position: String(last?.position ?? horizon),
      after: last?.key ?? null,
      scanning: false,
    },
    complete: last === null,
  };
}

/** A scan that has reached its end is followed by the feed from its start. */
function afterPage({ start, state }: Extract<Step, { kind: 'page' }>, after: string | null) {
  const checkpoint: Checkpoint = {
    generation: state.generation,
    position: String(start),
    after,
    scanning: after !== null,
  };
  return { checkpoint, complete: after === null && start === state.horizon };
}

/** What a schema cannot say: a position of 64 bits, and a key that PostgreSQL can hold. */
function verifyCheckpoint(checkpoint: Checkpoint | null): void {
  if (!checkpoint) return;
  if (BigInt(checkpoint.position) > POSITION_MAX || checkpoint.after?.includes('\0')) {
    throw new ShelfwireError('CHECKPOINT_INVALID', 'The checkpoint was not made by this hub.');
  }
}

function identity({ reader, pull }: Request): string {
  const { collection, checkpoint, limit } = pull;
  const whose = collection === 'products' ? '' : `${reader.location} ${reader.journal}`;
  return `${collection}\n${whose}\n${limit}\n${JSON.stringify(checkpoint)}`;
}
