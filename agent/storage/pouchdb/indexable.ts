import { getSchemaByObjectPath, objectPathMonad } from 'rxdb';
import type { Schema } from './content.ts';

/**
 * Makes the check that a document can be put into the indexes of the memory storage: a text field holds a text there, a
 * number field a number. RxDB's memory storage would fail after the write, when the document is on disk already, and at
 * every open from then on. Throws TypeError.
 */
export function indexableCheck<RxDocType>(schema: Schema<RxDocType>): (document: object) => void {
  const fields = [...new Set((schema.indexes ?? []).flat())].flatMap((field) => {
    const wanted = typeOf(getSchemaByObjectPath(schema, field)?.type);
    return wanted === undefined ? [] : [{ field, wanted, read: objectPathMonad<object, unknown>(field) }];
  });
  return (document) => {
    for (const { field, wanted, read } of fields) {
      const value = read(document);
      // Without a value, or with null, it stands before all others.
      if (value === undefined || value === null || typeof value === wanted) continue;
      throw new TypeError(`The indexed field "${field}" must be a ${wanted}, it is a ${typeof value}.`);
    }
  };
}

function typeOf(schemaType: unknown): 'string' | 'number' | undefined {
  if (schemaType === 'string') return 'string';
  return schemaType === 'number' || schemaType === 'integer' ? 'number' : undefined;
}
