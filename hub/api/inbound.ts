import { z } from 'zod';
import type { ErrorCode } from '#shared/protocol/errors.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import type { Inbound } from '#hub/inbound/inbound.ts';
import { MESSAGE_ITEMS_MAX } from '#hub/inbound/items/message.ts';
import { stockItem } from '#hub/inbound/items/stock-item.ts';
import type { ProductResult } from '#hub/inbound/products/take-products.ts';
import type { StatementResult } from '#hub/inbound/stock/take-statement.ts';
import type { ItemResult } from '#hub/inbound/take-facts.ts';
import { factResult, productResult, statementResult } from './answers/inbound.ts';
import { sourceParams } from './inbound-sources.ts';
import { route, type Route } from './route.ts';

const items = (what: string) =>
  z.array(z.unknown().describe(what)).min(1).max(MESSAGE_ITEMS_MAX).describe('Each is taken or refused for itself.');
const facts = items('kind, location, key, correlationId (optional), body: hub/inbound/README.md');
const products = items('sku, and what is said of it: name, gtin, category, price, deleted; saidAt (optional)');
const CLOSED = ['NOT_FOUND', 'INBOUND_CLOSED'] as const;

/** /v1/inbound: what sources tell by the API. Repeated, it changes nothing: each item has its own key. */
export function inboundRoutes(inbound: Inbound): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/inbound/:source/facts',
      access: 'inbound:write',
      summary: `Receipts, transfers, adjustments, shipments and other facts of a source, up to ${MESSAGE_ITEMS_MAX}, each with its own result.`,
      params: sourceParams,
      bodyBytesMax: LIMITS.requestBytes,
      body: z.strictObject({ facts }),
      answer: z.strictObject({ results: z.array(factResult) }),
      problems: CLOSED,
      async handle({ params, body }) {
        const results = await inbound.facts(params.source, body.facts);
        return { body: { results: results.map(toFactResult) } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/inbound/:source/products',
      access: 'inbound:write',
      summary: `What a source says of up to ${MESSAGE_ITEMS_MAX} products and their prices; the rules say whom to believe.`,
      params: sourceParams,
      bodyBytesMax: LIMITS.requestBytes,
      body: z.strictObject({ products }),
      answer: z.strictObject({ results: z.array(productResult) }),
      problems: CLOSED,
      async handle({ params, body }) {
        const results = await inbound.products(params.source, body.products);
        return { body: { results: results.map(toProductResult) } };
      },
    }),
    route({
      method: 'post',
      path: '/v1/inbound/:source/stock',
      access: 'inbound:write',
      summary:
        'A snapshot of stock at one location: counted, kept to be compared with, or ignored, as the source is set.',
      params: sourceParams,
      bodyBytesMax: LIMITS.requestBytes,
      body: stockItem,
      answer: statementResult,
      problems: CLOSED,
      handle: async ({ params, body }) => ({ body: toStatementResult(await inbound.stock(params.source, body)) }),
    }),
  ];
}

interface Why {
  readonly code?: ErrorCode;
  readonly detail?: string;
}

const why = ({ code, detail }: Why) => ({ code: code ?? null, detail: detail ?? null });

export function toFactResult(result: ItemResult) {
  const { status, key } = result;
  return { status, key, fact: 'fact' in result ? result.fact : null, ...why(result) };
}

export function toProductResult(result: ProductResult) {
  return { status: result.status, sku: result.sku, ...why('code' in result ? result : {}) };
}

export function toStatementResult(result: StatementResult) {
  const { status, key, use, hasAgent, lines, rejectedLines } = result;
  return { status, key, use, hasAgent, lines, rejectedLines, ...why(result) };
}
