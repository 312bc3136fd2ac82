import type { Pool } from 'pg';
import { literal } from '#hub/db/array-parameter.ts';
import { requireKind } from '../registry.ts';
import { RENEWS_EARLIER } from './due.ts';

const ACTIVE = `SELECT account_no AS account, kind, settings FROM channel_accounts WHERE state = 'active'`;

/** $1-$2 accounts, ms. What says what it shall, and was told so long ago; nothing that is urgent. */
const RENEW = `
  UPDATE publications p SET due_at = clock_timestamp(), urgency = 0
  FROM unnest($1::int[], $2::float8[]) AS a (account_no, ms)
  WHERE p.account_no = a.account_no AND p.due_at IS NULL AND p.call_no IS NULL AND p.later_call IS NULL AND p.parked_at IS NULL
    AND p.confirmed_at < clock_timestamp() - make_interval(
      secs => a.ms / 1000 * (1 - ${RENEWS_EARLIER} * (abs(hashtext(p.channel_sku)::bigint) % 1000) / 1000))`;

/** Has listings sent again that their channels would forget. Gives how many. */
export async function renewListings(pool: Pool): Promise<number> {
  type Row = { readonly account: number; readonly kind: string; readonly settings: unknown };
  const { rows } = await pool.query<Row>(ACTIVE);
  const renewing = rows.flatMap(({ account, kind, settings }) => {
    const { renewsAfterMs } = requireKind(kind).capabilities(settings);
    return renewsAfterMs === undefined ? [] : [{ account, ms: renewsAfterMs }];
  });
  if (renewing.length === 0) return 0;
  const values = [literal(renewing.map(({ account }) => account)), literal(renewing.map(({ ms }) => ms))];
  return (await pool.query(RENEW, values)).rowCount ?? 0;
}
