import type { RxJsonSchema } from 'rxdb';
import { LIMITS } from '#shared/protocol/limits.ts';
import type { PositionDocument as WirePosition } from '#shared/protocol/messages/pull.ts';
import { textField } from './fields.ts';

/** The hub's position of one sku in this store; `id` is `downId(sku)`. */
export type PositionDocument = WirePosition & { id: string };

export const positionsSchema: RxJsonSchema<PositionDocument> = {
  title: 'positions',
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: textField(LIMITS.skuChars + 1),
    sku: { type: 'string' },
    onHand: { type: 'integer' },
    damaged: { type: 'integer' },
    quarantined: { type: 'integer' },
    anchor: { type: ['object', 'null'] },
    journal: { type: 'integer' },
    watermark: { type: 'integer' },
  },
  required: ['id', 'sku', 'onHand', 'damaged', 'quarantined', 'journal', 'watermark'],
};
