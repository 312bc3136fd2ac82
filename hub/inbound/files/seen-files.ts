import { hash } from 'node:crypto';
import type { Pool } from 'pg';
import { withRetries } from '#hub/db/transaction.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import type { SourceSettings } from '../settings.ts';
import type { FileReport } from './file-report.ts';
import type { FileMapping } from './mapping.ts';

/** A file counts as seen under the same mapping only: after a correction it is read anew, and keys tell what it gave before. */
export function mappingDigest(mapping: FileMapping, { locations, locationNames }: SourceSettings): string {
  return hash('sha256', JSON.stringify([mapping, locations, locationNames]), 'hex').slice(0, 16);
}

interface FileName {
  readonly source: number;
  readonly sha256: string;
  readonly mapping: string;
}

const FIND = `
  SELECT report FROM inbound_files WHERE source_no = $1 AND sha256 = $2 AND mapping = $3 AND report ->> 'outcome' = 'taken'`;
const NOTE = `
  INSERT INTO inbound_files (source_no, sha256, mapping, name, report) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (source_no, sha256, mapping) DO UPDATE SET name = excluded.name, report = excluded.report, finished_at = now()`;

/** How the same content was taken before; undefined when it was not. */
export async function findSeen(pool: Pool, { source, sha256, mapping }: FileName): Promise<FileReport | undefined> {
  const { rows } = await withRetries(() => pool.query<{ report: FileReport }>(FIND, [source, sha256, mapping]));
  return rows[0]?.report;
}

export async function noteFile(pool: Pool, { source, sha256, mapping }: FileName, report: FileReport): Promise<void> {
  const row = [source, sha256, mapping, report.file.slice(0, 255), JSON.stringify(report)];
  await withRetries(() => pool.query(NOTE, row));
}

export interface KeptFile {
  readonly source: string;
  readonly finishedAt: Date;
  /** The same to the microsecond: files may end within one millisecond. */
  readonly place: string;
  readonly report: FileReport;
  readonly sha256: string;
  readonly mapping: string;
}

/** Of one source, the newest first. */
export async function listFiles(
  client: Queryable,
  source: number,
  { before, limit }: { readonly before: readonly [finishedAt: string, sha256: string]; readonly limit: number },
): Promise<KeptFile[]> {
  const text = `
    SELECT s.code AS source, f.finished_at AS "finishedAt",
      to_char(f.finished_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS place, f.report, f.sha256, f.mapping
    FROM inbound_files f JOIN inbound_sources s USING (source_no)
    WHERE f.source_no = $1 AND (f.finished_at, f.sha256) < ($2::timestamptz, $3)
    ORDER BY f.finished_at DESC, f.sha256 DESC LIMIT $4`;
  return (await client.query<KeptFile>(text, [source, ...before, limit])).rows;
}
