import { z } from 'zod';
import { ERRORS, type ErrorCode } from '#shared/protocol/errors.ts';
import { ACKNOWLEDGED, DOCUMENT_STATES } from '#hub/outbox/documents/list-documents.ts';
import { documentKind } from '#hub/outbox/documents/document-kinds.ts';
import { natural, shownFact, shownInstant } from './fields.ts';

const shownError = z.strictObject({
  code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
  detail: z.string(),
  remedy: z.string(),
});

export const erpShown = z
  .strictObject({
    erp: natural,
    code: z.string(),
    kind: z.string(),
    name: z.string(),
    settings: z.looseObject({}),
    pace: z.looseObject({}),
    state: z.enum(['active', 'paused', 'ended']),
    mapping: natural.describe('The version that is live; 0: none yet, and nothing is forwarded.'),
    createdAt: shownInstant,
    createdBy: z.string(),
    waiting: natural.describe('Documents.'),
    waitingSince: shownInstant.nullable(),
    dead: natural.describe('Dead letters.'),
    failures: natural.describe('Of the ERP itself, in a row.'),
    error: shownError.nullable().describe('The last failure of the ERP itself; gone when it takes a document.'),
    postedAt: shownInstant.nullable(),
    nextAttemptAt: shownInstant.nullable().describe('While its breaker is open, or it asked to be left alone.'),
  })
  .meta({ id: 'Erp' });

export const erpKindShown = z.strictObject({
  kind: z.string(),
  title: z.string(),
  cancels: z.boolean().describe('Whether it takes documents back itself.'),
  once: z
    .enum(['upsert', 'uniqueField', 'atomicRename'])
    .describe('What makes a second document under a key impossible.'),
  readsStock: z.boolean(),
  example: z.looseObject({}).describe('A mapping to begin with.'),
});

export const mappingShown = z
  .strictObject({
    version: natural,
    isLive: z.boolean(),
    document: z.looseObject({}),
    note: z.string().nullable(),
    madeAt: shownInstant,
    madeBy: z.string(),
  })
  .meta({ id: 'ErpMapping' });

export const mappingTried = z.strictObject({
  isGood: z.boolean(),
  tried: z.array(
    z.strictObject({
      key: z.string(),
      kind: documentKind,
      target: z.string().nullable(),
      payload: z.looseObject({}).nullable().describe('What the ERP would be sent; null where it cancels, or fails.'),
      problem: z.string().nullable(),
      document: z.looseObject({}).describe('What the mapping reads.'),
    }),
  ),
});

const documentFields = {
  document: natural,
  erp: z.string(),
  stream: z.string().describe('Documents of one stream come in order.'),
  key: z.string().describe('At the ERP, the same at each attempt and replay.'),
  kind: documentKind,
  location: z.string().nullable(),
  fact: shownFact.nullable(),
  at: shownInstant,
  correlationId: z.string(),
  state: z.enum(DOCUMENT_STATES),
  attempts: natural,
  error: shownError.nullable(),
  reference: z.string().nullable().describe('What the ERP calls it.'),
  mapping: natural.nullable().describe('The version that it was posted with.'),
  madeAt: shownInstant,
  endedAt: shownInstant.nullable(),
  controlNumber: natural.nullable().describe('Of its interchange, where the ERP takes such.'),
  acknowledgement: z
    .strictObject({ state: z.enum(ACKNOWLEDGED), detail: z.string().describe("In the partner's own codes.") })
    .nullable()
    .describe('What the partner says it did with it.'),
  acknowledgedAt: shownInstant.nullable(),
};
export const erpDocument = z.strictObject(documentFields).meta({ id: 'ErpDocument' });

/** One document in full: what it says, and what the live mapping makes of it. */
export const erpDocumentWhole = z.strictObject({
  ...documentFields,
  content: z.looseObject({}),
  target: z.string().nullable(),
  payload: z.looseObject({}).nullable(),
  problem: z.string().nullable(),
});

export const erpStock = z.strictObject({
  items: z.array(
    z.strictObject({
      location: z.string().describe("The ERP's own name, as is the sku."),
      sku: z.string(),
      quantity: z.number(),
      changedAt: z.string().nullable(),
    }),
  ),
  next: z.string().nullable(),
});

export const comparedState = z.enum([...DOCUMENT_STATES, 'absent']);
const compared = {
  kind: documentKind,
  location: z.string().nullable(),
  here: comparedState.describe('`absent`: no route led there.'),
  there: comparedState,
};
export const comparedGroup = z.strictObject({
  day: z.string().describe('Of the documents, UTC.'),
  ...compared,
  documents: natural,
});
export const comparedDocument = z.strictObject({
  key: z.string(),
  ...compared,
  at: shownInstant,
  documentHere: natural.nullable(),
  documentThere: natural.nullable(),
});
