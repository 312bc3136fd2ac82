import type { RxJsonSchema } from 'rxdb';

export interface KeptItem {
  id: string;
  kind: string;
  at: number;
  note?: string;
}

/** The schema of `Item`, for processes that run without the test runner. */
export function itemSchema(change: Partial<RxJsonSchema<KeptItem>> = {}): RxJsonSchema<KeptItem> {
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

/** The next schema version, with other indexes. */
export const migratedSchema = () => itemSchema({ version: 1, indexes: ['kind'] });

/** Done twice it would be seen. */
export const migrationStrategies = {
  1: (item: KeptItem): KeptItem => ({ ...item, kind: `${item.kind}+` }),
};
