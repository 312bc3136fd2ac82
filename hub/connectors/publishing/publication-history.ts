import { z } from 'zod';
import type { Queryable } from '#hub/db/snapshot.ts';
import { basis, type Basis } from './begin-call.ts';

/** A call that carried a listing. */
export interface HistoryEntry {
  /** Of the call: the newest first. */
  readonly number: number;
  readonly shape: string;
  readonly begunAt: Date;
  readonly endedAt: Date | null;
  readonly quantity: number;
  readonly changeFrom: number | null;
  readonly basis: Basis;
  readonly outcome: string;
  readonly error: { readonly code: string; readonly detail: string } | null;
  /** The call that carried it before. */
  readonly before: number | null;
}

/**
 * Calls keep what they carried, each item the call that carried it before: so history is read along them and costs nothing
 * where calls are made. It ends with the calls that are still kept. $1 account, $2 listing, $3 call to begin at, $4 most.
 */
const HISTORY = `
  WITH RECURSIVE chain AS (
    SELECT coalesce($3::bigint, p.last_call) AS call_no, NULL::json AS item, 0 AS depth
    FROM publications p WHERE p.account_no = $1 AND p.channel_sku = $2
    UNION ALL
    SELECT (own.item ->> 'before')::bigint, own.item, chain.depth + 1 FROM chain
    JOIN publication_calls k ON k.call_no = chain.call_no AND k.account_no = $1
    CROSS JOIN LATERAL (
      SELECT value AS item FROM json_array_elements(k.items) WHERE value ->> 'channelSku' = $2 LIMIT 1) AS own
    WHERE chain.depth < $4
  ), numbered AS (
    SELECT item, depth, lag(call_no) OVER (ORDER BY depth) AS call_no FROM chain
  )
  SELECT k.call_no AS number, k.shape, k.begun_at AS "begunAt", k.ended_at AS "endedAt", n.item,
    (SELECT o.value FROM json_array_elements(k.outcomes) AS o WHERE o.value ->> 0 = $2 LIMIT 1) AS other
  FROM numbered n JOIN publication_calls k ON k.call_no = n.call_no ORDER BY n.depth`;

const carried = z.object({
  quantity: z.int(),
  changeFrom: z.int().nullable(),
  basis,
  before: z.int().nullable().default(null),
});
const otherOutcome = z.tuple([z.string(), z.string(), z.string().nullable(), z.string().nullable()]).nullable();

/** The calls that carried a listing, the newest first, from one of them on. */
export async function publicationHistory(
  client: Queryable,
  { account, channelSku }: { readonly account: number; readonly channelSku: string },
  { from, limit }: { readonly from: number | null; readonly limit: number },
): Promise<HistoryEntry[]> {
  type Row = Pick<HistoryEntry, 'number' | 'shape' | 'begunAt' | 'endedAt'> & { item: unknown; other: unknown };
  const { rows } = await client.query<Row>(HISTORY, [account, channelSku, from, limit]);
  return rows.map(({ item, other, ...call }) => {
    const [, name, code = null, detail = null] = otherOutcome.parse(other) ?? [];
    const outcome = call.endedAt === null ? 'underWay' : (name ?? 'taken');
    return { ...call, ...carried.parse(item), outcome, error: code === null ? null : { code, detail: detail ?? '' } };
  });
}
