import type { Queryable } from '#hub/db/snapshot.ts';
import type { DocumentKind } from '#hub/outbox/documents/document-kinds.ts';
import { canonicalDocument, type CanonicalDocument } from '../mapping/canonical-document.ts';
import type { MappingDocument } from '../mapping/mapping-document.ts';
import { MADE_BODIES } from './made-bodies.ts';

/** Real documents that a mapping is tried on, of each kind. */
const EACH = 20;

const NEWEST = `
  SELECT d.key, d.kind, l.code AS location, d.at, d.correlation_id AS "correlationId",
    coalesce(d.content, f.body::json) AS body,
    CASE WHEN d.voids IS NOT NULL THEN json_build_object('document', t.document_no, 'key', d.voids, 'kind', t.kind,
      'state', t.state, 'reference', t.reference, 'mapping', t.mapping, 'body', coalesce(t.content, tf.body::json)) END AS target
  FROM unnest($2::text[]) AS k (kind)
  CROSS JOIN LATERAL (
    SELECT * FROM (SELECT * FROM erp_documents WHERE erp_no = $1 ORDER BY document_no DESC LIMIT 2000) AS recent
    WHERE recent.kind = k.kind ORDER BY document_no DESC LIMIT ${EACH}
  ) AS d
  LEFT JOIN locations l ON l.location_no = d.location_no
  LEFT JOIN facts f ON f.location_no = d.location_no AND f.journal_no = d.journal_no AND f.seq = d.seq
  LEFT JOIN erp_documents t ON t.erp_no = d.erp_no AND t.key = d.voids
  LEFT JOIN facts tf ON tf.location_no = t.location_no AND tf.journal_no = t.journal_no AND tf.seq = t.seq`;

type Row = Parameters<typeof canonicalDocument>[0];

const STORES = 'SELECT code FROM locations ORDER BY location_no LIMIT 1000';

/**
 * What a mapping is tried on before it goes live: of each kind that its routes lead here the newest documents of this
 * ERP, and a made one for every store that a route leads here, so that a store without a warehouse is found today.
 */
export async function sampleDocuments(
  client: Queryable,
  erp: number,
  { routes }: MappingDocument,
): Promise<CanonicalDocument[]> {
  const kinds = [...new Set(routes.flatMap((route) => route.kinds))];
  const { rows: real } = await client.query<Row>(NEWEST, [erp, kinds]);
  const { rows: stores } = await client.query<{ code: string }>(STORES);
  const made = kinds.flatMap((kind) => {
    const led = routes.filter((route) => route.kinds.includes(kind));
    const reached = led.some((route) => route.stores === undefined)
      ? stores.map(({ code }) => code)
      : [...new Set(led.flatMap((route) => route.stores ?? []))];
    const other = stores.find(({ code }) => code !== reached[0])?.code;
    return (reached.length === 0 ? ['S1'] : reached).map((store) => madeDocument(kind, { store, other, kinds }));
  });
  return [...real.map(canonicalDocument), ...made];
}

interface Place {
  readonly store: string;
  /** Where transfers lead. */
  readonly other: string | undefined;
  /** What is led here: one of them is what a void takes back. */
  readonly kinds: readonly DocumentKind[];
}

function madeDocument(kind: DocumentKind, { store, other = store, kinds }: Place): CanonicalDocument {
  const { body, of } = MADE_BODIES[kind];
  const isOrder = kind.startsWith('order');
  const key = isOrder ? `order/1/${kind}` : `${store}/made-${kind}`;
  const ends = { ...('to' in body && { to: other }), ...('from' in body && { from: other }) };
  const taken = kinds.find((one) => one !== 'void' && !one.startsWith('order')) ?? of;
  const target =
    of === undefined
      ? null
      : {
          document: 1,
          key: `${store}/made-${taken}`,
          kind: taken ?? of,
          state: 'posted' as const,
          reference: null,
          mapping: null,
          isBegun: true,
          begunBy: [],
          body: taken === undefined ? null : MADE_BODIES[taken].body,
        };
  return canonicalDocument({
    key,
    kind,
    location: isOrder ? null : store,
    at: 1_767_225_600_000,
    correlationId: 'made',
    body: { ...body, ...ends },
    target,
  });
}
