import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { rulesDocument, type RulesDocument } from './rules-document.ts';

/** Pending: its time comes yet. Skipped: a newer version was in force when, or before, its time came. */
export type VersionState = 'pending' | 'in force' | 'past' | 'skipped';

/** A version as the audit lists it. */
export interface VersionEntry {
  readonly version: number;
  readonly state: VersionState;
  /** In force from then on, until the earliest `effectiveFrom` of a newer version; `until` is null when there is none. */
  readonly effectiveFrom: Date;
  readonly until: Date | null;
  readonly appliedAt: Date;
  /** Name of an API key, or `cli:` and an account of the machine. */
  readonly appliedBy: string;
  readonly note: string | null;
  /** The newest version when it was applied. */
  readonly basedOn: number | null;
  /** The older version whose document it brings back. */
  readonly restores: number | null;
  /** SHA-256 of the document, in hex. */
  readonly digest: string;
}

export interface RuleVersion extends VersionEntry {
  /** The file, verbatim. */
  readonly document: string;
  readonly rules: RulesDocument;
}

type Row = Omit<VersionEntry, 'digest'> & { digest: Buffer; document: string; rules: unknown };

/** Seen from $1: what was in force at an instant of the past is answered the same for ever. */
const entries = (columns = '') => `
  SELECT version, effective_from AS "effectiveFrom", until, applied_at AS "appliedAt", applied_by AS "appliedBy", note,
         based_on AS "basedOn", restores, digest ${columns},
         CASE WHEN until <= effective_from THEN 'skipped' WHEN effective_from > $1 THEN 'pending'
              WHEN until <= $1 THEN 'past' ELSE 'in force' END AS state
    FROM (SELECT *, min(effective_from) OVER (ORDER BY version ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING) AS until
            FROM rule_versions) v`;
const WHOLE = entries(', document, rules');

/**
 * Now by PostgreSQL's clock, which is the one that dates versions. One that was set back does not put them out of order:
 * it is never before the newest was applied.
 */
export async function readNow(client: Queryable): Promise<Date> {
  const { rows } = await client.query<{ now: Date }>(
    'SELECT greatest(clock_timestamp(), max(applied_at)) AS now FROM rule_versions',
  );
  return rows[0]?.now ?? new Date();
}

/** The version in force at an instant: the highest whose `effectiveFrom` had come. Undefined before the first. */
export async function versionAt(client: Queryable, at: Date): Promise<RuleVersion | undefined> {
  const text = `${WHOLE} WHERE effective_from <= $1 ORDER BY version DESC LIMIT 1`;
  return toVersion((await client.query<Row>(text, [at])).rows[0]);
}

/** The version that was applied last, in force or pending. */
export async function newestVersion(client: Queryable, now: Date): Promise<RuleVersion | undefined> {
  return toVersion((await client.query<Row>(`${WHOLE} ORDER BY version DESC LIMIT 1`, [now])).rows[0]);
}

/** Throws NOT_FOUND. */
export async function requireVersion(client: Queryable, version: number, now: Date): Promise<RuleVersion> {
  const found = toVersion((await client.query<Row>(`${WHOLE} WHERE version = $2`, [now, version])).rows[0]);
  if (found === undefined) {
    throw new ShelfwireError('NOT_FOUND', `There is no version ${version} of the rules.`, {
      remedy: 'GET /v1/rules/versions, or `shelfwire-hub rules list`, names them.',
    });
  }
  return found;
}

/** Throws NOT_FOUND while there are no rules. */
export async function requireVersionAt(client: Queryable, at: Date): Promise<RuleVersion> {
  const found = await versionAt(client, at);
  if (found !== undefined) return found;
  throw new ShelfwireError('NOT_FOUND', `No rules were in force at ${at.toISOString()}.`, {
    remedy: 'Apply the first: shelfwire-hub rules apply FILE.',
  });
}

/** Versions before `before`, the newest first. */
export async function listVersions(
  client: Queryable,
  { before, limit, now }: { before: number | undefined; limit: number; now: Date },
): Promise<VersionEntry[]> {
  const text = `${entries()} WHERE $2::int IS NULL OR version < $2 ORDER BY version DESC LIMIT $3`;
  const { rows } = await client.query<Row>(text, [now, before, limit]);
  return rows.map(toEntry);
}

/** Versions that wait to come into force at `from` or later: a newer one that does so at `from` has them skipped. */
export async function pendingFrom(client: Queryable, from: Date, now: Date): Promise<number[]> {
  const text = `SELECT version FROM (${entries()}) e WHERE state = 'pending' AND "effectiveFrom" >= $2 ORDER BY version`;
  return (await client.query<{ version: number }>(text, [now, from])).rows.map(({ version }) => version);
}

function toEntry(row: Row): VersionEntry {
  const { digest, document: _document, rules: _rules, ...entry } = row;
  return { ...entry, digest: digest.toString('hex') };
}

/** What lies in the database was written by the code of its day: read anew, with the defaults of what it left out. */
function toVersion(row: Row | undefined): RuleVersion | undefined {
  return row && { ...toEntry(row), document: row.document, rules: rulesDocument.parse(row.rules) };
}
