import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { literal } from '#hub/db/array-parameter.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';

/** What a till says that it sold on a business day. */
export interface DayTotal {
  readonly location: string;
  /** YYYY-MM-DD. */
  readonly businessDay: string;
  /** Null: the whole store. */
  readonly till: string | null;
  readonly currency: string;
  /** After discounts. */
  readonly salesMinor: number;
  readonly returnsMinor: number;
  readonly soldUnits: number | null;
  readonly returnedUnits: number | null;
}

export interface StatedDayTotal extends DayTotal {
  readonly statedAt: Date;
  readonly statedBy: string;
}

const PUT = `
  INSERT INTO day_totals AS t (location_no, business_day, till, currency, sales_minor, returns_minor, sold_units, returned_units, stated_by)
  SELECT l.location_no, d.business_day, d.till, d.currency, d.sales_minor, d.returns_minor, d.sold_units, d.returned_units, $9
  FROM unnest($1::text[], $2::date[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[])
    AS d (code, business_day, till, currency, sales_minor, returns_minor, sold_units, returned_units)
  JOIN locations l ON l.code = d.code COLLATE "C"
  ORDER BY l.location_no, d.business_day, d.till, d.currency
  ON CONFLICT (location_no, business_day, till, currency) DO UPDATE SET sales_minor = excluded.sales_minor,
    returns_minor = excluded.returns_minor, sold_units = excluded.sold_units, returned_units = excluded.returned_units,
    stated_by = excluded.stated_by, stated_at = now()`;
const UNKNOWN = `
  SELECT code FROM unnest($1::text[]) AS g (code) WHERE NOT EXISTS (SELECT FROM locations l WHERE l.code = g.code COLLATE "C")
  ORDER BY code LIMIT 1`;

/** Keeps what tills state, all or nothing; of a day the last statement counts. Throws NOT_FOUND for an unknown store. */
export function stateDayTotals(pool: Pool, totals: readonly DayTotal[], by: string): Promise<void> {
  const codes = totals.map(({ location }) => location);
  return withRetries(() =>
    transaction(pool, async (client) => {
      const [unknown] = (await client.query<{ code: string }>(UNKNOWN, [codes])).rows;
      if (unknown !== undefined) throw new ShelfwireError('NOT_FOUND', `There is no store "${unknown.code}".`);
      await client.query(PUT, [
        codes,
        literal(totals.map(({ businessDay }) => businessDay)),
        totals.map(({ till }) => till ?? ''),
        literal(totals.map(({ currency }) => currency)),
        literal(totals.map(({ salesMinor }) => salesMinor)),
        literal(totals.map(({ returnsMinor }) => returnsMinor)),
        literal(totals.map(({ soldUnits }) => soldUnits)),
        literal(totals.map(({ returnedUnits }) => returnedUnits)),
        by,
      ]);
    }),
  );
}

type Place = readonly [day: string, location: string, till: string, currency: string];

const LIST = `
  SELECT l.code AS location, t.business_day::text AS "businessDay", nullif(t.till, '') AS till, t.currency, t.sales_minor AS "salesMinor",
    t.returns_minor AS "returnsMinor", t.sold_units AS "soldUnits", t.returned_units AS "returnedUnits", t.stated_at AS "statedAt",
    t.stated_by AS "statedBy"
  FROM day_totals t JOIN locations l USING (location_no)
  WHERE ($5::text IS NULL OR l.code = $5) AND t.business_day >= $6::date AND t.business_day <= $7::date
    AND (t.business_day, l.code, t.till, t.currency) > ($1::date, $2, $3, $4)
  ORDER BY t.business_day, l.code, t.till, t.currency LIMIT $8`;

/** What was stated of a period, day by day. */
export async function listDayTotals(
  client: Queryable,
  filter: { location: string | null; from: string; until: string },
  page: { after: Place | null; limit: number },
): Promise<StatedDayTotal[]> {
  const values = [
    ...(page.after ?? ['0001-01-01', '', '', '']),
    filter.location,
    filter.from,
    filter.until,
    page.limit,
  ];
  return (await client.query<StatedDayTotal>(LIST, values)).rows;
}
