import { ShelfwireError } from '#shared/protocol/errors.ts';
import { sku as skuSchema } from '#shared/protocol/fields.ts';
import type { Erps } from '#hub/connectors/erp/admin/erps.ts';
import type { StockLine } from '#hub/connectors/erp/connector.ts';
import { mappingDocument } from '#hub/connectors/erp/mapping/mapping-document.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import type { SettingsOf } from '../comparison.ts';
import type { Line, ReadEnd, Reading, SideWork } from '../side.ts';
import { FIND_STOCK, movedBy } from './stock-sql.ts';

const LINES_A_PAGE = 1_000;
/** An ERP that gives the same place again and again would be read for ever. */
const PAGES_MAX = 20_000;

const CODES = 'SELECT code FROM locations';
const LIVE_MAPPING = `
  SELECT m.document FROM erps e JOIN erp_mappings m ON m.erp_no = e.erp_no AND m.version = e.mapping WHERE e.code = $1`;

/**
 * By how much what is not posted moved stock. Documents that wait are not there yet; those that were begun, or were posted while
 * the ERP was read or shortly before, may be in its numbers or not, and so may facts whose documents are not worked out yet.
 * $1 ERP, $2 since when.
 */
const ADD_CAUSES = `
  WITH documents AS MATERIALIZED (
    SELECT d.document_no, d.kind, d.location_no, d.journal_no, d.seq, d.content, d.error ->> 'code' AS code,
      CASE WHEN d.state = 'dead' THEN 'dead' WHEN d.state = 'waiting' AND NOT d.begun THEN 'waiting' ELSE 'perhaps' END AS way
    FROM erps e JOIN erp_documents d USING (erp_no)
    WHERE e.code = $1 AND d.location_no IS NOT NULL
      AND (d.state = 'waiting' OR d.state = 'dead' OR (d.state = 'posted' AND d.ended_at >= $2))
  ), facts_told AS (
    SELECT document_no, code, way, location_no, journal_no, seq FROM documents WHERE kind NOT IN ('variance', 'count')
    UNION ALL
    SELECT NULL, NULL, 'perhaps', e.location_no, e.journal_no, s.seq
    FROM document_entries e CROSS JOIN LATERAL generate_series(e.from_seq, e.to_seq) AS s (seq) WHERE e.journal_no IS NOT NULL
  ), moved AS (
    ${movedBy('facts_told', 'g.document_no, g.code, g.way')}
    UNION ALL
    SELECT d.document_no, d.code, d.way, l.code, x.line ->> 'sku', (x.line ->> 'quantity')::bigint
    FROM documents d JOIN locations l USING (location_no) CROSS JOIN LATERAL json_array_elements(d.content -> 'lines') AS x (line)
    WHERE d.kind = 'variance'
  ), summed AS (
    SELECT location, sku, coalesce(sum(units) FILTER (WHERE way = 'waiting'), 0) AS waiting,
      coalesce(sum(least(units, 0)) FILTER (WHERE way = 'perhaps'), 0) AS low,
      coalesce(sum(greatest(units, 0)) FILTER (WHERE way = 'perhaps'), 0) AS high,
      sum(units) FILTER (WHERE way = 'dead') AS unposted,
      (array_agg(document_no ORDER BY document_no) FILTER (WHERE way = 'dead'))[1:5] AS documents,
      min(code) FILTER (WHERE way = 'dead') AS reason
    FROM moved GROUP BY location, sku
  )
  UPDATE found f SET waiting = s.waiting, low = s.low, high = s.high, unposted = s.unposted, documents = s.documents, reason = s.reason
  FROM summed s WHERE f.location = s.location AND f.sku = s.sku COLLATE "C"`;

/** The hub against what an ERP believes to have. */
export function erpSide(erps: Pick<Erps, 'readStock'>): SideWork<'erp'> {
  return {
    async read(reading, settings) {
      const names = await readNames(reading.pool, settings);
      let cursor: string | null = null;
      let unmapped = 0;
      for (let page = 0; page < PAGES_MAX; page += 1) {
        reading.signal.throwIfAborted();
        const { items, next } = await erps.readStock(settings.erp, { since: null, cursor, limit: LINES_A_PAGE });
        const lines = items.flatMap((item) => toLine(item, names) ?? []);
        unmapped += items.length - lines.length;
        await reading.stage(lines);
        if (next === null) return { unmapped, silent: [] };
        cursor = next;
      }
      throw new ShelfwireError('ERP_ANSWER_INVALID', `After ${PAGES_MAX} pages of stock there was still another one.`);
    },
    async find(client, { run, beganAt }, settings) {
      const { locations } = await readNames(client, settings);
      const { rows } = await client.query<{ compared: number }>(FIND_STOCK, [
        run,
        [...new Set(locations?.values() ?? [])],
      ]);
      const since = new Date(beganAt.getTime() - settings.settleSeconds * 1_000);
      await client.query(ADD_CAUSES, [settings.erp, since]);
      return rows[0]?.compared ?? 0;
    },
  } satisfies SideWork<'erp'> & { read(reading: Reading, settings: SettingsOf<'erp'>): Promise<ReadEnd> };
}

/** Their names for ours; undefined where they have ours. */
interface Names {
  readonly known: ReadonlySet<string>;
  readonly locations: ReadonlyMap<string, string> | undefined;
  readonly skus: ReadonlyMap<string, string> | undefined;
}

/** Throws RECONCILE_SETTINGS_INVALID where a table of the mapping is named that is not there. */
async function readNames(
  client: Pick<Queryable, 'query'>,
  { erp, locations, locationTable, skuTable }: SettingsOf<'erp'>,
): Promise<Names> {
  const { rows } = await client.query<{ code: string }>(CODES);
  const known = new Set(rows.map(({ code }) => code));
  const needsMapping = locationTable !== undefined || skuTable !== undefined;
  const tables = needsMapping ? await readTables(client, erp) : {};
  const table = (name: string | undefined): Map<string, string> | undefined => {
    if (name === undefined) return undefined;
    const found = tables[name];
    if (found === undefined) {
      throw new ShelfwireError('RECONCILE_SETTINGS_INVALID', `The live mapping of "${erp}" has no table "${name}".`);
    }
    return new Map(Object.entries(found).map(([ours, theirs]) => [String(theirs), ours]));
  };
  const named = locations === undefined ? undefined : new Map(locations.map(({ theirs, ours }) => [theirs, ours]));
  return { known, locations: named ?? table(locationTable), skus: table(skuTable) };
}

async function readTables(
  client: Pick<Queryable, 'query'>,
  erp: string,
): Promise<Readonly<Record<string, Readonly<Record<string, unknown>>>>> {
  const [row] = (await client.query<{ document: unknown }>(LIVE_MAPPING, [erp])).rows;
  const parsed = mappingDocument.safeParse(row?.document);
  return parsed.success ? parsed.data.tables : {};
}

/** Undefined: of no location of ours, or under a name that cannot be one. */
function toLine({ location, sku, quantity }: StockLine, { known, locations, skus }: Names): Line | undefined {
  const here = locations === undefined ? location : locations.get(location);
  const ours = skus?.get(sku) ?? sku;
  if (here === undefined || !known.has(here) || !skuSchema.safeParse(ours).success || !Number.isFinite(quantity))
    return undefined;
  return { location: here, sku: ours, reference: '', theirs: quantity };
}
