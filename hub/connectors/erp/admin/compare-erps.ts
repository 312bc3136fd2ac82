import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import type { DocumentKind } from '#hub/outbox/documents/document-kinds.ts';
import type { DocumentState } from '#hub/outbox/documents/list-documents.ts';
import { requireErp } from './erp-rows.ts';

/** `absent`: no route led there, or it was forgotten. */
export type ComparedState = DocumentState | 'absent';

/** How many documents of a kind, a store and a day are in which state at one ERP and at the other. */
export interface ComparedGroup {
  /** The day of the documents, UTC, like 2026-01-31. */
  readonly day: string;
  readonly kind: DocumentKind;
  /** Null: of none. */
  readonly location: string | null;
  readonly here: ComparedState;
  readonly there: ComparedState;
  readonly documents: number;
}

/** One document that is not in the same state at both. */
export interface ComparedDocument {
  readonly key: string;
  readonly kind: DocumentKind;
  readonly location: string | null;
  readonly at: number;
  readonly here: ComparedState;
  readonly there: ComparedState;
  /** Their numbers; null where it is absent. */
  readonly documentHere: number | null;
  readonly documentThere: number | null;
}

export interface Comparison {
  readonly here: string;
  readonly there: string;
  /** By the instants of the documents themselves, ms since 1970. */
  readonly fromMs: number;
  readonly untilMs: number;
  readonly kind: DocumentKind | undefined;
  readonly store: string | undefined;
  readonly limit: number;
}

/** So much is read at once: it is worked out when it is asked for. */
export const COMPARED_DAYS_MAX = 31;
const DAY_MS = 86_400_000;

/** $1, $2 ERPs; $3, $4 instants; $5 kind; $6 store. */
const COMPARED = `
  WITH own AS (
    SELECT d.erp_no, d.key, d.document_no, d.kind, d.at, d.state::text AS state, l.code AS location
    FROM erp_documents d LEFT JOIN locations l ON l.location_no = d.location_no
    WHERE d.erp_no IN ($1, $2) AND d.at >= $3 AND d.at < $4
      AND ($5::text IS NULL OR d.kind = $5) AND ($6::text IS NULL OR l.code = $6 COLLATE "C")
  ), compared AS (
    SELECT key, coalesce(h.kind, t.kind) AS kind, coalesce(h.at, t.at) AS at, coalesce(h.location, t.location) AS location,
      coalesce(h.state, 'absent') AS here, coalesce(t.state, 'absent') AS there,
      h.document_no AS "documentHere", t.document_no AS "documentThere"
    FROM (SELECT * FROM own WHERE erp_no = $1) AS h FULL JOIN (SELECT * FROM own WHERE erp_no = $2) AS t USING (key)
  )`;

const GROUPS = `${COMPARED}, grouped AS (
    SELECT to_char(to_timestamp(at / 1000.0) AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, kind, location, here, there,
      count(*)::int AS documents
    FROM compared GROUP BY 1, 2, 3, 4, 5
  )
  SELECT * FROM grouped
  WHERE $7::text IS NULL OR (day, kind, coalesce(location, ''), here, there) > ($7, $8, $9, $10, $11)
  ORDER BY day, kind, coalesce(location, ''), here, there LIMIT $12`;

const DIFFERING = `${COMPARED}
  SELECT * FROM compared WHERE here <> there AND ($7::text IS NULL OR (at, key) > ($8::bigint, $7 COLLATE "C"))
  ORDER BY at, key COLLATE "C" LIMIT $9`;

/** Groups in the order of their days, after one. Throws NOT_FOUND, REQUEST_INVALID. */
export function compareErps(
  pool: Pool,
  asked: Comparison,
  after: Omit<ComparedGroup, 'documents'> | undefined,
): Promise<ComparedGroup[]> {
  const { day = null, kind, location, here, there } = after ?? {};
  return comparing(pool, asked, GROUPS, [day, kind ?? '', location ?? '', here ?? '', there ?? '', asked.limit]);
}

/** Documents that are not in the same state at both, the oldest first. Throws NOT_FOUND, REQUEST_INVALID. */
export function listDiffering(
  pool: Pool,
  asked: Comparison,
  after: Pick<ComparedDocument, 'at' | 'key'> | undefined,
): Promise<ComparedDocument[]> {
  return comparing(pool, asked, DIFFERING, [after?.key ?? null, after?.at ?? 0, asked.limit]);
}

function comparing<Row extends object>(
  pool: Pool,
  { here, there, fromMs, untilMs, kind, store }: Comparison,
  statement: string,
  values: readonly unknown[],
): Promise<Row[]> {
  if (fromMs >= untilMs || untilMs - fromMs > COMPARED_DAYS_MAX * DAY_MS)
    throw new ShelfwireError(
      'REQUEST_INVALID',
      `It begins before it ends, and at most ${COMPARED_DAYS_MAX} days before.`,
    );
  if (here === there) throw new ShelfwireError('REQUEST_INVALID', 'Two ERPs are compared, not one with itself.');
  return snapshot(pool, async (client) => {
    const [{ erp: one }, { erp: other }] = [await requireErp(client, here), await requireErp(client, there)];
    const given = [one, other, fromMs, untilMs, kind ?? null, store ?? null, ...values];
    return (await client.query<Row>(statement, given)).rows;
  });
}
