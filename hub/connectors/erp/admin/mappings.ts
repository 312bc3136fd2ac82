import type { Pool } from 'pg';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { snapshot, type Queryable } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { readText } from '#hub/rules/read-text.ts';
import { MAPPING_LIMITS, mappingDocument, type MappingDocument } from '../mapping/mapping-document.ts';
import { tryMapping, type TriedDocument } from '../mapping/try-mapping.ts';
import { erpKind } from '../registry.ts';
import { lockLiveErp, requireErp } from './erp-rows.ts';
import { sampleDocuments } from './sample-documents.ts';

export interface MappingVersion {
  readonly version: number;
  readonly document: MappingDocument;
  readonly note: string | null;
  readonly madeAt: Date;
  readonly madeBy: string;
  readonly isLive: boolean;
}

/** What a mapping makes of the documents that it was tried on. */
export interface TriedMapping {
  readonly isGood: boolean;
  readonly tried: readonly TriedDocument[];
}

type Kept = (client: Queryable, live: MappingVersion) => Promise<void>;

const SHOWN = `
  m.version, m.document, m.note, m.made_at AS "madeAt", m.made_by AS "madeBy", m.version = e.mapping AS "isLive"`;
const LIST = `
  SELECT ${SHOWN} FROM erp_mappings m JOIN erps e USING (erp_no)
  WHERE e.code = $1 AND m.version < $2 ORDER BY m.version DESC LIMIT $3`;
const INSERT = `
  INSERT INTO erp_mappings (erp_no, version, document, note, made_by)
  SELECT $1, coalesce(max(version), 0) + 1, $2, $3, $4 FROM erp_mappings WHERE erp_no = $1 RETURNING version`;
const GO_LIVE = 'UPDATE erps SET mapping = $2, revision = revision + 1 WHERE erp_no = $1';
const FORGET_ROUTES = 'DELETE FROM erp_routes WHERE erp_no = $1';
const ROUTES = `
  INSERT INTO erp_routes (erp_no, route_no, kinds, stores, from_at, until_at)
  SELECT $1, place, ARRAY(SELECT json_array_elements_text(route -> 'kinds')),
    CASE WHEN route -> 'stores' IS NOT NULL THEN ARRAY(SELECT json_array_elements_text(route -> 'stores')) END,
    (route ->> 'fromAt')::bigint, (route ->> 'untilAt')::bigint
  FROM json_array_elements($2::json) WITH ORDINALITY AS r (route, place)`;

/**
 * Reads a mapping, YAML or JSON as text, or as it is; throws ERP_MAPPING_INVALID with every problem, RULES_INVALID where it
 * is no YAML.
 */
export function readMapping(given: unknown): MappingDocument {
  const parsed = mappingDocument.safeParse(typeof given === 'string' ? readMappingText(given) : given);
  if (parsed.success) return parsed.data;
  throw new ShelfwireError('ERP_MAPPING_INVALID', describeIssues(parsed.error));
}

function readMappingText(text: string): unknown {
  const { value, problems } = readText(text, { bytesMax: MAPPING_LIMITS.bytes, textFields: new Set() });
  problems.refuse();
  return value;
}

/** Tries a mapping: on the newest documents of each kind, and on made ones. Throws NOT_FOUND, ERP_MAPPING_INVALID. */
export function tryOn(pool: Pool, code: string, given: unknown): Promise<TriedMapping> {
  return snapshot(pool, (client) => tryWithin(client, code, readMapping(given)));
}

/**
 * Puts a mapping live, as a new version, when it stands the trial. Documents that wait are mapped by it from then on;
 * its routes count for what comes. Throws NOT_FOUND, ERP_ENDED, ERP_MAPPING_INVALID, ERP_MAPPING_FAILED.
 */
export function putLive(
  pool: Pool,
  code: string,
  { document: given, note, by }: { readonly document: unknown; readonly note: string | null; readonly by: string },
  kept: Kept,
): Promise<MappingVersion> {
  const document = readMapping(given);
  return withRetries(() =>
    transaction(pool, async (client) => {
      const { erp } = await lockLiveErp(client, code);
      const { isGood, tried } = await tryWithin(client, code, document);
      if (!isGood) {
        const failed = tried.flatMap(({ key, problem }) => (problem === null ? [] : [`${key}: ${problem}`]));
        throw new ShelfwireError('ERP_MAPPING_FAILED', `It cannot map ${failed.slice(0, 5).join(' ')}`, {
          remedy: 'Correct it, and try it with `dryRun`: that shows what it makes of each document.',
        });
      }
      const { rows } = await client.query<{ version: number }>(INSERT, [erp, JSON.stringify(document), note, by]);
      const version = rows[0]?.version ?? 0;
      await client.query(GO_LIVE, [erp, version]);
      await client.query(FORGET_ROUTES, [erp]);
      await client.query(ROUTES, [erp, JSON.stringify(document.routes.map(toRow))]);
      const [live] = await listWithin(client, code, version + 1, 1);
      if (live === undefined) throw new Error('a mapping is gone');
      await kept(client, live);
      return live;
    }),
  );
}

/** The newest first. Throws NOT_FOUND. */
export function listMappings(pool: Pool, code: string, before: number, limit: number): Promise<MappingVersion[]> {
  return snapshot(pool, async (client) => {
    await requireErp(client, code);
    return listWithin(client, code, before, limit);
  });
}

async function listWithin(client: Queryable, code: string, before: number, limit: number): Promise<MappingVersion[]> {
  return (await client.query<MappingVersion>(LIST, [code, before, limit])).rows;
}

async function tryWithin(client: Queryable, code: string, document: MappingDocument): Promise<TriedMapping> {
  const { erp, kind } = await requireErp(client, code);
  const cancels = erpKind(kind)?.capabilities.cancels === true;
  const tried = tryMapping(document, await sampleDocuments(client, erp, document), { cancels });
  return { isGood: tried.every(({ problem }) => problem === null), tried };
}

function toRow({ kinds, stores, from, until }: MappingDocument['routes'][number]): object {
  return {
    kinds,
    stores,
    fromAt: from === undefined ? 0 : Date.parse(from),
    untilAt: until === undefined ? Number.MAX_SAFE_INTEGER : Date.parse(until),
  };
}
