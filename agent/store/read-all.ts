import { normalizeMangoQuery, prepareQuery, type RxCollection, type RxDocumentData } from 'rxdb';

/** Every document of a collection as plain data, without an RxDocument for each. */
export async function readAll<Doc>(collection: RxCollection<Doc>): Promise<RxDocumentData<Doc>[]> {
  const schema = collection.schema.jsonSchema;
  const { documents } = await collection.storageInstance.query(prepareQuery(schema, normalizeMangoQuery(schema, {})));
  return documents;
}
