import { ShelfwireError } from '#shared/protocol/errors.ts';
import { mappingDocument } from '#hub/connectors/erp/mapping/mapping-document.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { storeStream } from '#hub/outbox/documents/spread-entries.ts';
import { insertDocuments } from '#hub/outbox/documents/spread.ts';
import type { Chosen } from './chosen.ts';

const ERP = `
  SELECT e.erp_no AS erp, e.state, m.document, (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now
  FROM erps e LEFT JOIN erp_mappings m ON m.erp_no = e.erp_no AND m.version = e.mapping WHERE e.code = $1`;
const LOCATIONS = 'SELECT location_no AS location, code FROM locations WHERE code = ANY ($1::text[])';

interface ErpRow {
  readonly erp: number;
  readonly state: string;
  readonly document: unknown;
  readonly now: number;
}

/**
 * Stock documents that take the ERP's numbers to ours, each a variance under a key made of the difference's number: what is
 * written again changes nothing. Throws RECONCILE_NOT_CORRECTABLE for an ERP whose mapping has no variances.
 */
export async function sendDocuments(client: Queryable, code: string, chosen: readonly Chosen[]): Promise<void> {
  const [row] = (await client.query<ErpRow>(ERP, [code])).rows;
  const mapping = mappingDocument.safeParse(row?.document);
  if (row === undefined || row.state === 'ended' || !mapping.success || mapping.data.documents.variance === undefined) {
    const detail = `The live mapping of "${code}" says nothing of the document "variance", by which its stock would be corrected.`;
    throw new ShelfwireError('RECONCILE_NOT_CORRECTABLE', detail);
  }
  const { erp, now } = row;
  const codes = [...new Set(chosen.map(({ location }) => location))];
  const { rows } = await client.query<{ location: number; code: string }>(LOCATIONS, [codes]);
  const locations = new Map(rows.map((one) => [one.code, one.location]));
  await insertDocuments(
    client,
    chosen.map(({ difference, location, sku, units }) => ({
      erp,
      stream: storeStream(location),
      key: `${location}/reconcile/${difference}`,
      kind: 'variance',
      location: locations.get(location) ?? null,
      journal: null,
      seq: null,
      voids: null,
      content: JSON.stringify({ lines: [{ sku, quantity: units }] }),
      correlationId: `reconcile/${difference}`,
      at: now,
      urgency: 2,
      isVoided: false,
    })),
  );
}
