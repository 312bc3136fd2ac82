import type { Pool } from 'pg';
import type { Queryable } from '#hub/db/snapshot.ts';
import { transaction } from '#hub/db/transaction.ts';
import type { DocumentKind } from './document-kinds.ts';

/** A document that is to be posted, with what it says: of a fact its body. */
export interface ClaimedDocument {
  readonly document: number;
  readonly stream: string;
  readonly key: string;
  readonly kind: DocumentKind;
  /** The store's code; null: of none. */
  readonly location: string | null;
  readonly at: number;
  readonly correlationId: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** It may have been sent before. */
  readonly isBegun: boolean;
  /** By which versions of the mapping: each may have led it elsewhere. */
  readonly begunBy: readonly number[];
  readonly attempts: number;
  /** Of a void, what it takes back. */
  readonly target: ClaimedTarget | null;
}

export interface ClaimedTarget {
  readonly document: number | null;
  readonly key: string;
  readonly kind: DocumentKind | null;
  readonly state: 'waiting' | 'posted' | 'dead' | 'skipped' | null;
  readonly reference: string | null;
  /** By which version of the mapping it was posted; null: it was not. */
  readonly mapping: number | null;
  /** As of the document itself: it may have been sent, and by which versions of the mapping. */
  readonly isBegun: boolean;
  readonly begunBy: readonly number[];
  /** What it said. */
  readonly body?: Readonly<Record<string, unknown>> | null;
}

/** A stream of the batch: its documents from the next one on. */
export interface ClaimedStream {
  readonly stream: string;
  /** Up to where nothing waited when it was claimed. */
  readonly done: number;
  /** The last that there was then. */
  readonly last: number;
  /** Whether the batch has all that waited. */
  readonly isAll: boolean;
}

export interface Batch {
  readonly erp: number;
  readonly claim: string;
  readonly streams: readonly ClaimedStream[];
  /** Of each stream in its order. */
  readonly documents: readonly ClaimedDocument[];
  /** Failures of the ERP in a row before it. */
  readonly failures: number;
  /** How long the first document waits for the ERP's rate. */
  readonly waitMs: number;
}

export interface ClaimRule {
  /** Workers at once over all hubs. */
  readonly atOnce: number;
  /** Documents a second over all hubs; null: as fast as it answers. */
  readonly perSecond: number | null;
  /** After so long without an end a worker counts as killed. */
  readonly claimSeconds: number;
  /** So long a worker is to be at it. */
  readonly workSeconds: number;
  /** The breaker opens after so many failures in a row; then one worker tries at a time. */
  readonly failuresMax: number;
  readonly documentsMax: number;
  /** Of the settings, credentials and mapping by which it posts: when there are others by now it claims nothing. */
  readonly revision?: number;
}

const STREAMS_MAX = 64;

/** Its lock is held to the end: no two hubs count workers at once. */
const ERP = `
  SELECT failures, mapping FROM erps
  WHERE erp_no = $1 AND state = 'active' AND mapping > 0 AND next_at <= clock_timestamp() AND revision = coalesce($2, revision)
  FOR NO KEY UPDATE`;
const BUSY = 'SELECT count(*)::int AS busy FROM erp_turns WHERE erp_no = $1 AND ends_at > clock_timestamp()';

const IS_DUE = `
  erp_no = $1 AND last_document > done_document AND next_at <= clock_timestamp() AND claimed_until <= clock_timestamp()`;

/**
 * $1 ERP, $2 claim, $3 seconds, $4 most, $5 workers. What is due is said by the row alone. Of few streams each worker takes
 * its part, so that they go at once.
 */
const streamsBy = (order: string): string => `
  WITH share AS (
    SELECT least($4, greatest(1, ceil(count(*) / $5::numeric)::int)) AS most
    FROM (SELECT FROM erp_streams WHERE ${IS_DUE} LIMIT ${STREAMS_MAX * 16}) AS ready
  ), due AS (
    SELECT stream FROM erp_streams WHERE ${IS_DUE}
    ORDER BY ${order} LIMIT (SELECT most FROM share) FOR NO KEY UPDATE SKIP LOCKED
  )
  UPDATE erp_streams s SET claim = $2, claimed_until = clock_timestamp() + make_interval(secs => $3)
  FROM due WHERE s.erp_no = $1 AND s.stream = due.stream
  RETURNING s.stream, s.done_document AS done, s.last_document AS last, s.urgency, s.waiting_since AS since`;
const STREAMS = streamsBy('urgency, waiting_since');
/** Who was left alone longest: of documents that make the ERP fail some would be tried again and again, and no other. */
const PROBED_STREAMS = streamsBy('next_at');

/** $1 ERP, $2 streams in their order, $3 most of each, $4 version of the mapping that is live. Begun from here on: whether they were sent is asked first. */
const DOCUMENTS = `
  WITH chosen AS MATERIALIZED (
    SELECT s.place, d.*
    FROM unnest($2::text[]) WITH ORDINALITY AS s (stream, place)
    CROSS JOIN LATERAL (
      SELECT document_no, begun AS was_begun, begun_by AS was_begun_by FROM erp_documents
      WHERE erp_no = $1 AND stream = s.stream AND state = 'waiting' ORDER BY document_no LIMIT $3
    ) AS d
  ), begun AS (
    UPDATE erp_documents d SET begun = true,
      begun_by = CASE WHEN $4::int = ANY (d.begun_by) THEN d.begun_by ELSE d.begun_by || $4::int END
    FROM chosen c WHERE d.document_no = c.document_no
    RETURNING d.*, c.place, c.was_begun, c.was_begun_by
  )
  SELECT b.document_no AS document, b.stream, b.key, b.kind, l.code AS location, b.at, b.correlation_id AS "correlationId",
    coalesce(b.content, f.body::json) AS body, b.was_begun AS "isBegun", b.was_begun_by AS "begunBy", b.attempts,
    CASE WHEN b.voids IS NOT NULL THEN json_build_object('document', t.document_no, 'key', b.voids, 'kind', t.kind,
      'state', t.state, 'reference', t.reference, 'mapping', t.mapping, 'isBegun', coalesce(t.begun, false),
      'begunBy', coalesce(t.begun_by, '{}'), 'body', coalesce(t.content, tf.body::json)) END AS target
  FROM begun b
  LEFT JOIN locations l ON l.location_no = b.location_no
  LEFT JOIN facts f ON f.location_no = b.location_no AND f.journal_no = b.journal_no AND f.seq = b.seq
  LEFT JOIN erp_documents t ON t.erp_no = b.erp_no AND t.key = b.voids
  LEFT JOIN facts tf ON tf.location_no = t.location_no AND tf.journal_no = t.journal_no AND tf.seq = t.seq
  ORDER BY b.place, b.document_no`;

const END = `
  WITH turns AS (DELETE FROM erp_turns)
  UPDATE erp_streams SET claim = NULL, claimed_until = '-infinity' WHERE claimed_until > clock_timestamp()`;

const TURN = `
  INSERT INTO erp_turns (claim, erp_no, ends_at) VALUES ($2, $1, clock_timestamp() + make_interval(secs => $3))`;
const ENDED_TURNS = 'DELETE FROM erp_turns WHERE erp_no = $1 AND ends_at <= clock_timestamp()';

/** Takes $2 seconds of the rate; gives how long the first of them is away. */
const PACE = `
  UPDATE erps SET paced_until = greatest(paced_until, clock_timestamp()) + make_interval(secs => $2)
  WHERE erp_no = $1
  RETURNING (extract(epoch FROM paced_until - clock_timestamp()) - $2) * 1000 AS wait`;
const PACED = `SELECT paced_until > clock_timestamp() AS paced FROM erps WHERE erp_no = $1`;

/**
 * What one worker posts next: the most urgent streams of an ERP that nobody is at, and of each its next documents.
 * Undefined: nothing is due, the ERP is paused or its breaker is open, or as many workers as it stands are at it.
 */
export function claimBatch(pool: Pool, erp: number, claim: string, rule: ClaimRule): Promise<Batch | undefined> {
  const { atOnce, perSecond, claimSeconds, workSeconds, failuresMax } = rule;
  return transaction(pool, async (client) => {
    const [row] = (await client.query<{ failures: number; mapping: number }>(ERP, [erp, rule.revision])).rows;
    if (row === undefined) return undefined;
    const { failures, mapping } = row;
    await client.query(ENDED_TURNS, [erp]);
    const [{ busy } = { busy: 0 }] = (await client.query<{ busy: number }>(BUSY, [erp])).rows;
    const isProbe = failures >= failuresMax;
    if (busy >= (isProbe ? 1 : atOnce)) return undefined;
    if (perSecond !== null && (await isPaced(client, erp))) return undefined;
    // A probe asks with one document; a rate takes no more than it lets through in half of the time.
    const paced = perSecond === null ? rule.documentsMax : Math.max(1, Math.floor((perSecond * workSeconds) / 2));
    const most = isProbe ? 1 : Math.min(rule.documentsMax, paced);
    const values = [erp, claim, claimSeconds, Math.min(STREAMS_MAX, most), Math.max(1, atOnce - busy)];
    const streams = await claimStreams(client, isProbe ? PROBED_STREAMS : STREAMS, values);
    if (streams.length === 0) return undefined;
    const each = Math.max(1, Math.floor(most / streams.length));
    const names = streams.map(({ stream }) => stream);
    const { rows: documents } = await client.query<ClaimedDocument>(DOCUMENTS, [erp, names, each, mapping]);
    await client.query(TURN, [erp, claim, claimSeconds]);
    const waitMs = perSecond === null ? 0 : await takePace(client, erp, documents.length / perSecond);
    const counts = new Map<string, number>();
    for (const { stream } of documents) counts.set(stream, (counts.get(stream) ?? 0) + 1);
    const claimed = streams.map(({ stream, done, last }) => ({
      stream,
      done,
      last,
      isAll: (counts.get(stream) ?? 0) < each,
    }));
    return { erp, claim, streams: claimed, documents, failures, waitMs };
  });
}

/** Ends what a killed hub has claimed; only where there is no other one. What it had begun is asked for before it is posted. */
export async function endBatches(pool: Pool): Promise<void> {
  await pool.query(END);
}

interface StreamRow {
  readonly stream: string;
  readonly done: number;
  readonly last: number;
  readonly urgency: number;
  readonly since: Date;
}

async function claimStreams(client: Queryable, statement: string, values: readonly unknown[]): Promise<StreamRow[]> {
  const { rows } = await client.query<StreamRow>(statement, [...values]);
  return rows.toSorted((a, b) => a.urgency - b.urgency || a.since.getTime() - b.since.getTime());
}

async function isPaced(client: Queryable, erp: number): Promise<boolean> {
  return (await client.query<{ paced: boolean }>(PACED, [erp])).rows[0]?.paced === true;
}

async function takePace(client: Queryable, erp: number, seconds: number): Promise<number> {
  const { rows } = await client.query<{ wait: string }>(PACE, [erp, seconds]);
  return Math.max(0, Math.round(Number(rows[0]?.wait ?? 0)));
}
