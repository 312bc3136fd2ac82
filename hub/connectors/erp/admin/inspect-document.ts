import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { FROM_DOCUMENTS, SHOWN_DOCUMENT, type ShownDocument } from '#hub/outbox/documents/list-documents.ts';
import { canonicalDocument } from '../mapping/canonical-document.ts';
import type { MappingDocument } from '../mapping/mapping-document.ts';
import { tryMapping, type TriedDocument } from '../mapping/try-mapping.ts';

/** A document with what it says, and what the live mapping makes of it. */
export interface InspectedDocument {
  readonly shown: ShownDocument;
  readonly tried: TriedDocument;
}

const FIND = `
  SELECT ${SHOWN_DOCUMENT}, coalesce(d.content, f.body::json) AS body, m.document AS live, r.document AS recorded,
    CASE WHEN d.voids IS NOT NULL THEN json_build_object('document', t.document_no, 'key', d.voids, 'kind', t.kind,
      'state', t.state, 'reference', t.reference, 'mapping', t.mapping, 'body', coalesce(t.content, tf.body::json)) END AS target
  ${FROM_DOCUMENTS}
  LEFT JOIN facts f ON f.location_no = d.location_no AND f.journal_no = d.journal_no AND f.seq = d.seq
  LEFT JOIN erp_documents t ON t.erp_no = d.erp_no AND t.key = d.voids
  LEFT JOIN facts tf ON tf.location_no = t.location_no AND tf.journal_no = t.journal_no AND tf.seq = t.seq
  LEFT JOIN erp_mappings r ON r.erp_no = d.erp_no AND r.version = t.mapping
  LEFT JOIN erp_mappings m ON m.erp_no = e.erp_no AND m.version = e.mapping
  WHERE d.document_no = $1`;

interface Row extends ShownDocument {
  readonly body: Parameters<typeof canonicalDocument>[0]['body'];
  readonly target: Parameters<typeof canonicalDocument>[0]['target'];
  readonly live: MappingDocument | null;
  readonly recorded: MappingDocument | null;
}

const NONE: MappingDocument = { routes: [], tables: {}, documents: {} };

/** Throws NOT_FOUND. */
export function inspectDocument(pool: Pool, document: number): Promise<InspectedDocument> {
  return snapshot(pool, async (client) => {
    const [row] = (await client.query<Row>(FIND, [document])).rows;
    if (row === undefined) throw new ShelfwireError('NOT_FOUND', `There is no document ${document}.`);
    const { body, target, live, recorded, ...shown } = row;
    const canonical = canonicalDocument({ ...shown, body, target });
    const [tried] = tryMapping(live ?? NONE, [canonical], { cancels: true, posted: recorded ?? undefined });
    if (tried === undefined) throw new Error('nothing was tried');
    return { shown, tried };
  });
}
