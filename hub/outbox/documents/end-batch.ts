import type { Pool } from 'pg';
import { literal } from '#hub/db/array-parameter.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import type { Batch, ClaimedStream } from './claim-batch.ts';

export interface DocumentError {
  readonly code: string;
  readonly detail: string;
}

/** What became of a document that was tried. */
export type Outcome =
  | { readonly kind: 'posted'; readonly reference: string | null; readonly mapping: number }
  /** Nothing is to be posted for it. */
  | { readonly kind: 'skipped'; readonly error: DocumentError }
  | { readonly kind: 'dead'; readonly error: DocumentError; readonly isTried: boolean }
  /** It is tried again; `counts` when the fault is its own. */
  | { readonly kind: 'again'; readonly error: DocumentError; readonly inMs: number; readonly counts: boolean };

export interface Ended {
  readonly document: number;
  readonly outcome: Outcome;
}

/** What a batch says of the ERP itself, beside what it took. */
export type ErpHealth =
  | { readonly kind: 'well' }
  /** It asked to be left alone: no failure. */
  | { readonly kind: 'busy'; readonly inMs: number; readonly error: DocumentError }
  /** `inMs`: until it is tried again, once the breaker is open. */
  | { readonly kind: 'failing'; readonly inMs: number; readonly error: DocumentError };

/** The claim's streams, as they are: whoever lost them to another worker writes nothing of them. */
const HELD = `SELECT stream FROM erp_streams WHERE erp_no = $1 AND claim = $2 ORDER BY stream FOR NO KEY UPDATE`;

/** A dead letter that was found at the ERP after all is none. */
const DOCUMENTS = `
  UPDATE erp_documents d SET
    state = e.state::document_state, begun = e.begun, attempts = d.attempts + e.tried, error = e.error::json,
    reference = coalesce(e.reference, d.reference), mapping = coalesce(e.mapping, d.mapping),
    ended_at = CASE WHEN e.state <> 'waiting' THEN clock_timestamp() END
  FROM unnest($1::bigint[], $2::text[], $3::boolean[], $4::int[], $5::text[], $6::text[], $7::int[])
    AS e (document_no, state, begun, tried, error, reference, mapping)
  WHERE d.document_no = e.document_no AND (d.state = 'waiting' OR (d.state = 'dead' AND e.state = 'posted'))`;

/** What a void takes back before it was forwarded is not to be forwarded any more. */
const TARGETS = `
  UPDATE erp_documents SET state = 'skipped', ended_at = clock_timestamp(),
    error = '{"code": "ERP_VOIDED", "detail": "It was taken back before it was forwarded."}'
  WHERE document_no = ANY ($1::bigint[]) AND state = 'dead'`;

const UNBEGUN = `UPDATE erp_documents SET begun = false, begun_by = '{}' WHERE document_no = ANY ($1::bigint[]) AND state = 'waiting'`;

/**
 * $2-$4: stream, up to where the batch has ended all that waited, ms until its next turn. Whether nothing waits up to there is looked up,
 * under the stream's lock: what was replayed while the batch was posted, or was given its number before it and written after it,
 * may stand anywhere in it.
 */
const STREAMS = `
  UPDATE erp_streams s SET
    done_document = coalesce((
      SELECT d.document_no - 1 FROM erp_documents d
      WHERE d.erp_no = $1 AND d.stream = s.stream AND d.state = 'waiting' AND d.document_no > s.done_document AND d.document_no <= e.done
      ORDER BY d.document_no LIMIT 1
    ), greatest(s.done_document, e.done)),
    next_at = clock_timestamp() + make_interval(secs => e.in_ms / 1000.0), claim = NULL, claimed_until = '-infinity',
    waiting_since = CASE WHEN e.in_ms = 0 THEN clock_timestamp() ELSE s.waiting_since END
  FROM unnest($2::text[], $3::bigint[], $4::int[]) AS e (stream, done, in_ms)
  WHERE s.erp_no = $1 AND s.stream = e.stream`;

const TURN = 'DELETE FROM erp_turns WHERE claim = $1';

const WELL = `
  UPDATE erps SET failures = 0, error = NULL, posted_at = clock_timestamp() WHERE erp_no = $1`;
const BUSY = `
  UPDATE erps SET next_at = greatest(next_at, clock_timestamp() + make_interval(secs => $2 / 1000.0)), error = $3::json
  WHERE erp_no = $1`;
const FAILING = `
  UPDATE erps SET failures = failures + 1, error = $3::json,
    next_at = CASE WHEN failures + 1 >= $4 THEN greatest(next_at, clock_timestamp() + make_interval(secs => $2 / 1000.0))
      ELSE next_at END
  WHERE erp_no = $1`;

/** Notes what became of a batch, and gives its streams to others. What was not tried is as before. */
export async function endBatch(
  pool: Pool,
  batch: Batch,
  { ended, health, failuresMax }: { ended: readonly Ended[]; health: ErpHealth; failuresMax: number },
): Promise<void> {
  await withRetries(() =>
    transaction(pool, async (client) => {
      const { rows } = await client.query<{ stream: string }>(HELD, [batch.erp, batch.claim]);
      const held = new Set(rows.map(({ stream }) => stream));
      const mine = batch.documents.filter(({ stream }) => held.has(stream));
      const outcomes = new Map(ended.map(({ document, outcome }) => [document, outcome]));
      const known = new Set(mine.flatMap(({ document, target }) => [document, target?.document ?? document]));
      const tried = [...outcomes].flatMap(([document, outcome]) =>
        known.has(document) ? [{ document, outcome }] : [],
      );
      if (tried.length > 0) await client.query(DOCUMENTS, columnsOf(tried));
      const voided = mine.flatMap(({ document, target }) =>
        outcomes.get(document)?.kind === 'skipped' && target?.document != null ? [target.document] : [],
      );
      if (voided.length > 0) await client.query(TARGETS, [voided]);
      const untried = mine.filter(({ document, isBegun }) => !outcomes.has(document) && !isBegun);
      if (untried.length > 0) await client.query(UNBEGUN, [literal(untried.map(({ document }) => document))]);
      const turns = batch.streams
        .filter(({ stream }) => held.has(stream))
        .map((stream) => turnOf(batch, stream, outcomes));
      await client.query(STREAMS, [
        batch.erp,
        turns.map(({ stream }) => stream),
        literal(turns.map(({ done }) => done)),
        literal(turns.map(({ inMs }) => inMs)),
      ]);
      await client.query(TURN, [batch.claim]);
      if (ended.some(({ outcome }) => outcome.kind === 'posted')) await client.query(WELL, [batch.erp]);
      if (health.kind === 'busy') await client.query(BUSY, [batch.erp, health.inMs, JSON.stringify(health.error)]);
      if (health.kind === 'failing') {
        await client.query(FAILING, [batch.erp, health.inMs, JSON.stringify(health.error), failuresMax]);
      }
    }),
  );
}

interface Turn {
  readonly stream: string;
  readonly done: number;
  readonly inMs: number;
}

/** Up to the first document that still waits nothing does. */
function turnOf({ documents }: Batch, claimed: ClaimedStream, outcomes: ReadonlyMap<number, Outcome>): Turn {
  const { stream, last, isAll } = claimed;
  let { done } = claimed;
  for (const { document } of documents.filter((one) => one.stream === stream)) {
    const outcome = outcomes.get(document);
    if (outcome === undefined) return { stream, done, inMs: 0 };
    if (outcome.kind === 'again') return { stream, done, inMs: outcome.inMs };
    done = document;
  }
  return { stream, done: isAll ? last : done, inMs: 0 };
}

/** Parameters of DOCUMENTS. */
function columnsOf(tried: readonly Ended[]): unknown[] {
  const outcomes = tried.map(({ outcome }) => outcome);
  return [
    literal(tried.map(({ document }) => document)),
    outcomes.map(({ kind }) => (kind === 'again' ? 'waiting' : kind)),
    // Also what is set aside may be there: a replay asks first.
    outcomes.map((outcome) => outcome.kind === 'again' || (outcome.kind === 'dead' && outcome.isTried)),
    outcomes.map((outcome) => (outcome.kind === 'again' && !outcome.counts ? 0 : outcome.kind === 'skipped' ? 0 : 1)),
    outcomes.map((outcome) => (outcome.kind === 'posted' ? null : JSON.stringify(outcome.error))),
    outcomes.map((outcome) => (outcome.kind === 'posted' ? outcome.reference : null)),
    outcomes.map((outcome) => (outcome.kind === 'posted' ? outcome.mapping : null)),
  ];
}
