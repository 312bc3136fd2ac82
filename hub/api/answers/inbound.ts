import { z } from 'zod';
import { ERRORS, type ErrorCode } from '#shared/protocol/errors.ts';
import { PRODUCT_FIELDS, productRules } from '#hub/inbound/products/product-rules.ts';
import { stockUse } from '#hub/inbound/settings.ts';
import { SOURCE_KINDS } from '#hub/inbound/source.ts';
import { natural, shownFact, shownInstant } from './fields.ts';

const errorCode = z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]);

const source = z.strictObject({
  code: z.string(),
  kind: z.enum(SOURCE_KINDS),
  name: z.string(),
  settings: z.looseObject({}),
  state: z.enum(['active', 'paused', 'ended']),
  createdAt: shownInstant,
  createdBy: z.string(),
  heardAt: shownInstant.nullable().describe('When it told anything last, to within seconds.'),
  rejects: natural.describe('What could not be read, and nobody has dismissed.'),
});
export const sourceShown = source.meta({ id: 'InboundSource' });
export const sourceMade = source
  .extend({ secret: z.string().describe('Signs its webhooks. Shown only now.') })
  .meta({ id: 'InboundSourceMade' });

const why = { code: errorCode.nullable(), detail: z.string().nullable() };

export const factResult = z
  .strictObject({
    status: z.enum(['taken', 'duplicate', 'quarantined', 'rejected']),
    key: z.string().nullable(),
    fact: shownFact.nullable().describe('Where it stands, or what stood there before.'),
    ...why,
  })
  .meta({ id: 'InboundFactResult' });

export const productResult = z
  .strictObject({
    status: z
      .enum(['changed', 'noted', 'unchanged', 'rejected'])
      .describe('noted: said, and another source is believed.'),
    sku: z.string().nullable(),
    ...why,
  })
  .meta({ id: 'InboundProductResult' });

export const statementResult = z
  .strictObject({
    status: z.enum(['taken', 'duplicate', 'quarantined', 'ignored', 'rejected']),
    key: z.string().nullable(),
    use: stockUse.nullable().describe('What it was taken as.'),
    hasAgent: z.boolean().describe('It would have been a count, but an agent counts there.'),
    lines: natural,
    rejectedLines: natural.describe('Below zero: no count.'),
    ...why,
  })
  .meta({ id: 'InboundStatementResult' });

export const rejectShown = z
  .strictObject({
    reject: natural,
    source: z.string(),
    way: z.string(),
    line: natural.nullable(),
    code: errorCode,
    detail: z.string(),
    verbatim: z.string().describe('As it came; of what is long, the beginning.'),
    times: natural,
    receivedAt: shownInstant,
    lastAt: shownInstant,
    dismissed: z.strictObject({ at: shownInstant, by: z.string(), note: z.string() }).nullable(),
  })
  .meta({ id: 'InboundReject' });

export const fileShown = z
  .strictObject({
    source: z.string(),
    finishedAt: shownInstant,
    sha256: z.string(),
    report: z.looseObject({}).describe('As it lies beside the file.'),
  })
  .meta({ id: 'InboundFile' });

export const statementShown = z
  .strictObject({
    statement: natural,
    source: z.string(),
    location: z.string(),
    key: z.string(),
    asOf: shownInstant,
    receivedAt: shownInstant,
    lines: natural,
  })
  .meta({ id: 'StockStatement' });

export const stockLineShown = z.strictObject({ sku: z.string(), quantity: z.int() });

const productField = z.enum(PRODUCT_FIELDS);
const said = {
  source: z.string().describe('A code, or hand: entered by PUT /v1/products.'),
  value: z
    .string()
    .nullable()
    .describe('Null: it has nothing to say any more. A price is its smallest units and currency.'),
  saidAt: shownInstant,
};

export const productStatement = z
  .strictObject({
    statement: natural,
    field: productField,
    ...said,
    receivedAt: shownInstant,
    isCurrent: z.boolean(),
    isBelieved: z.boolean(),
  })
  .meta({ id: 'ProductStatement' });

export const productConflict = z
  .strictObject({
    sku: z.string(),
    field: productField,
    believed: z.string().nullable(),
    sayings: z.array(z.strictObject(said)),
  })
  .meta({ id: 'ProductConflict' });

export const rulesShown = z
  .strictObject({
    version: natural.describe('0: none was ever applied; who said it last is believed.'),
    rules: productRules,
    appliedAt: shownInstant.nullable(),
    appliedBy: z.string().nullable(),
    note: z.string().nullable(),
    weighedAt: shownInstant
      .nullable()
      .describe(
        'Since when all products are as it says; null: they are being weighed, or it is not in force any more.',
      ),
  })
  .meta({ id: 'ProductRulesVersion' });
