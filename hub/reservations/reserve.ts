import { DatabaseError, type Pool, type PoolClient } from 'pg';
import type { ShelfwireError } from '#shared/protocol/errors.ts';
import { Batcher } from '#shared/runtime/batcher.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { changePools, type HoldChange } from '#hub/availability/engine/change-pools.ts';
import { lockSkus, type LockedSkus } from '#hub/availability/engine/sku-locks.ts';
import { joined, literal } from '#hub/db/array-parameter.ts';
import { isRetryable } from '#hub/db/sqlstates.ts';
import { transactionInTwo, type Sent } from '#hub/db/transaction-in-two.ts';
import { withRetries } from '#hub/db/transaction.ts';
import { decideBatch, keyed, type KeyedRequest, type KnownKey, type NewReservation } from './decide-batch.ts';
import { readStock, type LockedStock } from './read-stock.ts';
import type { ReservationAnswer, ReservationRequest } from './reservation.ts';
import type { Sourcing } from './sourcing.ts';

export interface ReserveParts {
  /** Pipelining: see transaction-in-two.ts. */
  readonly pool: Pool;
  readonly source: Sourcing;
  /** ms since 1970; absent: by PostgreSQL's clock, which all hubs share. */
  readonly now?: () => number;
}

export type Reserve = (request: ReservationRequest) => Promise<ReservationAnswer>;

/** Requests that share a transaction: while it runs, merges of their skus wait. */
const BATCH_MAX = 128;
/** One writes while the next is on its way to the locks. */
const IN_FLIGHT = 2;
const KEY_RACES_MAX = 5;

/**
 * Holds units for channels. What comes together shares a transaction: the skus of all are locked in one order, read,
 * decided in memory in the order of arrival, and written by as few statements as there are tables. However many want
 * the same sku, its lock is taken once for all of them.
 *
 * - Never more than a channel may have at that moment, on however many hubs: all that is decided on is read under locks (R1).
 * - The same key gets the first answer, also when only the answer to COMMIT was lost (R2). A refusal holds nothing and is
 *   not kept.
 * - A request that cannot be decided fails alone.
 */
export function createReserve(parts: ReserveParts): Reserve {
  const batcher = new Batcher<KeyedRequest, ReservationAnswer>({
    clock: systemClock,
    waitMs: 0,
    sizeMax: BATCH_MAX,
    inFlightMax: IN_FLIGHT,
    run: (requests) => reserveApart(parts, requests),
  });
  return (request) => batcher.call(keyed(request));
}

type Answers = readonly (ReservationAnswer | ShelfwireError)[];

/** All together; when that fails by its content, each alone. */
async function reserveApart(
  parts: ReserveParts,
  requests: readonly KeyedRequest[],
): Promise<readonly (Answers[number] | Error)[]> {
  try {
    return await reserveTogether(parts, requests);
  } catch (error) {
    if (requests.length === 1 || isRetryable(error)) throw error;
    const answers: (Answers[number] | Error)[] = [];
    for (const request of requests) {
      const [answer] = await reserveTogether(parts, [request]).catch((own: unknown) => [
        own instanceof Error ? own : new Error(String(own)),
      ]);
      answers.push(answer ?? new Error('a request got no answer'));
    }
    return answers;
  }
}

async function reserveTogether(parts: ReserveParts, requests: readonly KeyedRequest[]): Promise<Answers> {
  for (let races = 0; ; races += 1) {
    try {
      return await withRetries(() =>
        transactionInTwo(
          parts.pool,
          (client) => ask(client, requests, parts.now?.() ?? null),
          (client, found) => answer(client, requests, found, parts.source),
        ),
      );
    } catch (error) {
      // Another hub has just taken one of the keys, for other skus: now it is known.
      if (races >= KEY_RACES_MAX || !isKeyTaken(error)) throw error;
    }
  }
}

interface Found extends LockedStock {
  readonly locked: LockedSkus;
  readonly slots: ReadonlyMap<string, number>;
  readonly known: ReadonlyMap<string, KnownKey>;
  readonly numbers: readonly number[];
  readonly now: number;
}

interface ContextRow {
  readonly now: number;
  readonly numbers: number[];
  readonly slots: { readonly code: string; readonly slot: number }[];
  readonly known: { readonly key: string; readonly digest: string; readonly answer: ReservationAnswer }[];
}

/** $1 keys, $2 channels, $3 how many numbers, $4 now or NULL. */
const CONTEXT = `
  SELECT coalesce($4::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint) AS now,
    ARRAY(SELECT nextval('reservations_reservation_no_seq') FROM generate_series(1, $3::int)) AS numbers,
    (SELECT coalesce(json_agg(c), '[]') FROM (
      SELECT code, channel_no AS slot FROM channels
      WHERE code = ANY (string_to_array($2, E'\\n') COLLATE "C") AND removed_at IS NULL) AS c) AS slots,
    (SELECT coalesce(json_agg(r), '[]') FROM (
      SELECT key, replace(digest::text, '-', '') AS digest, answer FROM reservations
      WHERE key = ANY (string_to_array($1, E'\\n') COLLATE "C")) AS r) AS known`;

async function ask(client: PoolClient, requests: readonly KeyedRequest[], now: number | null): Promise<Found> {
  const skus = [...new Set(requests.flatMap(({ request }) => request.lines.map(({ sku }) => sku)))];
  const channels = new Set(requests.map(({ request }) => request.channel));
  const keys = new Set(requests.map(({ request }) => request.key));
  const [locked, stock, context] = await Promise.all([
    lockSkus(client, skus),
    readStock(client, skus),
    client.query<ContextRow>({
      name: 'reserve-context',
      text: CONTEXT,
      values: [joined([...keys]), joined([...channels]), requests.length, now],
    }),
  ]);
  const [row] = context.rows;
  if (row === undefined) throw new Error('a statement without a condition gave no row');
  return {
    ...stock,
    locked,
    slots: new Map(row.slots.map(({ code, slot }) => [code, slot])),
    known: new Map(row.known.map(({ key, digest, answer }) => [key, { digest, answer }])),
    numbers: row.numbers,
    now: row.now,
  };
}

function answer(client: PoolClient, requests: readonly KeyedRequest[], found: Found, source: Sourcing): Sent<Answers> {
  const { answers, made } = decideBatch(requests, found, source);
  if (made.length === 0) return { statements: [], result: answers };
  // Hubs that write the same keys meet at the first of them, not in a circle.
  const ordered = made.toSorted((one, other) => (one.answer.key < other.answer.key ? -1 : 1));
  const holds = ordered.flatMap(({ answer: { reservation }, parts }) =>
    parts.map(({ location, sku, units }): HoldChange => {
      return { location, sku, change: units, reservation, why: 'reserved' };
    }),
  );
  return {
    statements: [
      insert(client, ordered, found.now),
      changePools(client, [], holds, { shape: found.locked, inMerge: false }),
    ],
    result: answers,
  };
}

/** $1-$7 reservations: number, key, digest, slot, reference, expires_at, answer; $8 now; $9-$13 their holds. */
const INSERT = `
  WITH made AS (
    INSERT INTO reservations (reservation_no, key, digest, channel_no, reference, expires_at, answer, created_at)
    SELECT r.no, r.key, r.digest, r.slot, nullif(r.reference, ''), r.expires_at, r.answer::json, $8::bigint
    FROM unnest($1::bigint[], string_to_array($2, E'\\n'), $3::uuid[], $4::smallint[], string_to_array($5, E'\\n'),
      $6::bigint[], string_to_array($7, E'\\n')) AS r (no, key, digest, slot, reference, expires_at, answer)
  )
  INSERT INTO reservation_holds (reservation_no, line, location_no, sku, units, held)
  SELECT h.no, h.line, h.location_no, h.sku, h.units, h.units
  FROM unnest($9::bigint[], $10::smallint[], $11::int[], string_to_array($12, E'\\n'), $13::int[])
    AS h (no, line, location_no, sku, units)`;

function insert(client: PoolClient, made: readonly NewReservation[], now: number): Promise<unknown> {
  const holds = made.flatMap(({ answer, parts }) => parts.map((part) => ({ ...part, no: answer.reservation })));
  return client.query({
    name: 'insert-reservations',
    text: INSERT,
    values: [
      literal(made.map(({ answer }) => answer.reservation)),
      joined(made.map(({ answer }) => answer.key)),
      literal(made.map(({ digest }) => digest)),
      literal(made.map(({ slot }) => slot)),
      joined(made.map(({ answer }) => answer.reference ?? '')),
      literal(made.map(({ answer }) => answer.expiresAt)),
      joined(made.map(({ answer }) => JSON.stringify(answer))),
      now,
      literal(holds.map(({ no }) => no)),
      literal(holds.map(({ line }) => line)),
      literal(holds.map(({ location }) => location)),
      joined(holds.map(({ sku }) => sku)),
      literal(holds.map(({ units }) => units)),
    ],
  });
}

const UNIQUE_VIOLATION = '23505';

function isKeyTaken(error: unknown): boolean {
  return (
    error instanceof DatabaseError && error.code === UNIQUE_VIOLATION && error.constraint === 'reservations_key_key'
  );
}
