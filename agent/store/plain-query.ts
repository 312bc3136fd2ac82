import {
  normalizeMangoQuery,
  prepareQuery,
  type MangoQuery,
  type PreparedQuery,
  type RxCollection,
  type RxDocumentData,
} from 'rxdb';

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

export async function countPlain<Doc>(collection: RxCollection<Doc>, query: MangoQuery<Doc>): Promise<number> {
  return (await collection.storageInstance.count(preparePlain(collection, query))).count;
}
