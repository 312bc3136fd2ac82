import type { PoolClient } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { isRetryable } from '#hub/db/sqlstates.ts';
import { BEGIN_AT_ONE_INSTANT, transaction, withRetries } from '#hub/db/transaction.ts';
import { GOES_ON, take, type OrderParts } from '../act-on-order.ts';
import { openUnits, placeName, together, type UnitsAt } from '../states/line-units.ts';
import { countEnded, holdsOf, keepHolds, type OrderHold } from '../store/order-holds.ts';
import { lockOrder, type StoredOrder } from '../store/stored-order.ts';
import { insertEffects, writeAside } from '../store/write-step.ts';
import { hasUntoldAnswers } from '../tasks/stored-answers.ts';
import type { WorkParts } from './work-effects.ts';

const AT_ONCE = 200;

/** While effects are about to change holds, the two differ because of that. */
const AT_REST = `
  NOT EXISTS (SELECT FROM order_effects e WHERE e.order_no = o.order_no AND e.stream = 'holds' AND e.done_at IS NULL)`;

const DIFFERING = `
  SELECT DISTINCT o.order_no
    FROM order_holds o
    JOIN locations l ON l.code = o.location
    LEFT JOIN reservation_holds h
      ON (h.reservation_no, h.line, h.location_no) = (o.reservation_no, o.reservation_line, l.location_no)
   WHERE o.released + o.handed < o.units AND o.order_no > $1
     AND (h.handed > o.handed OR h.short > 0 OR coalesce(h.held + h.handed, 0) <> o.units - o.released)
     AND ${AT_REST}
   ORDER BY o.order_no LIMIT ${AT_ONCE}`;

/**
 * Brings orders up to what has become of their holds without them: sales at the till that handed units over (M6), units that
 * are not there, or were moved to another location, and holds that somebody else has ended. Level-triggered: it compares how
 * things are, so nothing is lost by a crash or by coming late. Gives how many orders it has brought up to date.
 */
export async function followHolds(parts: WorkParts): Promise<number> {
  let total = 0;
  let after = 0;
  for (;;) {
    const { rows } = await withRetries(() => parts.pool.query<{ order_no: number }>(DIFFERING, [after]));
    for (const { order_no: number } of rows) {
      after = number;
      if (await followOne(parts, number)) total += 1;
    }
    if (rows.length < AT_ONCE) return total;
  }
}

/** One that cannot be followed, whatever is wrong with it, is shown in the log, and keeps none behind it from being followed. */
async function followOne(parts: WorkParts, number: number): Promise<boolean> {
  try {
    return await withRetries(() =>
      transaction(parts.pool, (client) => followAlone(client, parts, number), BEGIN_AT_ONE_INSTANT),
    );
  } catch (error) {
    if (isRetryable(error)) throw error;
    parts.logger.error({ order: number, err: error }, 'an order cannot be brought up to its holds; it is tried again');
    return false;
  }
}

/** What left with the answer of a store is followed together with that answer (take-answers.ts). */
async function followAlone(client: PoolClient, parts: OrderParts, number: number): Promise<boolean> {
  await lockOrder(client, number);
  return !(await hasUntoldAnswers(client, number)) && follow(client, parts, number);
}

/** Whether no effect of the order is about to change its holds. */
export async function isAtRest(client: PoolClient, number: number): Promise<boolean> {
  const { rowCount } = await client.query(`SELECT FROM orders o WHERE order_no = $1 AND ${AT_REST}`, [number]);
  return rowCount === 1;
}

/** What is different, by the order's lines. */
interface Differences {
  readonly handed: UnitsAt[];
  readonly short: { readonly gone: 'units' | 'hold' | 'both'; readonly parts: UnitsAt[] }[];
  /** Holds of what a store gives instead, where no more of it is left: it has the units in its hand. */
  readonly needless: UnitsAt[];
  /** Held now where they were not. */
  readonly gained: { reservation: number; reservationLine: number; part: UnitsAt }[];
}

/** Brings one order up to its holds; false while effects are about to change these, and then nothing is done. */
export async function follow(client: PoolClient, parts: OrderParts, number: number): Promise<boolean> {
  let stored = await lockOrder(client, number);
  if (!(await isAtRest(client, number))) return false;
  const holds = await holdsOf(client, number);
  const { handed, short, needless, gained } = differences(holds);
  const said = { by: 'hub', correlationId: stored.correlationId };
  await countEnded(client, holds.flatMap(endedBySale), 'handed');
  await countEnded(client, holds.flatMap(endedElse), 'released');
  if (handed.length > 0) stored = await hand(client, parts, stored, handed);
  for (const { gone, parts: lacking } of short) {
    if (lacking.length === 0) continue;
    stored = await take(client, parts, stored, { act: 'short', parts: lacking, gone }, said, GOES_ON);
  }
  const surplus = [...needless];
  for (const { reservation, reservationLine, part } of gained) {
    const held = { line: reservationLine, location: part.location, units: part.units };
    const own = [reservationLine, part.line, part.substitute] as const;
    await keepHolds(client, number, { reservation, lines: [held] }, [own], parts.now());
    const { delivery } = stored.order.content;
    const isOfUse = part.substitute === undefined && (delivery.kind === 'ship' || delivery.store === part.location);
    const wanted = openUnits(stored.order.lines).find(({ line }) => line === part.line)?.units ?? 0;
    if (isOfUse && wanted >= part.units) {
      stored = await take(client, parts, stored, { act: 'reserve', parts: [part] }, said, GOES_ON);
    } else surplus.push(part);
  }
  if (surplus.length > 0) await insertEffects(client, number, [{ kind: 'release', parts: surplus }], parts.now());
  return true;
}

/** A store has handed over; where the order cannot take that, it is kept and shown: the units are gone all the same. */
async function hand(
  client: PoolClient,
  parts: OrderParts,
  stored: StoredOrder,
  handed: readonly UnitsAt[],
): Promise<StoredOrder> {
  const said = { by: 'store', correlationId: stored.correlationId };
  try {
    return await take(client, parts, stored, { act: 'hand', parts: handed, hold: 'gone' }, said);
  } catch (error) {
    if (!(error instanceof ShelfwireError) || !error.code.startsWith('ORDER_')) throw error;
    const told = { ...said, act: 'hand', detail: { parts: handed, hold: 'gone' }, refused: error.code };
    await writeAside(client, stored.number, told, parts.now());
    return stored;
  }
}

/** What the reservation holds, or handed over, less than the order believes. */
const lostOf = ({ units, released, held, handedOver }: OrderHold): number =>
  Math.max(0, units - released - held - handedOver);
const soldOf = ({ handed, handedOver }: OrderHold): number => Math.max(0, handedOver - handed);

const endedBySale = (hold: OrderHold) => (soldOf(hold) === 0 ? [] : [{ ...hold.hold, units: soldOf(hold) }]);
const endedElse = (hold: OrderHold) => (lostOf(hold) === 0 ? [] : [{ ...hold.hold, units: lostOf(hold) }]);

function differences(holds: readonly OrderHold[]): Differences {
  const own = holds.filter(({ substitute }) => substitute === null);
  const at = (hold: OrderHold, units: number): UnitsAt[] =>
    units > 0 ? [{ line: hold.line, ...placeOf(hold), units }] : [];
  const isMoved = (hold: OrderHold): boolean =>
    holds.some(
      (other) => other.hold.reservation === hold.hold.reservation && other.line === hold.line && gainOf(other) > 0,
    );
  return {
    handed: together(holds.flatMap((hold) => at(hold, soldOf(hold)))),
    short: [
      { gone: 'units', parts: together(own.flatMap((hold) => at(hold, hold.short))) },
      { gone: 'both', parts: together(own.filter(isMoved).flatMap((hold) => at(hold, lostOf(hold)))) },
      { gone: 'hold', parts: together(own.flatMap((hold) => at(hold, isMoved(hold) ? 0 : lostOf(hold)))) },
    ],
    needless: together(holds.flatMap((hold) => at(hold, hold.substitute === null ? 0 : hold.short))),
    gained: holds.flatMap((hold) => {
      const { reservation, line: reservationLine } = hold.hold;
      const units = gainOf(hold);
      return units === 0 ? [] : [{ reservation, reservationLine, part: { line: hold.line, ...placeOf(hold), units } }];
    }),
  };
}

const gainOf = ({ units, released, held, handedOver }: OrderHold): number =>
  Math.max(0, held + handedOver - (units - released));

const placeOf = ({ hold: { location }, substitute }: OrderHold) =>
  placeName({ location, substitute: substitute ?? undefined });
