import type { Pool } from 'pg';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import { joined } from '#hub/db/array-parameter.ts';
import { readEntries, readFeedState, type EntriesRequest } from '#hub/db/feed-entries.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { setLevels } from '#hub/outbox/set-levels.ts';

/** Skus of one transaction. */
const SKUS_A_STEP = 500;
const READER = 'webhooks availability';

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

/** One relay at a time over all hubs: values are set in the order in which they were read. */
const MINE = `SELECT pg_try_advisory_xact_lock(${LOCKS.relayAvailability}) AS mine`;
const READ = `
  SELECT generation::text, position::text, after_key AS after, scanning FROM outbox_checkpoints WHERE reader = '${READER}'`;
const SAVE = `
  INSERT INTO outbox_checkpoints (reader, generation, position, after_key, scanning)
  VALUES ('${READER}', $1, $2::xid8, $3, $4)
  ON CONFLICT (reader) DO UPDATE SET generation = excluded.generation, position = excluded.position,
    after_key = excluded.after_key, scanning = excluded.scanning`;
const PAGE = `SELECT sku FROM availability WHERE sku > $1 ORDER BY sku LIMIT ${SKUS_A_STEP}`;

/** What every channel may sell of these skus. What a channel does not sell any more is nothing. */
const NUMBERS = `
  SELECT a.sku, c.code AS channel, carried.now AS "isCarried",
    CASE WHEN carried.now THEN coalesce(a.ats[c.channel_no], 0) ELSE 0 END AS available
  FROM unnest(string_to_array($1, E'\\n')) AS s (sku)
  JOIN availability a ON a.sku = s.sku COLLATE "C"
  CROSS JOIN channels c
  CROSS JOIN LATERAL (
    SELECT c.removed_at IS NULL AND EXISTS (
      SELECT FROM shelf_terms t WHERE t.sku = a.sku AND t.withheld[c.channel_no] IS NOT NULL) AS now
  ) carried`;

interface NumberRow {
  readonly sku: string;
  readonly channel: string;
  readonly isCarried: boolean;
  readonly available: number;
}

/**
 * Tells webhooks what channels may sell, behind the change feed: no late commit is passed over (S3). What is read, and
 * how far, is written in one transaction, so a kill neither loses nor repeats a step. Gives the number of skus looked at.
 */
export async function tellWebhooks(pool: Pool): Promise<number> {
  let total = 0;
  for (;;) {
    const step = await withRetries(() => transaction(pool, (client) => oneStep(client)));
    total += step?.skus.length ?? 0;
    if (step === undefined || step.isComplete) return total;
  }
}

/** Undefined when another hub is at it. */
async function oneStep(client: Queryable): Promise<Step | undefined> {
  if ((await client.query<{ mine: boolean }>(MINE)).rows[0]?.mine !== true) return undefined;
  const [at] = (await client.query<Checkpoint>(READ)).rows;
  const step = await readStep(client, at);
  if (step.skus.length > 0) await tell(client, step.skus);
  const { generation, position, after, scanning } = step.next;
  const isSame = at !== undefined && JSON.stringify(step.next) === JSON.stringify(at);
  if (!isSame) await client.query(SAVE, [generation, position, after, scanning]);
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

async function tell(client: Queryable, skus: readonly string[]): Promise<void> {
  const { rows } = await client.query<NumberRow>(NUMBERS, [joined(skus)]);
  const levels = rows.map(({ sku, channel, available, isCarried }) => ({
    subject: `${channel} ${sku}`,
    item: { channel, sku, available },
    isOver: !isCarried,
  }));
  await setLevels(client, 'availability.changed', levels);
}
