import type { Pool } from 'pg';
import { followMoves } from '#hub/availability/engine/follow-moves.ts';
import { runJobs } from '#hub/availability/engine/recompute-jobs.ts';
import { openPool } from '#hub/db/pool.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import { followSales } from '#hub/reservations/follow-sales.ts';
import { reservationRequest, type ReservationRequest } from '#hub/reservations/reservation.ts';
import { canonicalContent } from '#shared/protocol/content.ts';
import type { ReadFact } from '#shared/protocol/frame.ts';
import { BEGIN_AVAILABILITY, requestRules } from './availability.ts';
import { rulesOf } from './rules-documents.ts';

export const FACTS_AT = 1_790_000_000_000;
export const WEB = { code: 'web', name: 'Web', locations: ['S1', 'S2', 'S3', 'S4'] };

/** A pool as the hub gives it to reservations. */
export function openReservationPool(url: string, max = 6): Pool {
  return openPool(url, { max, applicationName: 'shelfwire-reservations', pipeline: true });
}

/** Empty tables, four stores, and rules; `web` sells from all of them unless told otherwise. */
export async function beginReservations(pool: Pool, parts: object = { channels: [WEB] }): Promise<void> {
  await pool.query(BEGIN_AVAILABILITY);
  await requestRules(pool, rulesOf(parts), FACTS_AT);
  await runJobs(pool);
}

/** Feeds facts of stores S1 to S4, one fact a merge; each store's journal has its number. */
export function teller(pool: Pool, ledger = createLedger(pool, followMoves({ holds: followSales() }))) {
  const seqs = new Map<number, number>();
  const fact = (location: number, kind: string, body: object, key?: string): ReadFact => {
    const seq = (seqs.get(location) ?? 0) + 1;
    seqs.set(location, seq);
    const own = key ?? `k${location}-${seq}`;
    const content = canonicalContent(kind, body);
    return { ok: true, seq, at: FACTS_AT + seq, offsetMs: 0, key: own, correlationId: own, source: 'test', ...content };
  };
  return {
    ledger,
    fact,
    async tell(location: number, kind: string, body: object, key?: string): Promise<void> {
      const facts = [fact(location, kind, body, key)];
      await ledger.merge([{ location, journal: location, fromSeq: facts[0]!.seq, facts }]);
    },
  };
}

export const soldOf = (sku: string, quantity: number, reservation?: string | number) => ({
  currency: 'EUR',
  lines: [{ sku, quantity, unitPriceMinor: 100, ...(reservation === undefined ? {} : { reservation }) }],
});

/** A request of one line of sku A unless told otherwise. */
export function asking(key: string, parts: object = {}): ReservationRequest {
  const lines = [{ line: 1, sku: 'A', units: 1 }];
  return { ...reservationRequest.parse({ channel: 'web', lines, ...parts }), key };
}

/** What must hold at every instant, in one statement: rows say what does not. */
const AUDIT = `
  WITH held AS (
    SELECT sku, location_no, sum(held)::bigint AS units FROM reservation_holds GROUP BY sku, location_no
  ), moved AS (
    SELECT sku, location_no, sum(change)::bigint AS units FROM reservation_moves GROUP BY sku, location_no
  ), shelf AS (
    SELECT sku, location_no, reserved AS units FROM shelf_terms
  ), kept AS (
    SELECT sku, location_no, coalesce(h.units, 0) AS held, coalesce(m.units, 0) AS moved, coalesce(s.units, 0) AS reserved
    FROM shelf s FULL JOIN held h USING (sku, location_no) FULL JOIN moved m USING (sku, location_no)
  )
  SELECT 'reserved is not the sum of what is held, or of its moves' AS what, to_jsonb(kept) AS row FROM kept
  WHERE held <> reserved OR moved <> reserved
  UNION ALL
  SELECT 'a sku''s sum', to_jsonb(a) FROM (
    SELECT a.sku, a.reserved, (SELECT sum(s.units) FROM shelf s WHERE s.sku = a.sku) AS units FROM availability a) AS a
  WHERE a.reserved <> coalesce(a.units, 0)
  UNION ALL
  SELECT 'an ended reservation holds units', to_jsonb(h) FROM reservation_holds h JOIN reservations r USING (reservation_no)
  WHERE h.held > 0 AND r.state NOT IN ('pending', 'confirmed')
  UNION ALL
  SELECT 'a live reservation holds something else', to_jsonb(h) FROM reservation_holds h JOIN reservations r USING (reservation_no)
  WHERE r.state IN ('pending', 'confirmed') AND h.held <> h.units - h.handed
  UNION ALL
  SELECT 'a live reservation holds nothing', to_jsonb(r) FROM reservations r
  WHERE r.state IN ('pending', 'confirmed')
    AND NOT EXISTS (SELECT FROM reservation_holds h WHERE h.reservation_no = r.reservation_no AND h.held > 0)`;

/** What of reservations is not as it must be; empty when all is well. */
export async function auditReservations(pool: Pool): Promise<unknown[]> {
  return (await pool.query(AUDIT)).rows;
}

/** [on hand, reserved] of each location that carries the sku, and what channel 1 may sell. */
export async function stockOf(
  pool: Pool,
  sku = 'A',
): Promise<{ shelves: Record<string, [number, number]>; ats: number }> {
  const { rows } = await pool.query<{ code: string; on_hand: number; reserved: number; ats: number }>(
    `SELECT l.code, p.on_hand, t.reserved, coalesce(a.ats[1], 0) AS ats
     FROM positions p JOIN locations l USING (location_no) JOIN shelf_terms t USING (sku, location_no) JOIN availability a USING (sku)
     WHERE p.sku = $1 ORDER BY 1`,
    [sku],
  );
  return {
    shelves: Object.fromEntries(rows.map((row) => [row.code, [row.on_hand, row.reserved]])),
    ats: rows[0]?.ats ?? 0,
  };
}
