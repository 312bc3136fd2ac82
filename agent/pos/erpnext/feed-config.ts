import { z } from 'zod';
import { isTimeZone } from '#shared/files/local-time.ts';
import { pullFeed, tillNames } from '../pull/pull-feed.ts';

/** POS invoices of an ERPNext. The secret is "API-KEY:API-SECRET". */
export const erpnextFeed = z.strictObject({
  ...pullFeed,
  kind: z.literal('erpnext'),
  /** That of the site (System Settings): its times have none. */
  timeZone: z.string().refine(isTimeZone, 'must be an IANA time zone such as "Europe/London"'),
  /** Names of POS profiles. */
  tills: tillNames,
});
export type ErpnextFeed = z.infer<typeof erpnextFeed>;
