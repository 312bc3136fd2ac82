import { z } from 'zod';
import { condition, currency, sku, text } from '#shared/protocol/fields.ts';
import { endingsOf, folderFeed } from '../files/folder-feed.ts';

/** A feed of POSLog files (ARTS / OMG, 2.x and 6). */
export const poslogFeed = z.strictObject({
  ...folderFeed,
  kind: z.literal('poslog'),
  endings: endingsOf('.xml'),
  /** What the tills call this store (RetailStoreID, UnitID): transactions of another are refused. Left out: any. */
  store: text.optional(),
  /** Of transactions that name none. */
  currency: currency.optional(),
  /** What is taken for the sku; the other one where it is missing. */
  sku: z.enum(['ItemID', 'POSItemID']).default('ItemID'),
  /** Tills write article numbers with zeros in front: as they are, or without. */
  leadingZeros: z.enum(['keep', 'strip']).default('keep'),
  /** Types of items that have stock; lines of others are kept without movements. */
  stockTypes: z.array(text).max(50).default(['Stock']),
  /** How goods by weight move stock: not at all, or one piece a line. */
  weighed: z.enum(['service', 'piece']).default('service'),
  returnCondition: condition.default('sellable'),
  /** Lines for money that no line of the till explains, so that the total is the receipt's. */
  differenceSku: sku.default('DIFFERENCE'),
  taxSku: sku.default('TAX'),
});
export type PoslogFeed = z.infer<typeof poslogFeed>;
