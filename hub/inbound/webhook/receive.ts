import type { Pool } from 'pg';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { jsonTextOf } from '#shared/protocol/json-text.ts';
import { withRetries, type Within } from '#hub/db/transaction.ts';
import { readSigned, type SignedRequest } from '#hub/outbox/signature.ts';
import { inboundMessage, type InboundMessage } from '../items/message.ts';
import { takeProducts, type ProductResult } from '../products/take-products.ts';
import { insertRejects } from '../rejects.ts';
import type { Source } from '../source.ts';
import type { InboundSources } from '../sources.ts';
import { takeStatement, type StatementResult } from '../stock/take-statement.ts';
import { takeFacts, type Item, type ItemResult, type TakeParts } from '../take-facts.ts';

export interface ReceiveParts extends TakeParts {
  readonly sources: InboundSources;
}

export type WebhookResult = ItemResult | ProductResult | StatementResult;

/** Whether a message was new, and what became of its items. */
export interface Received {
  readonly isNew: boolean;
  readonly results: readonly WebhookResult[];
}

const SEEN = 'SELECT FROM inbound_messages WHERE source_no = $1 AND message_id = $2';
const NOTE = 'INSERT INTO inbound_messages (source_no, message_id) VALUES ($1, $2) ON CONFLICT DO NOTHING';

const REFUSED = {
  unsigned: 'It is not signed.',
  signature: 'Its signature is by no secret of the source.',
  age: 'It was signed too long ago, or by a clock that is ahead.',
} as const;

/**
 * Takes a webhook of a source once: its id is noted in the transaction of its last item, so what was taken is known, and what is
 * repeated changes nothing. Throws INBOUND_SIGNATURE_INVALID (also for a source that is not there), INBOUND_INVALID, INBOUND_CLOSED.
 */
export async function receiveWebhook(parts: ReceiveParts, code: string, request: SignedRequest): Promise<Received> {
  const { pool, clock } = parts;
  const found = await parts.sources.findSigning(code);
  // Whoever may not know which sources there are learns nothing.
  if (found === undefined) throw refused(REFUSED.signature);
  const { source, secrets } = found;
  const signed = readSigned(request, secrets, clock.now());
  if ('refused' in signed) throw refused(REFUSED[signed.refused]);
  if (source.state !== 'active') throw new ShelfwireError('INBOUND_CLOSED', `The source "${code}" is ${source.state}.`);
  const name = [source.source, signed.id];
  if (((await pool.query(SEEN, name)).rowCount ?? 0) > 0) return { isNew: false, results: [] };
  const message = await readKept(pool, source, request.body, `webhook ${signed.id}`);
  const results = await take(parts, source, message, `webhook ${signed.id}`, async (client) => {
    await client.query(NOTE, name);
  });
  return { isNew: true, results };
}

function take(
  parts: TakeParts,
  source: Source,
  message: InboundMessage,
  way: string,
  noted: Within,
): Promise<readonly WebhookResult[]> {
  if (message.type === 'inbound.facts') return takeFacts(parts, source, message.data.facts.map(itemOf), way, noted);
  if (message.type === 'inbound.products') {
    return takeProducts(parts, source, message.data.products.map(itemOf), way, noted);
  }
  return takeStatement(parts, source, itemOf(message.data), way, noted).then((result) => [result]);
}

/** An item of a request. */
export function itemOf(given: unknown): Item {
  return { given, verbatim: () => jsonTextOf(given), line: null };
}

/** What is signed and cannot be read is kept as it came (F5). */
async function readKept(pool: Pool, source: Source, body: Buffer, way: string): Promise<InboundMessage> {
  try {
    return readMessage(body);
  } catch (error) {
    if (!(error instanceof ShelfwireError)) throw error;
    const { code, message: detail } = error;
    const verbatim = body.toString('utf8');
    await withRetries(() => insertRejects(pool, source.source, [{ way, line: null, code, detail, verbatim }]));
    throw error;
  }
}

function readMessage(body: Buffer): InboundMessage {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(body));
  } catch (cause) {
    throw new ShelfwireError('INBOUND_INVALID', 'The message is no JSON.', { cause });
  }
  const parsed = inboundMessage.safeParse(value);
  if (!parsed.success) throw new ShelfwireError('INBOUND_INVALID', describeIssues(parsed.error));
  return parsed.data;
}

function refused(detail: string): ShelfwireError {
  return new ShelfwireError('INBOUND_SIGNATURE_INVALID', detail);
}
