import {
  normalizeMangoQuery,
  prepareQuery,
  type MangoQuery,
  type PreparedQuery,
  type RxCollection,
  type RxDocumentData,
} from 'rxdb';

const PAGE = 2_000;

/** A query for the collection's storage, without deleted documents, as RxDB itself would ask it. */
export function preparePlain<Doc>(collection: RxCollection<Doc>, query: MangoQuery<Doc>): PreparedQuery<Doc> {
  const schema = collection.schema.jsonSchema;
  const normal = normalizeMangoQuery(schema, query);
  return prepareQuery(schema, { ...normal, selector: { ...normal.selector, _deleted: { $eq: false } } });
}

/** Documents as plain data, without an RxDocument and a place in its cache for each. */
export async function queryPlain<Doc>(
  collection: RxCollection<Doc>,
  query: MangoQuery<Doc>,
): Promise<RxDocumentData<Doc>[]> {
  return (await collection.storageInstance.query(preparePlain(collection, query))).documents;
}

/** Every document, in the order of ids, without all of them in memory at once. */
export async function* readPlain<Doc extends { id: string }>(
  collection: RxCollection<Doc>,
): AsyncGenerator<readonly RxDocumentData<Doc>[]> {
  for (let last = ''; ;) {
    const query = { selector: { id: { $gt: last } }, sort: [{ id: 'asc' }], limit: PAGE } as MangoQuery<Doc>;
    const page = await queryPlain(collection, query);
    if (page.length > 0) yield page;
    if (page.length < PAGE) return;
    last = page.at(-1)?.id ?? last;
  }
}

export async function countPlain<Doc>(collection: RxCollection<Doc>, query: MangoQuery<Doc>): Promise<number> {
  return (await collection.storageInstance.count(preparePlain(collection, query))).count;
}
