import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { readSourceSettings, type SourceSettings } from './settings.ts';

export const SOURCE_KINDS = ['erp', 'wms', 'other'] as const;
export type SourceKind = (typeof SOURCE_KINDS)[number];

/** One who tells us of stock and products and is no store: an ERP, a WMS, a 3PL. */
export interface Source {
  readonly source: number;
  readonly code: string;
  readonly kind: SourceKind;
  readonly name: string;
  readonly settings: SourceSettings;
  readonly state: 'active' | 'paused' | 'ended';
  readonly createdAt: Date;
  readonly createdBy: string;
  readonly heardAt: Date | null;
}

/** As it is shown. What takes what it tells does without: rejects are counted one by one. */
export interface ShownSource extends Source {
  /** Rejects that nobody has dismissed. */
  readonly rejects: number;
}

const COLUMNS = `
  s.source_no AS source, s.code, s.kind, s.name, s.settings, s.state, s.created_at AS "createdAt", s.created_by AS "createdBy",
  s.heard_at AS "heardAt"`;
const SHOWN = `${COLUMNS},
  (SELECT count(*)::int FROM inbound_rejects r WHERE r.source_no = s.source_no AND r.dismissed_at IS NULL) AS rejects`;

/** Throws NOT_FOUND. */
export async function requireSource(client: Queryable, code: string): Promise<ShownSource> {
  const { rows } = await client.query<ShownSource>(`SELECT ${SHOWN} FROM inbound_sources s WHERE s.code = $1`, [code]);
  return first(rows.map(toSource), code);
}

/** Throws NOT_FOUND, INBOUND_CLOSED. */
export async function requireOpenSource(client: Queryable, code: string): Promise<Source> {
  const source = await requireAny(client, code);
  if (source.state !== 'active') throw new ShelfwireError('INBOUND_CLOSED', `The source "${code}" is ${source.state}.`);
  return source;
}

/** Throws NOT_FOUND. */
export async function requireAny(client: Queryable, code: string): Promise<Source> {
  const { rows } = await client.query<Source>(`SELECT ${COLUMNS} FROM inbound_sources s WHERE s.code = $1`, [code]);
  return first(rows.map(toSource), code);
}

function first<Row extends Source>([source]: readonly Row[], code: string): Row {
  if (source === undefined) throw new ShelfwireError('NOT_FOUND', `There is no source "${code}".`);
  return source;
}

export async function listSources(client: Queryable, after: number, limit: number): Promise<ShownSource[]> {
  const text = `SELECT ${SHOWN} FROM inbound_sources s WHERE s.source_no > $1 ORDER BY s.source_no LIMIT $2`;
  return (await client.query<ShownSource>(text, [after, limit])).rows.map(toSource);
}

/** All that something may be taken of now. */
export async function listOpenSources(client: Queryable): Promise<Source[]> {
  const text = `SELECT ${COLUMNS} FROM inbound_sources s WHERE s.state = 'active' ORDER BY s.source_no`;
  return (await client.query<Source>(text)).rows.map(toSource);
}

/** What an earlier version wrote may lack settings of today. */
function toSource<Row extends Source>(row: Row): Row {
  return { ...row, settings: readSourceSettings(row.settings) };
}

const HEARD = `
  UPDATE inbound_sources SET heard_at = now()
  WHERE source_no = $1 AND (heard_at IS NULL OR heard_at < now() - interval '5 s')`;

/** By its own statement, after the work: who waits for this row holds nothing. */
export async function noteHeard(client: Pool, { source }: Pick<Source, 'source'>): Promise<void> {
  await client.query(HEARD, [source]);
}
