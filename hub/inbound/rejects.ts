import { hash } from 'node:crypto';
import type { Pool } from 'pg';
import { ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import type { Queryable } from '#hub/db/snapshot.ts';

const VERBATIM_BYTES_MAX = 256 * 1024;
const DETAIL_CHARS_MAX = 1_000;

/** By which way it came: `api`, `webhook ID`, `file NAME`. */
export type Way = string;

/** What could not be read as what it should be: kept as it came, with its reason (F5). */
export interface Reject {
  readonly way: Way;
  readonly line: number | null;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly verbatim: string;
}

/** The same with the same reason is one row, however often it comes. */
const INSERT = `
  INSERT INTO inbound_rejects AS r (source_no, digest, way, line, code, detail, verbatim)
  SELECT $1, g.* FROM unnest($2::uuid[], $3::text[], $4::int[], $5::text[], $6::text[], $7::bytea[]) AS g
  ON CONFLICT (source_no, digest) DO UPDATE SET times = r.times + 1, last_at = now(), way = excluded.way, line = excluded.line,
    dismissed_at = NULL, dismissed_by = NULL, note = NULL`;

export async function insertRejects(
  client: Pick<Queryable, 'query'> | Pool,
  source: number,
  rejects: readonly Reject[],
): Promise<void> {
  const rows = new Map(rejects.map((reject) => [digestOf(reject), reject]));
  if (rows.size === 0) return;
  const sorted = [...rows].toSorted(([a], [b]) => (a < b ? -1 : 1));
  const kept = sorted.map(([, reject]) => reject);
  await client.query(INSERT, [
    source,
    sorted.map(([digest]) => digest),
    kept.map((reject) => printable(reject.way).slice(0, 512)),
    kept.map((reject) => reject.line),
    kept.map((reject) => reject.code),
    kept.map((reject) => printable(reject.detail).slice(0, DETAIL_CHARS_MAX)),
    kept.map((reject) => Buffer.from(reject.verbatim).subarray(0, VERBATIM_BYTES_MAX)),
  ]);
}

function digestOf({ code, detail, verbatim }: Reject): string {
  return hash('sha256', `${code}\n${detail}\n${verbatim}`, 'hex').slice(0, 32);
}

const printable = (text: string): string => text.replaceAll('\0', '\\0');

export interface KeptReject {
  readonly reject: number;
  readonly source: string;
  readonly way: string;
  readonly line: number | null;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly verbatim: Buffer;
  readonly times: number;
  readonly receivedAt: Date;
  readonly lastAt: Date;
  readonly dismissedAt: Date | null;
  readonly dismissedBy: string | null;
  readonly note: string | null;
}

const COLUMNS = `
  r.reject_no AS reject, s.code AS source, r.way, r.line, r.code, r.detail, r.verbatim, r.times, r.received_at AS "receivedAt",
  r.last_at AS "lastAt", r.dismissed_at AS "dismissedAt", r.dismissed_by AS "dismissedBy", r.note
  FROM inbound_rejects r JOIN inbound_sources s USING (source_no)`;

/** The newest first; those that nobody has dismissed, unless `dismissed`. */
export async function listRejects(
  client: Queryable,
  {
    source,
    dismissed,
    before,
    limit,
  }: { source?: string | undefined; dismissed: boolean; before: number; limit: number },
): Promise<KeptReject[]> {
  const text = `
    SELECT ${COLUMNS} WHERE r.reject_no < $1 AND ($2::text IS NULL OR s.code = $2) AND (r.dismissed_at IS NOT NULL) = $3
    ORDER BY r.reject_no DESC LIMIT $4`;
  return (await client.query<KeptReject>(text, [before, source, dismissed, limit])).rows;
}

/** Closes the case; it stays as it is. Throws NOT_FOUND, CONFLICT. */
export async function dismissReject(
  client: Queryable,
  reject: number,
  { by, note }: { readonly by: string; readonly note: string },
): Promise<KeptReject> {
  const text = `UPDATE inbound_rejects SET dismissed_at = now(), dismissed_by = $2, note = $3
    WHERE reject_no = $1 AND dismissed_at IS NULL`;
  const { rowCount } = await client.query(text, [reject, by, note]);
  const [row] = (await client.query<KeptReject>(`SELECT ${COLUMNS} WHERE r.reject_no = $1`, [reject])).rows;
  if (row === undefined) throw new ShelfwireError('NOT_FOUND', `There is no reject ${reject}.`);
  if (rowCount === 0) throw new ShelfwireError('CONFLICT', `Reject ${reject} was dismissed already.`);
  return row;
}
