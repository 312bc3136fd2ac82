import { csvFormat } from './csv/csv.ts';
import { isFileFeed, type Feed, type FileFeed } from './feeds.ts';
import type { FileFormat } from './files/file-format.ts';
import { FileSource } from './files/file-source.ts';
import { poslogFormat } from './poslog/poslog.ts';
import { erpnextInvoices } from './erpnext/erpnext-invoices.ts';
import { odooOrders } from './odoo/odoo-orders.ts';
import { PullSource } from './pull/pull-source.ts';
import type { PosSource, SourceContext } from './source.ts';

/** What sources that are made by configuration need. */
export interface SourceParts extends SourceContext {
  /** Where sources keep what they must remember. */
  readonly stateFolder: string;
}

/** The source that a feed asks for, not started yet. A new kind is one line here, and its schema among the feeds. */
export function configuredSource(feed: Feed, parts: SourceParts): PosSource {
  const { stateFolder, ...context } = parts;
  if (isFileFeed(feed)) return new FileSource(formatOf(feed), context, stateFolder);
  const reader = feed.kind === 'odoo' ? odooOrders(feed) : erpnextInvoices(feed);
  return new PullSource(feed, reader, context, stateFolder);
}

/** What the files of a feed are made of. */
export const formatOf = (feed: FileFeed): FileFormat => (feed.kind === 'poslog' ? poslogFormat(feed) : csvFormat(feed));
