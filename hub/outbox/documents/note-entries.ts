import { joined, literal } from '#hub/db/array-parameter.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import type { OrderDocumentKind } from './document-kinds.ts';

const NOTE_RECOUNTS = `
  INSERT INTO document_entries (location_no, skus)
  SELECT location_no, array_agg(sku)
  FROM unnest($1::int[], string_to_array($2, E'\\n')) AS p (location_no, sku)
  WHERE EXISTS (SELECT FROM erps WHERE state <> 'ended')
  GROUP BY location_no`;

/**
 * Positions whose counts were judged anew without a fact: their variance may be another. In the transaction of the
 * cause, under the merge locks of the locations.
 */
export async function noteRecounts(
  client: Queryable,
  locations: readonly number[],
  skus: readonly string[],
): Promise<void> {
  if (skus.length > 0) await client.query(NOTE_RECOUNTS, [literal(locations), joined(skus)]);
}

/** What ERPs are told of an order. */
export interface OrderDocument {
  readonly order: number;
  readonly kind: OrderDocumentKind;
  /** Counts the steps of the order: part of the key. */
  readonly step: number;
  readonly content: object;
  readonly correlationId: string;
  /** ms since 1970. */
  readonly at: number;
}

const NOTE_ORDERS = `
  INSERT INTO document_entries (order_no, kind, from_seq, content, correlation_id, at)
  SELECT $1, d.kind, $2, d.content::json, $3, $4
  FROM unnest($5::text[], string_to_array($6, E'\\n')) WITH ORDINALITY AS d (kind, content, place)
  WHERE EXISTS (SELECT FROM erps WHERE state <> 'ended')
  ORDER BY d.place`;

/** Steps of one order that ERPs are told of, in the transaction of the step, under the order's lock. */
export async function noteOrderDocuments(client: Queryable, documents: readonly OrderDocument[]): Promise<void> {
  const [first] = documents;
  if (first === undefined) return;
  const { order, step, correlationId, at } = first;
  await client.query(NOTE_ORDERS, [
    order,
    step,
    correlationId,
    at,
    documents.map(({ kind }) => kind),
    joined(documents.map(({ content }) => JSON.stringify(content))),
  ]);
}

const NOTE_SETTLEMENT = `
  INSERT INTO document_entries (location_no, transfer_no, kind, content, correlation_id, at)
  SELECT l.location_no, t.transfer_no, 'transferSettled',
    json_build_object('from', t.from_code, 'transfer', t.transfer, 'reason', $2::text, 'settlement', $3::bigint, 'lines', $4::json),
    'settlement/' || $3::bigint, (extract(epoch FROM clock_timestamp()) * 1000)::bigint
  FROM transfers t LEFT JOIN locations l ON l.code = t.from_code
  WHERE t.transfer_no = $1 AND EXISTS (SELECT FROM erps WHERE state <> 'ended')`;

/** What was settled of a transfer, in the transaction of the settlement. */
export async function noteSettlement(
  client: Queryable,
  transfer: number,
  settled: { readonly settlement: number; readonly reason: string; readonly lines: readonly object[] },
): Promise<void> {
  const { settlement, reason, lines } = settled;
  await client.query(NOTE_SETTLEMENT, [transfer, reason, settlement, JSON.stringify(lines)]);
}
