import type { RxJsonSchema } from 'rxdb';
import { LIMITS } from '#shared/protocol/limits.ts';
import { textField } from './fields.ts';

/** A product, from the hub. */
export interface ProductDocument {
  /** `downId(sku)`. */
  id: string;
  sku: string;
  name: string;
  gtin: string | null;
}

export const productsSchema: RxJsonSchema<ProductDocument> = {
  title: 'products',
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: textField(LIMITS.skuChars + 1),
    sku: { type: 'string' },
    name: { type: 'string' },
    gtin: { type: ['string', 'null'] },
  },
  required: ['id', 'sku', 'name'],
};
