import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { normalText } from '#hub/rules/read-text.ts';
import { readSourcing, type KnownPlaces } from './read-sourcing.ts';
import { NO_SOURCING, sourcingDocument, type SourcingDocument } from './sourcing-document.ts';

/** A version of the sourcing rules. The highest is in force. */
export interface SourcingVersion {
  readonly version: number;
  readonly appliedAt: Date;
  readonly appliedBy: string;
  readonly note: string | null;
  /** The file, verbatim. */
  readonly document: string;
  readonly rules: SourcingDocument;
}

export interface SourcingApplication {
  readonly by: string;
  readonly note?: string | undefined;
  /** The newest version that the author knew; 0: none. */
  readonly basedOn?: number | undefined;
}

const COLUMNS = `version, applied_at AS "appliedAt", applied_by AS "appliedBy", note, document, rules`;
type Row = Omit<SourcingVersion, 'rules'> & { readonly rules: unknown };

/** The version in force; undefined while there is none. */
export async function sourcingInForce(client: Queryable): Promise<SourcingVersion | undefined> {
  const { rows } = await client.query<Row>(`SELECT ${COLUMNS} FROM sourcing_versions ORDER BY version DESC LIMIT 1`);
  return rows[0] && toVersion(rows[0]);
}

export async function rulesInForce(client: Queryable): Promise<SourcingDocument> {
  return (await sourcingInForce(client))?.rules ?? NO_SOURCING;
}

/** Throws NOT_FOUND. */
export async function requireSourcing(client: Queryable, version: number): Promise<SourcingVersion> {
  const { rows } = await client.query<Row>(`SELECT ${COLUMNS} FROM sourcing_versions WHERE version = $1`, [version]);
  if (rows[0] === undefined)
    throw new ShelfwireError('NOT_FOUND', `There is no version ${version} of the sourcing rules.`);
  return toVersion(rows[0]);
}

/** Versions before `before`, the newest first. */
export async function listSourcing(
  client: Queryable,
  { before, limit }: { before: number | undefined; limit: number },
): Promise<SourcingVersion[]> {
  const text = `
    SELECT ${COLUMNS} FROM sourcing_versions WHERE $1::int IS NULL OR version < $1 ORDER BY version DESC LIMIT $2`;
  return (await client.query<Row>(text, [before, limit])).rows.map(toVersion);
}

const LOCK = 'LOCK TABLE sourcing_versions IN SHARE ROW EXCLUSIVE MODE';
const INSERT = `
  INSERT INTO sourcing_versions (version, document, rules, applied_at, applied_by, note)
  VALUES ($1, $2, $3, clock_timestamp(), $4, $5)`;

/**
 * Makes a document the version in force, at once; the same document again changes nothing. Throws RULES_INVALID with every
 * problem, and CONFLICT when it is not based on the newest.
 */
export function applySourcing(
  pool: Pool,
  given: string,
  { by, note, basedOn }: SourcingApplication,
): Promise<{ version: SourcingVersion; isNew: boolean }> {
  const text = normalText(given);
  return withRetries(() =>
    transaction(pool, async (client) => {
      await client.query(LOCK);
      const newest = await sourcingInForce(client);
      if (basedOn !== undefined && basedOn !== (newest?.version ?? 0)) {
        const there =
          newest === undefined ? 'there are none' : `version ${newest.version} is in force, by ${newest.appliedBy}`;
        throw new ShelfwireError(
          'CONFLICT',
          `This is based on version ${basedOn} of the sourcing rules, but ${there}.`,
        );
      }
      const rules = readSourcing(text, await readKnownPlaces(client));
      if (newest?.document === text) return { version: newest, isNew: false };
      const version = (newest?.version ?? 0) + 1;
      await client.query(INSERT, [version, text, JSON.stringify(rules), by, note ?? null]);
      return { version: await requireSourcing(client, version), isNew: true };
    }),
  );
}

export async function readKnownPlaces(client: Queryable): Promise<KnownPlaces> {
  const locations = await client.query<{ code: string }>('SELECT code FROM locations');
  const channels = await client.query<{ code: string }>('SELECT code FROM channels WHERE removed_at IS NULL');
  const codes = ({ rows }: typeof locations) => new Set(rows.map(({ code }) => code));
  return { locations: codes(locations), channels: codes(channels) };
}

/** What lies in the database was written by the code of its day. */
const toVersion = (row: Row): SourcingVersion => ({ ...row, rules: sourcingDocument.parse(row.rules) });
