import type { PoolClient } from 'pg';
import { joined, literal } from '#hub/db/array-parameter.ts';

/** How far back the fact that made a position short is looked for. */
const MOVEMENTS_MOST = 200;

/**
 * $1-$2 positions. Where fewer units are than are reserved: one open row a position, with the last fact of this
 * transaction that took units there or counted them. Rows are written under the sku's lock alone, so nobody waits for one.
 */
const FIND = `
  WITH short AS MATERIALIZED (
    SELECT DISTINCT t.location_no, t.sku, t.reserved - greatest(0, p.on_hand) AS units
    FROM unnest($1::int[], string_to_array($2, E'\\n')) AS m (location_no, sku)
    JOIN shelf_terms t ON t.sku = m.sku COLLATE "C" AND t.location_no = m.location_no AND t.reserved > 0
    JOIN positions p ON p.location_no = t.location_no AND p.sku = t.sku AND p.on_hand < t.reserved
  )
  INSERT INTO reservation_shortfalls AS s (location_no, sku, units, journal_no, seq)
  SELECT short.location_no, short.sku, short.units, cause.journal_no, cause.seq
  FROM short
  LEFT JOIN LATERAL (
    SELECT f.journal_no, f.seq
    FROM (
      (SELECT journal_no, seq, at FROM movements m
       WHERE m.location_no = short.location_no AND m.sku = short.sku AND condition = 'sellable' AND quantity < 0
       ORDER BY at DESC, journal_no DESC, seq DESC LIMIT ${MOVEMENTS_MOST})
      UNION ALL
      (SELECT journal_no, seq, at FROM counts c
       WHERE c.location_no = short.location_no AND c.sku = short.sku
       ORDER BY at DESC, journal_no DESC, seq DESC LIMIT ${MOVEMENTS_MOST})
    ) AS line
    JOIN facts f ON f.location_no = short.location_no AND f.journal_no = line.journal_no AND f.seq = line.seq
      AND f.received_at = now()
    ORDER BY line.at DESC, line.journal_no DESC, line.seq DESC LIMIT 1
  ) AS cause ON true
  ORDER BY short.sku, short.location_no
  ON CONFLICT (sku, location_no) WHERE resolved_at IS NULL DO UPDATE SET
    units = greatest(s.units, excluded.units),
    journal_no = coalesce(excluded.journal_no, s.journal_no), seq = coalesce(excluded.seq, s.seq)
  RETURNING sku`;

/** Writes down which of these positions have fewer units now than are reserved there, under the locks of their skus; gives their skus. */
export async function findShort(
  client: PoolClient,
  positions: readonly { readonly location: number; readonly sku: string }[],
): Promise<string[]> {
  const values = [literal(positions.map(({ location }) => location)), joined(positions.map(({ sku }) => sku))];
  const { rows } = await client.query<{ sku: string }>({ name: 'find-short-reservations', text: FIND, values });
  return [...new Set(rows.map(({ sku }) => sku))].sort();
}
