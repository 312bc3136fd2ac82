import { hash } from 'node:crypto';
import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { literal } from '#hub/db/array-parameter.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';

/** One amount of a settlement. An order has several: its price, its tax, commissions. */
export interface SettlementLine {
  readonly transactionType: string;
  readonly orderId: string | null;
  readonly sku: string | null;
  readonly quantity: number | null;
  readonly amountType: string;
  readonly amountDescription: string;
  readonly amountMinor: number;
  readonly currency: string;
  /** ISO 8601. */
  readonly postedAt: string | null;
}

export interface SettlementReport {
  readonly settlementId: string;
  readonly lines: readonly SettlementLine[];
}

/** A report as it is shown. */
export interface Settlement {
  readonly settlement: number;
  readonly channel: string;
  readonly settlementId: string;
  readonly lines: number;
  readonly postedFrom: Date | null;
  readonly postedTo: Date | null;
  readonly receivedAt: Date;
  readonly receivedBy: string;
}

const LINES_A_STATEMENT = 5_000;
const SHOWN = `
  SELECT settlement_no AS settlement, channel, settlement_id AS "settlementId", lines, posted_from AS "postedFrom",
    posted_to AS "postedTo", received_at AS "receivedAt", received_by AS "receivedBy" FROM settlements`;
const INSERT = `
  INSERT INTO settlements (channel, settlement_id, digest, lines, received_by, posted_from, posted_to)
  SELECT $1, $2, $3, $4, $5, min(at), max(at) FROM unnest($6::timestamptz[]) AS p (at)
  ON CONFLICT (channel, settlement_id) DO NOTHING RETURNING settlement_no AS settlement`;
const KNOWN = `${SHOWN} WHERE channel = $1 AND settlement_id = $2 AND digest = $3`;
const INSERT_LINES = `
  INSERT INTO settlement_lines (settlement_no, line_no, transaction_type, order_id, sku, quantity, amount_type, amount_description,
    amount_minor, currency, posted_at)
  SELECT $1, $2::int + place::int, transaction_type, order_id, sku, quantity, amount_type, amount_description, amount_minor, currency, posted_at
  FROM unnest($3::text[], $4::text[], $5::text[], $6::int[], $7::text[], $8::text[], $9::bigint[], $10::text[], $11::timestamptz[])
    WITH ORDINALITY AS l (transaction_type, order_id, sku, quantity, amount_type, amount_description, amount_minor, currency, posted_at, place)`;

/**
 * Takes a settlement report of a channel; the same one again changes nothing. Throws CONFLICT for another one under its id.
 */
export function takeSettlement(
  pool: Pool,
  channel: string,
  { settlementId, lines }: SettlementReport,
  by: string,
): Promise<Settlement> {
  const digest = hash('sha256', JSON.stringify(lines), 'buffer');
  const posted = [...new Set(lines.flatMap(({ postedAt }) => postedAt ?? []))];
  return withRetries(() =>
    transaction(pool, async (client) => {
      const head = [channel, settlementId, digest, lines.length, by, posted];
      const [made] = (await client.query<{ settlement: number }>(INSERT, head)).rows;
      if (made !== undefined) await insertLines(client, made.settlement, lines);
      const [shown] = (await client.query<Settlement>(KNOWN, [channel, settlementId, digest])).rows;
      if (shown !== undefined) return shown;
      throw new ShelfwireError('CONFLICT', `Another report came as settlement "${settlementId}" of "${channel}".`);
    }),
  );
}

async function insertLines(client: Queryable, settlement: number, lines: readonly SettlementLine[]): Promise<void> {
  for (let from = 0; from < lines.length; from += LINES_A_STATEMENT) {
    const some = lines.slice(from, from + LINES_A_STATEMENT);
    await client.query(INSERT_LINES, [
      settlement,
      from,
      some.map(({ transactionType }) => transactionType),
      some.map(({ orderId }) => orderId ?? ''),
      some.map(({ sku }) => sku ?? ''),
      literal(some.map(({ quantity }) => quantity ?? 0)),
      some.map(({ amountType }) => amountType),
      some.map(({ amountDescription }) => amountDescription),
      literal(some.map(({ amountMinor }) => amountMinor)),
      some.map(({ currency }) => currency),
      some.map(({ postedAt }) => postedAt),
    ]);
  }
}

/** The newest first. */
export async function listSettlements(
  client: Queryable,
  channel: string | null,
  before: number | null,
  limit: number,
): Promise<Settlement[]> {
  const text = `${SHOWN} WHERE settlement_no < $1 AND ($2::text IS NULL OR channel = $2) ORDER BY settlement_no DESC LIMIT $3`;
  return (await client.query<Settlement>(text, [before ?? 2_147_483_647, channel, limit])).rows;
}
