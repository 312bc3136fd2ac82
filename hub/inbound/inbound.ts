import { snapshot } from '#hub/db/snapshot.ts';
import type { SignedRequest } from '#hub/outbox/signature.ts';
import type { Within } from '#hub/db/transaction.ts';
import { takeProducts, type ProductResult } from './products/take-products.ts';
import { requireOpenSource } from './source.ts';
import type { InboundSources } from './sources.ts';
import { takeStatement, type StatementResult } from './stock/take-statement.ts';
import { takeFacts, type ItemResult } from './take-facts.ts';
import { itemOf, receiveWebhook, type Received, type ReceiveParts } from './webhook/receive.ts';

/** What sources tell, by the API and by webhooks. Each throws NOT_FOUND, INBOUND_CLOSED, DB_UNAVAILABLE. */
export class Inbound {
  readonly sources: InboundSources;
  readonly #parts: ReceiveParts;

  constructor(parts: ReceiveParts) {
    this.sources = parts.sources;
    this.#parts = parts;
  }

  async facts(code: string, items: readonly unknown[], within?: Within): Promise<ItemResult[]> {
    return takeFacts(this.#parts, await this.#open(code), items.map(itemOf), 'api', within);
  }

  async products(code: string, items: readonly unknown[], within?: Within): Promise<ProductResult[]> {
    return takeProducts(this.#parts, await this.#open(code), items.map(itemOf), 'api', within);
  }

  async stock(code: string, statement: unknown, within?: Within): Promise<StatementResult> {
    return takeStatement(this.#parts, await this.#open(code), itemOf(statement), 'api', within);
  }

  /** Throws INBOUND_SIGNATURE_INVALID, INBOUND_INVALID too. */
  webhook(code: string, request: SignedRequest): Promise<Received> {
    return receiveWebhook(this.#parts, code, request);
  }

  #open(code: string) {
    return snapshot(this.#parts.pool, (client) => requireOpenSource(client, code));
  }
}
