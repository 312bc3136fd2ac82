import { hash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { Batcher } from '#shared/runtime/batcher.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { changePools, type HoldChange, type HoldReason } from '#hub/availability/engine/change-pools.ts';
import { lockSkus } from '#hub/availability/engine/sku-locks.ts';
import { joined, literal } from '#hub/db/array-parameter.ts';
import { isRetryable } from '#hub/db/sqlstates.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { perform, type Act, type Reservation } from './act.ts';
import { mendSkus } from './mend-shortfalls.ts';
import { lockReservations } from './read-reservations.ts';
import { heldChanges, saveReservations } from './save-reservations.ts';
import { fewestParcels, type Sourcing } from './sourcing.ts';
import { viewOf, type ReservationView } from './view.ts';

/** An act on a reservation, by its number. */
export interface ActRequest {
  readonly reservation: number;
  /** The same act carries the same one; absent: what is repeated acts again, where there is still something to do. */
  readonly key?: string | undefined;
  readonly act: Act;
}

const BATCH_MAX = 128;
const IN_FLIGHT = 2;

/** Does acts that come together in one transaction, each as if alone. */
export function createActs(
  pool: Pool,
  source: Sourcing,
  now?: () => number,
): (request: ActRequest) => Promise<ReservationView> {
  const batcher = new Batcher<ActRequest, ReservationView>({
    clock: systemClock,
    waitMs: 0,
    sizeMax: BATCH_MAX,
    inFlightMax: IN_FLIGHT,
    run: async (requests) => {
      const together = (some: readonly ActRequest[]) =>
        withRetries(() => transaction(pool, (client) => performActs(client, some, now?.() ?? null, source)));
      try {
        return await together(requests);
      } catch (error) {
        if (requests.length === 1 || isRetryable(error)) throw error;
        const alone = (request: ActRequest) =>
          together([request]).catch((own: unknown) => [own instanceof Error ? own : new Error(String(own))]);
        const answers: (ReservationView | Error)[] = [];
        for (const request of requests) answers.push(...(await alone(request)));
        return answers;
      }
    },
  });
  return (request) => batcher.call(request);
}

/** Which acts give units back or away: they change what is reserved of their skus. */
const MOVES: Readonly<Record<Act['kind'], HoldReason | undefined>> = {
  confirm: undefined,
  extend: undefined,
  release: 'released',
  expire: 'expired',
  fulfil: 'fulfilled',
};

/** Every statement finds its rows by key: see lockLocations. */
const BY_KEY = `SELECT set_config('enable_seqscan', 'off', true)`;
const NOW = 'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now';
/** The sku of a line never changes, so it may be read before any lock. */
const SKUS = 'SELECT DISTINCT sku FROM reservation_holds WHERE reservation_no = ANY ($1::bigint[])';
const SHORT = `
  SELECT DISTINCT sku FROM reservation_shortfalls
  WHERE resolved_at IS NULL AND sku = ANY (string_to_array($1, E'\\n') COLLATE "C") ORDER BY sku`;
const KNOWN = `
  SELECT reservation_no AS reservation, key, replace(digest::text, '-', '') AS digest, answer
  FROM reservation_acts
  WHERE reservation_no = ANY ($1::bigint[]) AND key = ANY (string_to_array($2, E'\\n') COLLATE "C")`;
const NOTE = `
  INSERT INTO reservation_acts (reservation_no, key, digest, acted_at, answer)
  SELECT n.no, n.key, n.digest, $5::bigint, n.answer::json
  FROM unnest($1::bigint[], string_to_array($2, E'\\n'), $3::uuid[], string_to_array($4, E'\\n'))
    AS n (no, key, digest, answer)`;

interface KnownAct {
  readonly reservation: number;
  readonly key: string;
  readonly digest: string;
  readonly answer: ReservationView;
}

/**
 * Does acts in a transaction of the caller's, which must hold no lock of a sku or a reservation yet: locks are taken in one
 * order (sku-locks.ts). An act that is refused gives its error; the others are done.
 *
 * @param givenNow ms since 1970; null: by PostgreSQL's clock
 * @param source where short units go that may be had elsewhere now
 */
export async function performActs(
  client: PoolClient,
  requests: readonly ActRequest[],
  givenNow: number | null,
  source: Sourcing = fewestParcels,
): Promise<(ReservationView | ShelfwireError)[]> {
  await client.query(BY_KEY);
  const numbers = [...new Set(requests.map(({ reservation }) => reservation))];
  const moving = requests.filter(({ act }) => MOVES[act.kind] !== undefined).map(({ reservation }) => reservation);
  const skus = await readSkus(client, moving);
  const shape = skus.length === 0 ? undefined : await lockSkus(client, skus);
  const reservations = await lockReservations(client, numbers);
  // Read after the lock: time that passed in waiting for it counts.
  const now = givenNow ?? (await readNow(client));
  const known = await readKnown(client, requests);
  const noted: KnownAct[] = [];
  const before = new Map(reservations);
  const holds: HoldChange[] = [];
  const answers = requests.map((request): ReservationView | ShelfwireError => {
    const { reservation: number, key, act } = request;
    const reservation = reservations.get(number);
    if (reservation === undefined) return new ShelfwireError('NOT_FOUND', `There is no reservation ${number}.`);
    const digest = digestOf(act);
    const done = key === undefined ? undefined : known.get(`${number} ${key}`);
    if (done !== undefined) return done.digest === digest ? done.answer : keyReused(number, key);
    const after = attempt(reservation, act, now);
    if (after instanceof ShelfwireError) return after;
    reservations.set(number, after);
    const why = after.state === 'expired' ? 'expired' : MOVES[act.kind];
    if (why !== undefined) holds.push(...heldChanges({ before: reservation, after }, why));
    const answer = viewOf(after, now);
    if (key !== undefined) {
      const act = { reservation: number, key, digest, answer };
      noted.push(act);
      known.set(`${number} ${key}`, act);
    }
    return answer;
  });
  const changed = [...reservations].flatMap(([number, after]) => {
    const was = before.get(number);
    return was === undefined || was === after ? [] : [{ before: was, after }];
  });
  await saveReservations(client, changed);
  if (holds.length > 0 && shape !== undefined) {
    await changePools(client, [], holds, { shape, inMerge: false });
    // Who still holds units there lacks fewer now, or none.
    const short = await readShort(client, skus);
    if (short.length > 0) await mendSkus(client, short, source, { shape, inMerge: false });
  }
  await note(client, noted, now);
  return answers;
}

function attempt(reservation: Reservation, act: Act, now: number): Reservation | ShelfwireError {
  try {
    return perform(reservation, act, now);
  } catch (error) {
    if (error instanceof ShelfwireError) return error;
    throw error;
  }
}

function keyReused(reservation: number, key: string | undefined): ShelfwireError {
  return new ShelfwireError(
    'KEY_REUSED',
    `Something else was done to reservation ${reservation} under the key "${key}".`,
    {
      remedy: 'Give each act a key of its own, and repeat it unchanged.',
    },
  );
}

function digestOf(act: Act): string {
  return hash('sha256', JSON.stringify(act), 'hex').slice(0, 32);
}

async function readNow(client: PoolClient): Promise<number> {
  const { rows } = await client.query<{ now: number }>(NOW);
  const [row] = rows;
  if (row === undefined) throw new Error('a statement without a condition gave no row');
  return row.now;
}

async function readSkus(client: PoolClient, reservations: readonly number[]): Promise<string[]> {
  if (reservations.length === 0) return [];
  const values = [literal([...new Set(reservations)])];
  const { rows } = await client.query<{ sku: string }>({ name: 'skus-of-reservations', text: SKUS, values });
  return rows.map(({ sku }) => sku);
}

async function readShort(client: PoolClient, skus: readonly string[]): Promise<string[]> {
  const values = [joined(skus)];
  return (await client.query<{ sku: string }>({ name: 'short-skus', text: SHORT, values })).rows.map(({ sku }) => sku);
}

async function readKnown(client: PoolClient, requests: readonly ActRequest[]): Promise<Map<string, KnownAct>> {
  const keyed = requests.filter(({ key }) => key !== undefined);
  if (keyed.length === 0) return new Map();
  const values = [literal(keyed.map(({ reservation }) => reservation)), joined(keyed.map(({ key }) => key ?? ''))];
  const { rows } = await client.query<KnownAct>({ name: 'known-acts', text: KNOWN, values });
  return new Map(rows.map((row) => [`${row.reservation} ${row.key}`, row]));
}

async function note(client: PoolClient, acts: readonly KnownAct[], now: number): Promise<void> {
  if (acts.length === 0) return;
  await client.query({
    name: 'note-acts',
    text: NOTE,
    values: [
      literal(acts.map(({ reservation }) => reservation)),
      joined(acts.map(({ key }) => key)),
      literal(acts.map(({ digest }) => digest)),
      joined(acts.map(({ answer }) => JSON.stringify(answer))),
      now,
    ],
  });
}
