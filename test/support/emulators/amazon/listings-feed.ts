import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ValidateFunction } from 'ajv';
import type { FeedStatus } from './feeds.ts';
import type { Listings } from './listings.ts';

/** How the next feed ends, in place of well. */
export interface FeedFate {
  readonly status?: FeedStatus;
  /** Only so many of its messages are worked at. */
  readonly applies?: number;
  /** In place of the report; null: there is none. */
  readonly report?: string | null;
  /** Changes the report before it is given. */
  readonly bend?: (report: FeedReport) => void;
}

export interface FeedReport {
  readonly header: object;
  readonly issues: { messageId?: number; sku?: string; code?: string; severity: string; message: string }[];
  readonly summary: Record<string, number>;
}

interface Message {
  readonly messageId: number;
  readonly sku: string;
  readonly operationType: string;
  readonly patches: readonly { op: string; path: string; value: readonly { quantity: number }[] }[];
}

const compile = (name: string): ValidateFunction => {
  const file = join(import.meta.dirname, '../../../data/amazon', name);
  return new Ajv({ strict: false, logger: false, allErrors: true }).compile(JSON.parse(readFileSync(file, 'utf8')));
};
const isFeed = compile('listings-feed-schema-v2.json');
const isMessage = compile('listings-feed-message-schema-v2.json');
const isReport = compile('listings-feed-processing-report-schema-v2.json');

/** Works at a JSON_LISTINGS_FEED. Feed and report are held against Amazon's schemas. */
export function workListingsFeed(
  listings: Listings,
  text: string,
  { id, asked, fate, violations }: { id: string; asked: number; fate: FeedFate; violations: string[] },
): { status: FeedStatus; report?: string } {
  const feed = JSON.parse(text) as { header: { sellerId: string }; messages: Message[] };
  const wrong = [...(isFeed(feed) ? [] : (isFeed.errors ?? [])), ...firstWrong(feed.messages)];
  if (wrong.length > 0) violations.push(`feed: ${wrong.map(({ message }) => message).join('; ')}`);
  if (feed.messages.length > 25_000) violations.push('feed: more than 25,000 messages');
  const issues: FeedReport['issues'] = [];
  const worked = feed.messages.slice(0, fate.applies ?? feed.messages.length);
  for (const { messageId, sku, patches } of worked) {
    if (listings.get(sku) === undefined) {
      issues.push({ messageId, sku, code: '13013', severity: 'ERROR', message: 'This SKU is not in our catalog.' });
    } else listings.accept(sku, patches[0]!.value[0]!.quantity, asked);
  }
  const invalid = issues.length;
  const report: FeedReport = {
    header: { sellerId: feed.header.sellerId, version: '2.0', feedId: id },
    issues,
    summary: {
      errors: invalid,
      warnings: 0,
      messagesProcessed: worked.length,
      messagesAccepted: worked.length - invalid,
      messagesInvalid: invalid,
    },
  };
  if (!isReport(report)) violations.push(`report: ${JSON.stringify(isReport.errors)}`);
  fate.bend?.(report);
  const status = fate.status ?? 'DONE';
  if (fate.report === null || (status === 'FATAL' && fate.report === undefined && fate.bend === undefined))
    return { status };
  return { status, report: fate.report ?? JSON.stringify(report) };
}

function firstWrong(messages: readonly Message[]): { message?: string | undefined }[] {
  for (const message of messages) {
    const { messageId } = message;
    if (!isMessage(message)) return [{ message: `message ${messageId}: ${JSON.stringify(isMessage.errors?.[0])}` }];
  }
  return [];
}
