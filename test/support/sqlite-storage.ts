import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type BulkWriteRow,
  fillWithDefaultSettings,
  type RxDocumentData,
  type RxJsonSchema,
  type RxStorageInstance,
} from 'rxdb';
import { onTestFinished } from 'vitest';
import type { SeqCheckpoint } from '#agent/storage/sqlite/changes.ts';
import type { SqliteInternals } from '#agent/storage/sqlite/instance.ts';
import { getRxStorageSqlite, type SqliteStorageSettings } from '#agent/storage/sqlite/rx-storage.ts';

/** A small fact-like document for storage tests. */
export interface Item {
  id: string;
  kind: string;
  at: number;
  note?: string;
}

export type ItemInstance = RxStorageInstance<Item, SqliteInternals, Record<string, never>, SeqCheckpoint>;

/** A new folder that is removed when the test ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'shelfwire-storage-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export function itemSchema(change: Partial<RxJsonSchema<Item>> = {}): RxJsonSchema<Item> {
  return {
    version: 0,
    type: 'object',
    primaryKey: 'id',
    properties: {
      id: { type: 'string', maxLength: 60 },
      kind: { type: 'string', maxLength: 20 },
      at: { type: 'integer', minimum: 0, maximum: 1e15, multipleOf: 1 },
      note: { type: 'string' },
    },
    required: ['id', 'kind', 'at'],
    indexes: ['at', ['kind', 'at']],
    ...change,
  };
}

/** A storage instance straight over the folder, without an RxDatabase; closed when the test ends. */
export async function openItems(
  folder: string,
  change: Partial<RxJsonSchema<Item>> = {},
  settings: Partial<SqliteStorageSettings> & { collection?: string } = {},
): Promise<ItemInstance> {
  const { collection = 'items', ...storageSettings } = settings;
  const instance = await getRxStorageSqlite({ folder, ...storageSettings }).createStorageInstance<Item>({
    databaseInstanceToken: 'test',
    databaseName: 'store',
    collectionName: collection,
    schema: fillWithDefaultSettings(itemSchema(change)),
    options: {},
    multiInstance: false,
    devMode: false,
  });
  onTestFinished(() => instance.close());
  return instance as ItemInstance;
}

/** A stored item: `lwt` is RxDB's write time, `height` the revision. */
export function stored(
  item: Partial<Item> & { id: string },
  { deleted = false, lwt = 1000, height = 1 } = {},
): RxDocumentData<Item> {
  return { kind: 'sale', at: 1, ...item, _deleted: deleted, _attachments: {}, _rev: `${height}-t`, _meta: { lwt } };
}

/** Rows that insert items with these ids. */
export function inserts(ids: readonly string[], options: { lwt?: number } = {}): BulkWriteRow<Item>[] {
  return ids.map((id) => ({ document: stored({ id }, options) }));
}

export function numbered(prefix: string, count: number): string[] {
  return Array.from({ length: count }, (_, number) => `${prefix}${number}`);
}
