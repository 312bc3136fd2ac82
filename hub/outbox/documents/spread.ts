import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import { joined, literal } from '#hub/db/array-parameter.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { documentsOfSettlements, type SettlementEntry } from './settlement-documents.ts';
import {
  documentsOfFacts,
  documentsOfOrders,
  documentsOfVariances,
  type NewDocument,
  type OrderEntry,
  type Route,
  type TakenFact,
} from './spread-entries.ts';
import { tellVariances } from './variances.ts';

const ENTRIES_A_STEP = 500;
/** A step ends with the entry that passes it: a run has no more facts than a merge. */
const FACTS_A_STEP = 2_000;

/** One hub at a time: documents of a stream are written in the order of their entries. */
const MINE = `SELECT pg_try_advisory_xact_lock(${LOCKS.spreadDocuments}) AS mine`;

/**
 * What waits, and is gone with this transaction. Of one location, or one order, nothing that is not yet committed comes
 * before what is seen here.
 */
const TAKE = `
  WITH waiting AS (
    SELECT entry_no, coalesce(sum(to_seq - from_seq + 1) OVER (
        ORDER BY entry_no ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0) AS facts_before
    FROM (SELECT * FROM document_entries ORDER BY entry_no LIMIT ${ENTRIES_A_STEP}) AS first
  )
  DELETE FROM document_entries e USING waiting w
  WHERE e.entry_no = w.entry_no AND w.facts_before < ${FACTS_A_STEP}
  RETURNING e.*`;

interface EntryRow {
  readonly entry_no: number;
  readonly location_no: number | null;
  readonly journal_no: number | null;
  readonly from_seq: number | null;
  readonly to_seq: number | null;
  readonly skus: string[] | null;
  readonly order_no: number | null;
  readonly kind: string | null;
  readonly content: unknown;
  readonly correlation_id: string | null;
  readonly at: number | null;
  readonly transfer_no: number | null;
}

const ROUTES = `
  SELECT r.erp_no AS erp, r.kinds, r.stores, r.from_at AS "fromAt", r.until_at AS "untilAt",
    (e.pace ->> 'highValueMinor')::bigint AS "highValueMinor"
  FROM erp_routes r JOIN erps e USING (erp_no)
  WHERE e.state <> 'ended' ORDER BY r.erp_no, r.route_no`;

/** $1-$5: place, location_no, journal_no, from_seq, to_seq of the runs. */
const FACTS = `
  SELECT f.location_no AS location, l.code, f.journal_no AS journal, f.seq, f.at, f.kind, f.key,
    coalesce(f.correlation_id, f.key) AS "correlationId", f.body,
    EXISTS (SELECT FROM voids v WHERE v.location_no = f.location_no AND v.target_key = f.key) AS "isVoided",
    CASE WHEN f.kind = 'void' THEN ARRAY(
      SELECT d.erp_no FROM facts t
      JOIN erp_documents d ON d.location_no = t.location_no AND d.journal_no = t.journal_no AND d.seq = t.seq
      WHERE t.location_no = f.location_no AND t.key = f.body::json ->> 'voids'
    ) ELSE '{}' END AS "targetErps", told.erp_no AS "toldBy"
  FROM unnest($1::int[], $2::int[], $3::int[], $4::bigint[], $5::bigint[])
    AS r (place, location_no, journal_no, from_seq, to_seq)
  JOIN locations l USING (location_no)
  LEFT JOIN LATERAL (
    SELECT e.erp_no FROM journals j
    JOIN devices d USING (device_no)
    JOIN inbound_sources s USING (source_no)
    JOIN erps e ON e.code = coalesce(s.settings ->> 'erp', s.code)
    WHERE j.journal_no = r.journal_no
  ) AS told ON true
  CROSS JOIN LATERAL (
    SELECT * FROM facts f
    WHERE f.location_no = r.location_no AND f.journal_no = r.journal_no AND f.seq BETWEEN r.from_seq AND r.to_seq
    OFFSET 0
  ) AS f
  ORDER BY r.place, f.seq`;

const ORDERS = `
  SELECT o.order_no AS order, o.content #>> '{promise,lane}' AS lane, o.content #>> '{delivery,store}' AS store,
    ARRAY(SELECT d.erp_no FROM erps e JOIN erp_documents d USING (erp_no)
           WHERE d.key = 'order/' || o.order_no || '/orderConfirmed') AS "confirmedAt"
  FROM orders o WHERE o.order_no = ANY ($1::bigint[])`;

/** Others write documents, too: one that was given its number first may be committed last. Its stream is set back for it. */
const INSERT = `
  WITH written AS (
    INSERT INTO erp_documents (erp_no, stream, key, kind, location_no, journal_no, seq, voids, content, correlation_id, at,
      urgency, state, error, ended_at)
    SELECT erp_no, stream, key, kind, location_no, journal_no, seq, nullif(voids, ''), nullif(content, '')::json,
      correlation_id, at, urgency, CASE WHEN voided THEN 'skipped' ELSE 'waiting' END::document_state,
      CASE WHEN voided THEN '{"code": "ERP_VOIDED", "detail": "It was taken back before it was forwarded."}'::json END,
      CASE WHEN voided THEN clock_timestamp() END
    FROM unnest($1::int[], string_to_array($2, E'\\n'), string_to_array($3, E'\\n'), $4::text[], $5::int[], $6::int[],
      $7::bigint[], string_to_array($8, E'\\n'), string_to_array($9, E'\\n'), string_to_array($10, E'\\n'), $11::bigint[],
      $12::smallint[], $13::boolean[]) WITH ORDINALITY
      AS d (erp_no, stream, key, kind, location_no, journal_no, seq, voids, content, correlation_id, at, urgency, voided, place)
    ORDER BY place
    ON CONFLICT (erp_no, key) DO NOTHING
    RETURNING erp_no, stream, document_no, urgency, state
  )
  INSERT INTO erp_streams AS s (erp_no, stream, done_document, last_document, last_urgent, last_high)
  SELECT erp_no, stream, min(document_no) - 1, max(document_no), coalesce(max(document_no) FILTER (WHERE urgency = 0), 0),
    coalesce(max(document_no) FILTER (WHERE urgency = 1), 0)
  FROM written WHERE state = 'waiting' GROUP BY erp_no, stream ORDER BY erp_no, stream
  ON CONFLICT (erp_no, stream) DO UPDATE SET done_document = least(s.done_document, excluded.done_document),
    last_document = greatest(s.last_document, excluded.last_document),
    last_urgent = greatest(s.last_urgent, excluded.last_urgent), last_high = greatest(s.last_high, excluded.last_high),
    waiting_since = CASE WHEN s.last_document > s.done_document THEN s.waiting_since ELSE clock_timestamp() END`;

/**
 * Works out which documents come of what merges and orders have said, and for which ERPs. Behind them, so that they do
 * nothing for it but say what they took; in one transaction with the end of the entries, so once (O1). Gives the number
 * of entries.
 */
export async function spreadDocuments(pool: Pool, now: () => number): Promise<number> {
  let total = 0;
  for (;;) {
    const taken = await withRetries(() => transaction(pool, (client) => oneStep(client, now())));
    total += taken;
    if (taken === 0) return total;
  }
}

async function oneStep(client: Queryable, now: number): Promise<number> {
  if ((await client.query<{ mine: boolean }>(MINE)).rows[0]?.mine !== true) return 0;
  const { rows } = await client.query<EntryRow>(TAKE);
  if (rows.length === 0) return 0;
  const entries = rows.toSorted((a, b) => a.entry_no - b.entry_no);
  const { rows: routes } = await client.query<Route>(ROUTES);
  const facts = await readFacts(client, entries);
  await insertDocuments(client, documentsOfFacts(facts, routes));
  await insertDocuments(client, documentsOfOrders(await readOrders(client, entries), routes));
  await insertDocuments(client, documentsOfSettlements(settlementsIn(entries), routes));
  const judged = entries.flatMap(({ location_no: location, skus }) =>
    location === null || skus === null ? [] : skus.map((sku) => ({ location, sku })),
  );
  const changes = await tellVariances(client, facts, judged);
  await insertDocuments(client, documentsOfVariances(changes, routes, { at: now, newId: randomUUID }));
  return entries.length;
}

function settlementsIn(entries: readonly EntryRow[]): SettlementEntry[] {
  return entries.flatMap(({ transfer_no: transfer, location_no: location, content, correlation_id: story, at }) => {
    if (transfer === null || story === null || at === null) return [];
    return [{ location, content: content as SettlementEntry['content'], correlationId: story, at }];
  });
}

async function readFacts(client: Queryable, entries: readonly EntryRow[]): Promise<TakenFact[]> {
  const runs = entries.filter(({ journal_no: journal }) => journal !== null);
  if (runs.length === 0) return [];
  const { rows } = await client.query<TakenFact>(FACTS, [
    literal(runs.map((_, place) => place)),
    literal(runs.map((run) => run.location_no)),
    literal(runs.map((run) => run.journal_no)),
    literal(runs.map((run) => run.from_seq)),
    literal(runs.map((run) => run.to_seq)),
  ]);
  return rows;
}

async function readOrders(client: Queryable, entries: readonly EntryRow[]): Promise<OrderEntry[]> {
  const steps = entries.filter(({ order_no: order }) => order !== null);
  if (steps.length === 0) return [];
  const numbers = [...new Set(steps.map((step) => step.order_no))];
  type Known = Pick<OrderEntry, 'order' | 'lane' | 'store' | 'confirmedAt'>;
  const { rows } = await client.query<Known>(ORDERS, [literal(numbers)]);
  const known = new Map(rows.map((row) => [row.order, row]));
  return steps.flatMap(({ order_no: order, kind, from_seq: step, content, correlation_id: story, at }) => {
    const of = known.get(order ?? 0);
    if (of === undefined || step === null || story === null || at === null) return [];
    return [
      { ...of, kind: kind as OrderEntry['kind'], step, content: JSON.stringify(content), correlationId: story, at },
    ];
  });
}

/** Writes documents, in their order; one whose key its ERP knows already is not written again. */
export async function insertDocuments(client: Queryable, documents: readonly NewDocument[]): Promise<void> {
  if (documents.length === 0) return;
  await client.query(INSERT, [
    literal(documents.map(({ erp }) => erp)),
    joined(documents.map(({ stream }) => stream)),
    joined(documents.map(({ key }) => key)),
    literal(documents.map(({ kind }) => kind)),
    literal(documents.map(({ location }) => location)),
    literal(documents.map(({ journal }) => journal)),
    literal(documents.map(({ seq }) => seq)),
    joined(documents.map(({ voids }) => voids ?? '')),
    joined(documents.map(({ content }) => content ?? '')),
    joined(documents.map(({ correlationId }) => correlationId)),
    literal(documents.map(({ at }) => at)),
    literal(documents.map(({ urgency }) => urgency)),
    literal(documents.map(({ isVoided }) => isVoided)),
  ]);
}
