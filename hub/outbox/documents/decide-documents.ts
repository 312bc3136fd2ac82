import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import type { DocumentError } from './end-batch.ts';
import { FROM_DOCUMENTS, SHOWN_DOCUMENT, type ShownDocument } from './list-documents.ts';

type Kept = (client: Queryable, decided: ShownDocument) => Promise<void>;

const LOCK = `
  SELECT d.state, d.error, d.erp_no AS erp, d.stream, e.state AS "erpState"
  FROM erp_documents d JOIN erps e USING (erp_no) WHERE d.document_no = $1 FOR NO KEY UPDATE OF d`;
const REPLAY = `
  UPDATE erp_documents SET state = 'waiting', attempts = 0, ended_at = NULL WHERE document_no = $1`;
/** Before all that waits in its stream; who posts it just now sees that it was set back. */
const SET_BACK = `
  INSERT INTO erp_streams AS s (erp_no, stream, last_document, done_document)
  VALUES ($1, $2, $3, $3::bigint - 1)
  ON CONFLICT (erp_no, stream) DO UPDATE SET done_document = least(s.done_document, $3::bigint - 1),
    last_document = greatest(s.last_document, $3::bigint), next_at = '-infinity',
    waiting_since = CASE WHEN s.last_document > s.done_document THEN s.waiting_since ELSE clock_timestamp() END`;
const SKIP = `
  UPDATE erp_documents SET state = 'skipped', error = $2, ended_at = clock_timestamp() WHERE document_no = $1`;
const FIND = `SELECT ${SHOWN_DOCUMENT} ${FROM_DOCUMENTS} WHERE d.document_no = $1`;
const DEAD = `
  SELECT d.document_no AS document FROM erp_documents d JOIN erps e USING (erp_no)
  WHERE e.code = $1 AND d.state = 'dead' AND d.document_no > $2 ORDER BY d.document_no LIMIT $3`;

interface Locked {
  readonly state: ShownDocument['state'];
  readonly error: DocumentError | null;
  readonly erp: number;
  readonly stream: string;
  readonly erpState: string;
}

/**
 * Has a dead letter, or what somebody skipped, posted after all, under its key: the ERP is asked for it first (O2). Said
 * again while it waits it changes nothing. Throws NOT_FOUND, CONFLICT, ERP_VOIDED, ERP_ENDED.
 */
export function replayDocument(pool: Pool, document: number, kept: Kept): Promise<ShownDocument> {
  return deciding(pool, document, kept, async (client, { state, error, erp, stream, erpState }) => {
    if (state === 'waiting') return;
    if (state === 'posted') throw new ShelfwireError('CONFLICT', `Document ${document} has been posted.`);
    if (error?.code === 'ERP_VOIDED') throw new ShelfwireError('ERP_VOIDED', `Document ${document} was taken back.`);
    if (erpState === 'ended') throw new ShelfwireError('ERP_ENDED', `The ERP of document ${document} is ended.`);
    await client.query(REPLAY, [document]);
    await client.query(SET_BACK, [erp, stream, document]);
  });
}

/** Ends a dead letter for good, with who said why. Throws NOT_FOUND, CONFLICT. */
export function skipDocument(
  pool: Pool,
  document: number,
  { reason, by }: { readonly reason: string; readonly by: string },
  kept: Kept,
): Promise<ShownDocument> {
  return deciding(pool, document, kept, async (client, { state }) => {
    if (state !== 'dead') throw new ShelfwireError('CONFLICT', `Document ${document} is ${state}, no dead letter.`);
    await client.query(SKIP, [document, JSON.stringify({ code: 'ERP_SKIPPED', detail: `${by}: ${reason}` })]);
  });
}

/** Dead letters of an ERP after one, by their numbers. */
export async function deadDocuments(pool: Pool, erp: string, after: number, limit: number): Promise<number[]> {
  const { rows } = await pool.query<{ document: number }>(DEAD, [erp, after, limit]);
  return rows.map(({ document }) => document);
}

function deciding(
  pool: Pool,
  document: number,
  kept: Kept,
  decide: (client: Queryable, locked: Locked) => Promise<void>,
): Promise<ShownDocument> {
  return withRetries(() =>
    transaction(pool, async (client) => {
      const [locked] = (await client.query<Locked>(LOCK, [document])).rows;
      if (locked === undefined) throw new ShelfwireError('NOT_FOUND', `There is no document ${document}.`);
      await decide(client, locked);
      const [decided] = (await client.query<ShownDocument>(FIND, [document])).rows;
      if (decided === undefined) throw new Error('a document is gone');
      await kept(client, decided);
      return decided;
    }),
  );
}
