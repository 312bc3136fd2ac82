import type { PoolClient } from 'pg';
import type { ErrorCode } from '#shared/protocol/errors.ts';
import type { HoldChange } from '#hub/availability/engine/change-pools.ts';
import type { HoldFollower } from '#hub/availability/engine/follow-moves.ts';
import { joined, literal } from '#hub/db/array-parameter.ts';
import type { HandOver } from '#hub/ledger/moves.ts';
import { settled, type Hold, type Reservation } from './act.ts';
import { findShort } from './find-short.ts';
import { handedOver } from './hand-over.ts';
import { mendSkus } from './mend-shortfalls.ts';
import { lockReservations } from './read-reservations.ts';
import { heldChanges, saveReservations } from './save-reservations.ts';
import { fewestParcels, type Sourcing } from './sourcing.ts';

export interface FollowSalesOptions {
  /** Where reserved units go that are not there any more. */
  readonly source?: Sourcing;
  /** ms since 1970. */
  readonly now?: () => number;
}

/**
 * Follows sales that name a reservation, in the merge that takes them (M6): each is written down, and what it hands over
 * is no longer held. What of a reservation is handed over is made anew from all its sales that are not void, so any order
 * and repetition gives the same. A sale counts whatever the reservation is: what took nothing is kept with its code.
 *
 * Reserved units that a merge takes away go elsewhere at once, where the channel has some: a till that hands over what
 * another location holds frees a unit there, which belongs to whoever held the till's.
 */
export function followSales({ source = fewestParcels, now }: FollowSalesOptions = {}): HoldFollower {
  return {
    async mendShort(client, moves, shape) {
      const skus = await findShort(client, moves);
      if (skus.length > 0) await mendSkus(client, skus, source, { shape, inMerge: true });
    },
    async handOver(client, { handedOver: sold, takenBack }) {
      const concerned = await note(client, sold, takenBack);
      const numbers = [...new Set(concerned.map(({ reservation }) => reservation))];
      if (numbers.length === 0) return [];
      const reservations = await lockReservations(client, numbers);
      await noteEnded(client, sold, reservations);
      const sales = Map.groupBy(await readSales(client, numbers), ({ reservation, sku }) => `${reservation} ${sku}`);
      const at = now?.() ?? Date.now();
      const codes: SaleCode[] = [];
      const changed = [...reservations.values()].map((before) => {
        const skus = new Set(concerned.filter((one) => one.reservation === before.reservation).map(({ sku }) => sku));
        let after = before;
        for (const sku of skus) after = withSales(after, sku, sales.get(`${before.reservation} ${sku}`) ?? [], codes);
        return { before, after: settled(after, at) };
      });
      await saveReservations(client, changed);
      await saveCodes(client, codes);
      return changed.flatMap(({ before, after }) =>
        heldChanges({ before, after }, 'handedOver').map((change): HoldChange =>
          change.change > 0 ? { ...change, why: 'takenBack' } : change,
        ),
      );
    },
  };
}

interface SaleKey {
  readonly location: number;
  readonly journal: number;
  readonly seq: number;
  readonly line: number;
}

/** A sale that names the reservation, in the order of facts. */
interface Sale extends SaleKey {
  readonly reservation: number;
  readonly sku: string;
  readonly units: number;
  readonly code: ErrorCode | null;
  readonly beyond: number;
}

interface SaleCode extends SaleKey {
  readonly code: ErrorCode | null;
  readonly beyond: number;
}

/**
 * $1-$9 lines that hand over: location_no, journal_no, seq, line, at, named, number or NULL, sku, units. $10-$13 lines that
 * are void: their places. $14-$15 channel and id of the order that the number was given to, or NULL: a hub that was restored gives
 * numbers again, to others. Gives the reservations that either concerns, with the skus.
 */
const NOTE = `
  WITH given AS (
    SELECT g.*, coalesce(by_key.reservation_no, by_number.reservation_no) AS reservation_no
    FROM unnest($1::int[], $2::int[], $3::bigint[], $4::smallint[], $5::bigint[], string_to_array($6, E'\\n'), $7::bigint[],
      string_to_array($8, E'\\n'), $9::int[], $14::text[], $15::text[])
      AS g (location_no, journal_no, seq, line, at, named, number, sku, units, channel, order_id)
    LEFT JOIN reservations by_key ON g.number IS NULL AND by_key.key = g.named COLLATE "C"
    LEFT JOIN reservations by_number ON by_number.reservation_no = g.number AND (
      g.order_id IS NULL OR EXISTS (
        SELECT FROM order_holds h JOIN orders o USING (order_no)
        WHERE h.reservation_no = g.number AND (o.channel, o.channel_order_id) = (g.channel, g.order_id)))
  ), gone AS (
    SELECT * FROM unnest($10::int[], $11::int[], $12::bigint[], $13::smallint[]) AS v (location_no, journal_no, seq, line)
  ), noted AS (
    INSERT INTO reservation_handovers
      (location_no, journal_no, seq, line, at, named, reservation_no, sku, units, voided, code, beyond)
    SELECT location_no, journal_no, seq, line, at, named, reservation_no, sku, units, gone.seq IS NOT NULL,
      CASE WHEN reservation_no IS NULL THEN 'RESERVATION_UNKNOWN' END,
      CASE WHEN reservation_no IS NULL THEN units ELSE 0 END
    FROM given LEFT JOIN gone USING (location_no, journal_no, seq, line)
    RETURNING reservation_no, sku
  ), voided AS (
    UPDATE reservation_handovers h SET voided = true
    FROM gone
    WHERE (h.location_no, h.journal_no, h.seq, h.line) = (gone.location_no, gone.journal_no, gone.seq, gone.line)
    RETURNING h.reservation_no, h.sku
  )
  SELECT DISTINCT reservation_no AS reservation, sku
  FROM (SELECT * FROM noted UNION ALL SELECT * FROM voided) AS concerned
  WHERE reservation_no IS NOT NULL`;

async function note(
  client: PoolClient,
  sold: readonly HandOver[],
  takenBack: readonly HandOver[],
): Promise<readonly { readonly reservation: number; readonly sku: string }[]> {
  const { rows } = await client.query<{ reservation: number; sku: string }>({
    name: 'note-handovers',
    text: NOTE,
    values: [
      ...placeColumns(sold),
      literal(sold.map(({ at }) => at)),
      joined(sold.map(({ reservation }) => String(reservation))),
      literal(sold.map(({ reservation }) => (typeof reservation === 'number' ? reservation : null))),
      joined(sold.map(({ sku }) => sku)),
      literal(sold.map(({ units }) => units)),
      ...placeColumns(takenBack),
      sold.map(({ order }) => order?.channel ?? null),
      sold.map(({ order }) => order?.id ?? null),
    ],
  });
  return rows;
}

const SALES = `
  SELECT reservation_no AS reservation, location_no AS location, journal_no AS journal, seq, line, sku, units, code, beyond
  FROM reservation_handovers WHERE reservation_no = ANY ($1::bigint[]) AND NOT voided
  ORDER BY at, journal_no, seq, line`;

async function readSales(client: PoolClient, numbers: readonly number[]): Promise<Sale[]> {
  const { rows } = await client.query<Sale>({ name: 'read-handovers', text: SALES, values: [literal(numbers)] });
  return rows;
}

const SAVE_CODES = `
  UPDATE reservation_handovers h SET code = n.code, beyond = n.beyond
  FROM unnest($1::int[], $2::int[], $3::bigint[], $4::smallint[], $5::text[], $6::int[])
    AS n (location_no, journal_no, seq, line, code, beyond)
  WHERE (h.location_no, h.journal_no, h.seq, h.line) = (n.location_no, n.journal_no, n.seq, n.line)`;

async function saveCodes(client: PoolClient, codes: readonly SaleCode[]): Promise<void> {
  if (codes.length === 0) return;
  await client.query({
    name: 'save-handover-codes',
    text: SAVE_CODES,
    values: [
      ...placeColumns(codes),
      literal(codes.map(({ code }) => code)),
      literal(codes.map(({ beyond }) => beyond)),
    ],
  });
}

/** A sale that comes when its reservation has ended takes nothing of it, for good. */
async function noteEnded(
  client: PoolClient,
  sold: readonly HandOver[],
  reservations: ReadonlyMap<number, Reservation>,
): Promise<void> {
  const ended = [...reservations.values()].filter(({ state }) => state === 'released' || state === 'expired');
  if (ended.length === 0 || sold.length === 0) return;
  await client.query({
    name: 'note-ended-handovers',
    text: `
      UPDATE reservation_handovers h SET code = 'RESERVATION_ENDED', beyond = units
      FROM unnest($1::int[], $2::int[], $3::bigint[], $4::smallint[]) AS n (location_no, journal_no, seq, line)
      WHERE (h.location_no, h.journal_no, h.seq, h.line) = (n.location_no, n.journal_no, n.seq, n.line)
        AND h.reservation_no = ANY ($5::bigint[])`,
    values: [...placeColumns(sold), literal(ended.map(({ reservation }) => reservation))],
  });
}

/** The reservation with what its sales of a sku hand over; codes that change are added to `codes`. */
function withSales(reservation: Reservation, sku: string, all: readonly Sale[], codes: SaleCode[]): Reservation {
  const sales = all.filter(({ code }) => code !== 'RESERVATION_ENDED');
  const own = reservation.holds.filter((hold) => hold.sku === sku);
  const { handed, beyond } = handedOver(own, sales);
  codes.push(...codesOf(sales, beyond, own.length === 0 ? 'RESERVATION_OTHER_SKU' : 'RESERVATION_EXCEEDED'));
  const isLive = reservation.state !== 'released' && reservation.state !== 'expired';
  const next = new Map(own.map((hold, place): [Hold, Hold] => [hold, handing(hold, handed[place] ?? 0, isLive)]));
  return { ...reservation, holds: reservation.holds.map((hold) => next.get(hold) ?? hold) };
}

function handing(hold: Hold, handed: number, isLive: boolean): Hold {
  const held = isLive ? hold.units - handed : 0;
  return { ...hold, handed, held, short: Math.min(hold.short, held) };
}

/** Of all that is sold the last is what went beyond. */
function codesOf(sales: readonly Sale[], beyond: number, code: ErrorCode): SaleCode[] {
  let rest = beyond;
  return sales.toReversed().flatMap((sale): SaleCode[] => {
    const own = Math.min(rest, sale.units);
    rest -= own;
    const is = { ...sale, code: own > 0 ? code : null, beyond: own };
    return is.code === sale.code && is.beyond === sale.beyond ? [] : [is];
  });
}

/** location_no, journal_no, seq, line. */
function placeColumns(lines: readonly SaleKey[]): [string, string, string, string] {
  return [
    literal(lines.map(({ location }) => location)),
    literal(lines.map(({ journal }) => journal)),
    literal(lines.map(({ seq }) => seq)),
    literal(lines.map(({ line }) => line)),
  ];
}
