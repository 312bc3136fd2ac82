import { DOCUMENT_KINDS } from '#hub/outbox/documents/document-kinds.ts';
import type { MappingDocument } from '../mapping/mapping-document.ts';

const kinds = DOCUMENT_KINDS.filter((kind) => kind !== 'count');

/** Every document but counts as it is, under its own kind. */
export const restExample: MappingDocument = {
  routes: [{ kinds }],
  tables: {},
  documents: Object.fromEntries(kinds.map((kind) => [kind, { target: kind, all: true }])),
};
