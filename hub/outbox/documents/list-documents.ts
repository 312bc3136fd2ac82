import type { Pool } from 'pg';
import { snapshot } from '#hub/db/snapshot.ts';
import type { DocumentKind } from './document-kinds.ts';
import type { DocumentError } from './end-batch.ts';

export const DOCUMENT_STATES = ['waiting', 'posted', 'dead', 'skipped'] as const;
export type DocumentState = (typeof DOCUMENT_STATES)[number];

/** A document as it is shown. */
export interface ShownDocument {
  readonly document: number;
  readonly erp: string;
  readonly stream: string;
  readonly key: string;
  readonly kind: DocumentKind;
  readonly location: string | null;
  readonly journal: number | null;
  readonly seq: number | null;
  readonly at: number;
  readonly correlationId: string;
  readonly state: DocumentState;
  readonly attempts: number;
  readonly error: DocumentError | null;
  readonly reference: string | null;
  readonly mapping: number | null;
  readonly madeAt: Date;
  readonly endedAt: Date | null;
  /** Of its interchange, where the ERP takes such. */
  readonly controlNumber: number | null;
  /** What the partner says it did with it. */
  readonly acknowledgement: { readonly state: AcknowledgedState; readonly detail: string } | null;
  readonly acknowledgedAt: Date | null;
}

/** What a partner did with a document: took it, took it although something is wrong with it, or did not take it. */
export const ACKNOWLEDGED = ['accepted', 'acceptedWithErrors', 'rejected'] as const;
export type AcknowledgedState = (typeof ACKNOWLEDGED)[number];

export interface DocumentQuery {
  readonly erp: string | undefined;
  readonly state: DocumentState | undefined;
  /** The whole key. */
  readonly key: string | undefined;
  /** Only what the partner did not take. */
  readonly rejected?: boolean | undefined;
  readonly after: number;
  readonly limit: number;
}

export const SHOWN_DOCUMENT = `
  d.document_no AS document, e.code AS erp, d.stream, d.key, d.kind, l.code AS location, d.journal_no AS journal, d.seq, d.at,
  d.correlation_id AS "correlationId", d.state, d.attempts, d.error, d.reference, d.mapping, d.made_at AS "madeAt",
  d.ended_at AS "endedAt", d.control_number AS "controlNumber", d.acknowledgement, d.acknowledged_at AS "acknowledgedAt"`;
export const FROM_DOCUMENTS = `
  FROM erp_documents d JOIN erps e USING (erp_no) LEFT JOIN locations l ON l.location_no = d.location_no`;

/** In the order in which they were written. What is asked for by an index of its own is a statement of its own. */
export function listDocuments(
  pool: Pool,
  { erp, state, key, rejected, after, limit }: DocumentQuery,
): Promise<ShownDocument[]> {
  const values: unknown[] = [after, limit];
  const where = ['d.document_no > $1'];
  const and = (condition: (parameter: string) => string, value: unknown): void => {
    values.push(value);
    where.push(condition(`$${values.length}`));
  };
  if (erp !== undefined) and((code) => `e.code = ${code}`, erp);
  if (state === 'dead') where.push(`d.state = 'dead'`);
  else if (state !== undefined) and((one) => `d.state = ${one}::document_state`, state);
  if (key !== undefined) and((one) => `d.key = ${one}`, key);
  if (rejected) where.push(`d.acknowledgement ->> 'state' = 'rejected'`);
  const list = `SELECT ${SHOWN_DOCUMENT} ${FROM_DOCUMENTS} WHERE ${where.join(' AND ')} ORDER BY d.document_no LIMIT $2`;
  return snapshot(pool, async (client) => (await client.query<ShownDocument>(list, values)).rows);
}
