import type { Collection } from '#shared/protocol/messages/pull.ts';
import { literal } from './array-parameter.ts';
import type { Queryable } from './snapshot.ts';

/** What the feed tells of: what stores pull, and what channels may sell. */
type FeedTopic = Collection | 'availability';

/** Where a reader stands in the entries of one topic and scope. */
export interface EntriesRequest {
  readonly topic: FeedTopic;
  readonly scope: number;
  /** Everything below it has been read. */
  readonly position: bigint;
  /** Keys up to this one of the commit at `position` have been read too. */
  readonly after: string | null;
  readonly limit: number;
}

/** The feed as one snapshot sees it. */
export interface FeedState {
  readonly generation: string;
  /** Entries below it are pruned. */
  readonly floor: bigint;
  /** Every entry that this snapshot may show is below it. */
  readonly horizon: bigint;
}

export interface Entries {
  /** Without repetition. */
  readonly keys: readonly string[];
  /** The last entry read when `limit` was reached; null: nothing more is below the horizon. */
  readonly last: { readonly position: bigint; readonly key: string } | null;
}

/**
 * S3: entries are read only below the oldest running transaction, so one that began earlier and commits later is
 * never passed over. The horizon is not that bound itself: after a crash PostgreSQL may give numbers again of
 * transactions that left no trace on disk. It is the number after the last entry shown, which is on disk. (ORDER BY with
 * the bare name would order by the output, a text, where 99 comes after 100.)
 */
const SNAPSHOT = `
  bound AS MATERIALIZED (
    SELECT generation, floor, pg_snapshot_xmin(pg_current_snapshot()) AS oldest FROM feed_state
  ),
  feed AS MATERIALIZED (
    SELECT generation::text, floor::text, oldest,
      (SELECT c.position::text FROM changes c WHERE c.position < oldest ORDER BY c.position DESC LIMIT 1) AS last_shown
    FROM bound
  )`;

const STATE = `WITH ${SNAPSHOT} SELECT generation, floor, last_shown FROM feed`;

const ENTRIES = `
  WITH ${SNAPSHOT}
  SELECT feed.generation, feed.floor, feed.last_shown, entries.*
  FROM feed
  CROSS JOIN unnest($1::int[], $2::feed_topic[], $3::int[], $4::xid8[], $5::text[], $6::int[])
    AS r (place, topic, scope, position, after, most)
  CROSS JOIN LATERAL (
    SELECT string_agg(DISTINCT key, E'\\n') AS keys, count(*) >= r.most AS full,
      (array_agg(position::text ORDER BY position DESC, key DESC))[1] AS last_position,
      (array_agg(key ORDER BY position DESC, key DESC))[1] AS last_key
    FROM (
      SELECT c.position, k.key COLLATE "C" AS key
      FROM changes c CROSS JOIN LATERAL unnest(c.keys) AS k (key)
      WHERE c.topic = r.topic AND c.scope = r.scope AND c.position >= r.position AND c.position < feed.oldest
        AND (c.position > r.position OR r.after IS NULL OR k.key > r.after COLLATE "C")
      ORDER BY c.position, k.key COLLATE "C"
      LIMIT r.most
    ) entry
  ) entries
  ORDER BY r.place`;

interface StateRow {
  readonly generation: string;
  readonly floor: string;
  readonly last_shown: string | null;
}

interface EntriesRow extends StateRow {
  /** Joined by newlines, which no key contains. */
  readonly keys: string | null;
  readonly full: boolean;
  readonly last_position: string | null;
  readonly last_key: string | null;
}

/** Entries of many readers by one statement, so by one snapshot. At least one request. */
export async function readEntries(
  client: Queryable,
  requests: readonly EntriesRequest[],
): Promise<{ state: FeedState; entries: Entries[] }> {
  const { rows } = await client.query<EntriesRow>({
    name: 'feed-entries',
    text: ENTRIES,
    values: [
      literal(requests.map((_, place) => place)),
      literal(requests.map(({ topic }) => topic)),
      literal(requests.map(({ scope }) => scope)),
      literal(requests.map(({ position }) => String(position))),
      requests.map(({ after }) => after),
      literal(requests.map(({ limit }) => limit)),
    ],
  });
  return { state: stateOf(rows[0]), entries: rows.map(entriesOf) };
}

export async function readFeedState(client: Queryable): Promise<FeedState> {
  const { rows } = await client.query<StateRow>({ name: 'feed-state', text: STATE });
  return stateOf(rows[0]);
}

function stateOf(row: StateRow | undefined): FeedState {
  if (!row) throw new Error('feed_state has no row');
  const floor = BigInt(row.floor);
  const next = row.last_shown === null ? 0n : BigInt(row.last_shown) + 1n;
  return { generation: row.generation, floor, horizon: next > floor ? next : floor };
}

function entriesOf({ keys, full, last_position: position, last_key: key }: EntriesRow): Entries {
  return {
    keys: keys?.split('\n') ?? [],
    last: full && position !== null && key !== null ? { position: BigInt(position), key } : null,
  };
}
