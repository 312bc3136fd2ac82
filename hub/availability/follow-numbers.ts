import type { Pool } from 'pg';
import { readEntries, readFeedState, type EntriesRequest } from '#hub/db/feed-entries.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';

/** Skus of one transaction. */
const SKUS_A_STEP = 500;

/** Who follows what channels may sell. */
export interface NumbersFollower {
  /** Names its checkpoint. */
  readonly reader: string;
  /** One at a time over all hubs: values are written in the order in which they were read. */
  readonly lock: number;
  /** Takes over what these skus come to now, in the transaction that moves the checkpoint. */
  take(client: Queryable, skus: readonly string[]): Promise<void>;
}

interface Checkpoint {
  readonly generation: string;
  readonly position: string;
  readonly after: string | null;
  readonly scanning: boolean;
}

interface Step {
  readonly skus: readonly string[];
  readonly next: Checkpoint;
  readonly isComplete: boolean;
}

const MINE = 'SELECT pg_try_advisory_xact_lock($1) AS mine';
const READ = `
  SELECT generation::text, position::text, after_key AS after, scanning FROM outbox_checkpoints WHERE reader = $1`;
const SAVE = `
  INSERT INTO outbox_checkpoints (reader, generation, position, after_key, scanning)
  VALUES ($1, $2, $3::xid8, $4, $5)
  ON CONFLICT (reader) DO UPDATE SET generation = excluded.generation, position = excluded.position,
    after_key = excluded.after_key, scanning = excluded.scanning`;
const PAGE = `SELECT sku FROM availability WHERE sku > $1 ORDER BY sku LIMIT ${SKUS_A_STEP}`;

/**
 * Follows the change feed: no late commit is passed over (S3). What is read, and how far, is written in one transaction,
 * so a kill neither loses nor repeats a step. Gives the number of skus looked at.
 */
export async function followNumbers(pool: Pool, follower: NumbersFollower): Promise<number> {
  let total = 0;
  for (;;) {
    const step = await withRetries(() => transaction(pool, (client) => oneStep(client, follower)));
    total += step?.skus.length ?? 0;
    if (step === undefined || step.isComplete) return total;
  }
}

/** Undefined when another hub is at it. */
async function oneStep(client: Queryable, follower: NumbersFollower): Promise<Step | undefined> {
  const { reader, lock } = follower;
  if ((await client.query<{ mine: boolean }>(MINE, [lock])).rows[0]?.mine !== true) return undefined;
  const [at] = (await client.query<Checkpoint>(READ, [reader])).rows;
  const step = await readStep(client, at);
  if (step.skus.length > 0) await follower.take(client, step.skus);
  const { generation, position, after, scanning } = step.next;
  const isSame = at !== undefined && JSON.stringify(step.next) === JSON.stringify(at);
  if (!isSame) await client.query(SAVE, [reader, generation, position, after, scanning]);
  return step;
}

/** At the start, of another generation or below the floor every sku is looked at; then the feed is followed from there. */
async function readStep(client: Queryable, at: Checkpoint | undefined): Promise<Step> {
  if (at?.scanning === true) return scan(client, at);
  const request: EntriesRequest = {
    topic: 'availability',
    scope: 0,
    position: BigInt(at?.position ?? 0),
    after: at?.after ?? null,
    limit: SKUS_A_STEP,
  };
  const { state, entries } = at
    ? await readEntries(client, [request])
    : { state: await readFeedState(client), entries: [] };
  const { generation, floor, horizon } = state;
  const position = request.position;
  if (at === undefined || at.generation !== generation || position < floor || position > horizon) {
    return scan(client, { generation, position: String(horizon), after: null, scanning: true });
  }
  const { keys = [], last = null } = entries[0] ?? {};
  const next = { generation, position: String(last?.position ?? horizon), after: last?.key ?? null, scanning: false };
  return { skus: keys, next, isComplete: last === null };
}

async function scan(client: Queryable, at: Checkpoint): Promise<Step> {
  const skus = (await client.query<{ sku: string }>(PAGE, [at.after ?? ''])).rows.map(({ sku }) => sku);
  const scanning = skus.length === SKUS_A_STEP;
  return { skus, next: { ...at, after: scanning ? (skus.at(-1) ?? null) : null, scanning }, isComplete: false };
}
