import fc from 'fast-check';
import { fillWithDefaultSettings, type MangoQuery, type RxDocumentData } from 'rxdb';

/** A sale-like document with nested, optional and list fields. */
export interface Sold {
  id: string;
  kind: string;
  store: { code: string; open: boolean };
  quantity: number;
  price: number;
  note?: string | null;
  tags?: string[];
}

export const soldSchema = fillWithDefaultSettings<Sold>({
  version: 0,
  type: 'object',
  primaryKey: 'id',
  properties: {
    id: { type: 'string', maxLength: 20 },
    kind: { type: 'string', maxLength: 10 },
    store: {
      type: 'object',
      properties: { code: { type: 'string', maxLength: 10 }, open: { type: 'boolean' } },
      required: ['code', 'open'],
    },
    quantity: { type: 'integer', minimum: -100, maximum: 100, multipleOf: 1 },
    price: { type: 'number', minimum: 0, maximum: 1000, multipleOf: 0.01 },
    note: { type: ['string', 'null'] },
    tags: { type: 'array', items: { type: 'string' } },
  },
  required: ['id', 'kind', 'store', 'quantity', 'price'],
  indexes: [
    'kind',
    'quantity',
    ['kind', 'quantity'],
    ['store.code', 'price'],
    ['store.open', 'kind', 'price'],
    'price',
  ],
});

const kinds = fc.constantFrom('sale', 'return', 'count', 'Ärger', 'z😀', 'z\uffee');
const codes = fc.constantFrom('S1', 'S2', 'S10');
const quantities = fc.integer({ min: -5, max: 5 });
const prices = fc.integer({ min: 0, max: 400 }).map((cents) => cents / 100);
const notes = fc.constantFrom('red', 'blue', 'Red hat', null, undefined);

export const documents = fc
  .uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1, maxLength: 3, unit: fc.constantFrom('a', 'b', 'B', '1', '😀', '\uffee') }),
      kind: kinds,
      store: fc.record({ code: codes, open: fc.boolean() }),
      quantity: quantities,
      price: prices,
      note: notes,
      tags: fc.array(fc.constantFrom('new', 'old'), { maxLength: 2 }),
      deleted: fc.boolean(),
    }),
    { selector: ({ id }) => id, minLength: 5, maxLength: 60, size: 'max' },
  )
  .map((all) =>
    all.map(({ deleted, note, ...sold }): RxDocumentData<Sold> => ({
      ...sold,
      ...(note === undefined ? {} : { note }),
      _deleted: deleted && sold.quantity > 3,
      _attachments: {},
      _rev: '1-t',
      _meta: { lwt: 1000 },
    })),
  );

function ranges<Value>(values: fc.Arbitrary<Value>): fc.Arbitrary<Record<string, unknown>> {
  return fc.oneof(
    fc.record({ $eq: values }),
    fc.record({ $ne: values }),
    fc.record({ $gt: values }),
    fc.record({ $gte: values, $lt: values }),
    fc.record({ $gt: values, $gte: values, $lte: values }),
    fc.record({ $in: fc.array(values, { maxLength: 3 }) }),
    fc.record({ $nin: fc.array(values, { maxLength: 2 }) }),
    fc.record({ $not: fc.record({ $gt: values }) }),
    fc.constant({ $exists: true }),
  );
}

const fieldMatchers: Record<string, fc.Arbitrary<unknown>> = {
  id: ranges(fc.constantFrom('a', 'B1', '😀', 'ab')),
  kind: fc.oneof(ranges(kinds), fc.constant({ $regex: '^(s|z)' }), fc.constant({ $gt: 3 })),
  'store.code': ranges(codes),
  'store.open': fc.oneof(fc.record({ $eq: fc.boolean() }), fc.constant({ $gt: false })),
  quantity: ranges(quantities),
  price: ranges(prices),
  note: fc.constantFrom({ $regex: 'red', $options: 'i' }, { $eq: null }, { $exists: false }),
  tags: fc.constantFrom({ $size: 1 }, { $elemMatch: { $eq: 'new' } }),
};
/** Few conditions each, so that most queries find something. */
const leaf: fc.Arbitrary<object> = fc
  .uniqueArray(
    fc.oneof(...Object.entries(fieldMatchers).map(([field, matcher]) => fc.tuple(fc.constant(field), matcher))),
    { maxLength: 2, selector: ([field]) => field },
  )
  .map((pairs) => Object.fromEntries(pairs));

const selectors = fc
  .tuple(
    leaf,
    fc.option(fc.array(leaf, { minLength: 1, maxLength: 3 }), { freq: 1 }),
    fc.constantFrom('$or', '$and', '$nor'),
    fc.boolean(),
  )
  .map(([fields, parts, operator, alive]) =>
    Object.assign({}, fields, parts === null ? {} : { [operator]: parts }, alive ? { _deleted: { $eq: false } } : {}),
  );

const directions = fc.constantFrom<'asc' | 'desc'>('asc', 'desc');
const sortParts = fc
  .tuple(fc.constantFrom('kind', 'quantity', 'price', 'store.code', 'note', 'id'), directions)
  .map(([field, direction]) => ({ [field]: direction }));

export const queries = fc
  .record(
    {
      selector: selectors,
      sort: fc.uniqueArray(sortParts, { minLength: 1, maxLength: 3, selector: (part) => Object.keys(part)[0] }),
      skip: fc.integer({ min: 0, max: 5 }),
      limit: fc.integer({ min: 0, max: 20 }),
      index: fc.constantFrom(['_deleted', 'kind', 'quantity', 'id'], ['_deleted', 'price', 'id']),
    },
    { requiredKeys: ['selector'] },
  )
  .map((query) => query as unknown as MangoQuery<Sold>);
