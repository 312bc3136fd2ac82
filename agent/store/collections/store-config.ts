import type { RxJsonSchema } from 'rxdb';
import { LIMITS } from '#shared/protocol/limits.ts';
import type { StoreConfigDocument as WireStoreConfig } from '#shared/protocol/messages/pull.ts';
import { textField } from './fields.ts';

/** One setting of the store, from the hub; `id` is `downId(name)`. */
export type StoreConfigDocument = WireStoreConfig & { id: string };

export const storeConfigSchema: RxJsonSchema<StoreConfigDocument> = {
  title: 'storeConfig',
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: textField(LIMITS.textChars + 1),
    name: { type: 'string' },
    // Any JSON value: RxDB's schema type has no word for that.
    value: {},
    store: { type: 'string' },
  },
  required: ['id', 'name', 'store'],
};
