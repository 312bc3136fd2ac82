import {
  fillWithDefaultSettings,
  INTERNAL_CONTEXT_COLLECTION,
  INTERNAL_STORAGE_NAME,
  INTERNAL_STORE_SCHEMA,
  type InternalStoreCollectionDocType,
} from 'rxdb';
import type { AnySchema, CopyPort } from './copy-port.ts';

const PAGE = 500;

export interface PlannedCollection {
  readonly collection: string;
  readonly schema: AnySchema;
}

export interface CopyPlan {
  readonly collections: readonly PlannedCollection[];
  /** What lies in the files and is no collection's any more: it is not copied. */
  readonly leftBehind: readonly string[];
}

/**
 * What is to be copied of a database: RxDB's own collection, and from what stands there every collection in every schema
 * version, with what belongs to it (checkpoints of replications, local documents).
 */
export async function planCopy(source: CopyPort): Promise<CopyPlan> {
  const internal: PlannedCollection = { collection: INTERNAL_STORAGE_NAME, schema: INTERNAL_STORE_SCHEMA as AnySchema };
  const present = await source.names();
  const isPresent = ({ collection, schema }: PlannedCollection) =>
    present.some((other) => other.collection === collection && other.version === schema.version);
  if (!isPresent(internal)) return { collections: [], leftBehind: present.map(label) };
  const known = [internal, ...(await readCollections(source, internal))];
  const collections = [...new Map(known.filter(isPresent).map((planned) => [labelOf(planned), planned])).values()];
  const labels = new Set(collections.map(labelOf));
  return { collections, leftBehind: present.map(label).filter((name) => !labels.has(name)) };
}

export const labelOf = ({ collection, schema }: PlannedCollection): string =>
  label({ collection, version: schema.version });

const label = ({ collection, version }: { collection: string; version: number }): string => `${collection} v${version}`;

async function readCollections(source: CopyPort, internal: PlannedCollection): Promise<PlannedCollection[]> {
  const port = await source.open(internal.collection, internal.schema);
  try {
    const found: PlannedCollection[] = [];
    for (let after = 0; ;) {
      const page = await port.read(after, PAGE);
      for (const { document, seq } of page) {
        after = seq;
        const { context, data, _deleted: isDeleted } = document as typeof document & InternalDocument;
        if (isDeleted || context !== INTERNAL_CONTEXT_COLLECTION) continue;
        found.push(planned(data.name, data.schema));
        for (const connected of data.connectedStorages) found.push(planned(connected.collectionName, connected.schema));
      }
      if (page.length < PAGE) return found;
    }
  } finally {
    await port.close();
  }
}

interface InternalDocument {
  context: string;
  data: InternalStoreCollectionDocType['data'];
}

function planned(collection: string, schema: unknown): PlannedCollection {
  const known = schema as AnySchema;
  return { collection, schema: fillWithDefaultSettings(known) };
}
