import { z } from 'zod';
import { LIMITS } from '#shared/protocol/limits.ts';
import type { Inbound } from '#hub/inbound/inbound.ts';
import type { WebhookResult } from '#hub/inbound/webhook/receive.ts';
import { factResult, productResult, statementResult } from './answers/inbound.ts';
import { toFactResult, toProductResult, toStatementResult } from './inbound.ts';
import { sourceParams } from './inbound-sources.ts';
import { route, type Route } from './route.ts';

/** POST /v1/inbound-webhooks/:source: no key opens it, what is not signed by a secret of the source is refused (X1). */
export function inboundWebhookRoutes(inbound: Inbound): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/inbound-webhooks/:source',
      access: 'open',
      summary:
        'For sources: a message signed as Standard Webhooks have it, `{"type": "inbound.facts" | "inbound.products" | "inbound.stock", "data"}`. Taken once, however often it is sent.',
      params: sourceParams,
      rawBody: true,
      bodyBytesMax: LIMITS.requestBytes,
      answer: z.strictObject({
        isNew: z.boolean(),
        results: z
          .array(z.union([factResult, productResult, statementResult]))
          .describe('Empty when it was taken before.'),
      }),
      problems: ['INBOUND_SIGNATURE_INVALID', 'INBOUND_INVALID', 'INBOUND_CLOSED', 'CHANNEL_KEY_MISSING'],
      idempotencyKey: 'none',
      async handle({ params, headers, raw }) {
        const { isNew, results } = await inbound.webhook(params.source, { headers, body: raw });
        return { body: { isNew, results: results.map(toResult) } };
      },
    }),
  ];
}

function toResult(result: WebhookResult) {
  if ('use' in result) return toStatementResult(result);
  return 'sku' in result ? toProductResult(result) : toFactResult(result);
}
