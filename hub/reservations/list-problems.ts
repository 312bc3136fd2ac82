import type { Queryable } from '#hub/db/snapshot.ts';

/** A sale that named a reservation and took less of it than it sold. */
export interface HandoverProblem {
  readonly location_no: number;
  readonly location: string;
  readonly journal: number;
  readonly seq: number;
  readonly line: number;
  readonly key: string;
  readonly named: string;
  readonly reservation: number | null;
  readonly sku: string;
  readonly units: number;
  readonly beyond: number;
  readonly code: string;
  readonly receivedAt: Date;
  /** With microseconds. */
  readonly received: string;
}

const PROBLEMS = `
  SELECT h.location_no, l.code AS location, h.journal_no AS journal, h.seq, h.line, f.key, h.named,
    h.reservation_no AS reservation, h.sku, h.units, h.beyond, h.code, h.received_at AS "receivedAt",
    h.received_at::text AS received
  FROM reservation_handovers h
  JOIN locations l USING (location_no)
  JOIN facts f ON f.location_no = h.location_no AND f.journal_no = h.journal_no AND f.seq = h.seq
  WHERE h.code IS NOT NULL AND NOT h.voided
    AND ($1::timestamptz IS NULL OR (h.received_at, h.location_no, h.journal_no, h.seq, h.line)
      < ($1, $2::int, $3::int, $4::bigint, $5::smallint))
  ORDER BY h.received_at DESC, h.location_no DESC, h.journal_no DESC, h.seq DESC, h.line DESC LIMIT $6`;

/** Where a page of sales goes on: received, location, journal, seq, line. */
export type HandoverPlace = readonly [string, number, number, number, number];

/** The youngest first. */
export async function listHandoverProblems(
  client: Queryable,
  before: HandoverPlace | undefined,
  limit: number,
): Promise<HandoverProblem[]> {
  const place = before ?? [null, null, null, null, null];
  const { rows } = await client.query<HandoverProblem>(PROBLEMS, [...place, limit]);
  return rows;
}

/** A position where fewer units were than are reserved. */
export interface ReservationShortfall {
  readonly shortfall: number;
  readonly location: string;
  readonly sku: string;
  readonly units: number;
  readonly moved: number;
  readonly short: number;
  readonly journal: number | null;
  readonly seq: number | null;
  readonly foundAt: Date;
  readonly resolvedAt: Date | null;
}

const SHORTFALLS = `
  SELECT s.shortfall_no AS shortfall, l.code AS location, s.sku, s.units, s.moved, s.short, s.journal_no AS journal, s.seq,
    s.found_at AS "foundAt", s.resolved_at AS "resolvedAt"
  FROM reservation_shortfalls s JOIN locations l USING (location_no)
  WHERE ($1::bigint IS NULL OR s.shortfall_no < $1) AND (NOT $2::boolean OR s.resolved_at IS NULL)
  ORDER BY s.shortfall_no DESC LIMIT $3`;

/** The youngest first; `open`: only those that are not resolved. */
export async function listReservationShortfalls(
  client: Queryable,
  { before, open, limit }: { before: number | undefined; open: boolean; limit: number },
): Promise<ReservationShortfall[]> {
  const { rows } = await client.query<ReservationShortfall>(SHORTFALLS, [before ?? null, open, limit]);
  return rows;
}
