import { z } from 'zod';
import { pullFeed, tillNames } from '../pull/pull-feed.ts';

/** Orders of the tills of an Odoo 19. The secret is an API key. */
export const odooFeed = z.strictObject({
  ...pullFeed,
  kind: z.literal('odoo'),
  database: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'must be the name of a database'),
  /** Names of points of sale (`pos.config`). */
  tills: tillNames,
  /** What is taken for the sku; the other one where it is missing. */
  sku: z.enum(['default_code', 'barcode']).default('default_code'),
});
export type OdooFeed = z.infer<typeof odooFeed>;
