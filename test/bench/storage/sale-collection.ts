import { createRxDatabase, type RxCollection, type RxDatabase, type RxJsonSchema } from 'rxdb';
import type { AnyStorage } from '#agent/store/database.ts';
import { makeSales } from '../sales.ts';

/** A sale as a plain document: what any of the storages could be asked to keep. */
export interface SaleDocument {
  id: string;
  kind: string;
  at: number;
  body: object;
}

const instant = { type: 'integer', minimum: 0, maximum: 4_102_444_800_000, multipleOf: 1 } as const;

const schema: RxJsonSchema<SaleDocument> = {
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: { type: 'string', maxLength: 64 },
    kind: { type: 'string', maxLength: 16 },
    at: instant,
    body: { type: 'object' },
  },
  required: ['id', 'kind', 'at', 'body'],
  indexes: [['kind', 'at'], ['at']],
};

export const DAY_MS = 86_400_000;
export const BEGIN_AT = 1_760_000_000_000;
/** A small shop. */
const SALES_A_DAY = 200;

export interface SaleStore {
  readonly database: RxDatabase;
  readonly sales: RxCollection<SaleDocument>;
}

export async function openSales(storage: AnyStorage): Promise<SaleStore> {
  const database = await createRxDatabase({ name: 'bench', storage, multiInstance: false, eventReduce: false });
  const { sales } = await database.addCollections({ sales: { schema } });
  return { database, sales: sales as RxCollection<SaleDocument> };
}

/** Sales of day after day; `before` have been made already. */
export function saleDocuments(amount: number, prefix: string, before = 0): SaleDocument[] {
  return makeSales(amount, { beginAt: BEGIN_AT, prefix }).map(({ key, content }, place) => ({
    id: key,
    kind: content.kind,
    at: BEGIN_AT + Math.floor(((before + place) * DAY_MS) / SALES_A_DAY),
    body: content.body,
  }));
}
