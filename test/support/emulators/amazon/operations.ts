import { randomUUID } from 'node:crypto';
import type { EmulatedAnswer } from '../channel-server.ts';
import type { ModelCall } from '../official-model.ts';
import { errorBody } from './buckets.ts';
import type { Feeds } from './feeds.ts';
import type { Listings } from './listings.ts';
import type { Orders } from './orders.ts';
import type { Reports } from './reports.ts';
import { confirmation } from './shipment.ts';

interface Parts {
  readonly listings: Listings;
  readonly orders: Orders;
  readonly feeds: Feeds;
  readonly reports: Reports;
  readonly marketplace: string;
  readonly violations: string[];
}

/** What each operation of the seller's APIs does. */
export class Operations {
  readonly #parts: Parts;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** `asked`: when the request came in. */
  act({ operation, parameters, body }: ModelCall, asked: number): EmulatedAnswer {
    const { listings, orders, feeds, reports, marketplace } = this.#parts;
    const included = (parameters['includedData'] ?? []) as string[];
    const missing = (what: string) => ({ status: 404, body: errorBody('NotFound', `${what} was not found.`) });
    switch (operation.name) {
      case 'searchListingsItems': {
        const skus = (parameters['identifiers'] ?? []) as string[];
        const items = skus.flatMap((sku) => listings.shown(sku, marketplace, included) ?? []);
        return { status: 200, body: { numberOfResults: items.length, items } };
      }
      case 'getListingsItem': {
        const item = listings.shown(String(parameters['sku']), marketplace, included);
        return item === undefined ? missing('The listing') : { status: 200, body: item };
      }
      case 'patchListingsItem':
        return this.#patch(String(parameters['sku']), body as Patch, asked);
      case 'createFeedDocument': {
        const id = feeds.addDocument((body as { contentType: string }).contentType);
        return { status: 201, body: { feedDocumentId: id, url: feeds.urlOf(id) } };
      }
      case 'createFeed': {
        const { feedType, inputFeedDocumentId: document } = body as { feedType: string; inputFeedDocumentId: string };
        const feedId = feeds.create(feedType, document, asked);
        if (feedId !== undefined) return { status: 202, body: { feedId } };
        return { status: 400, body: errorBody('InvalidInput', 'There is no such feed document.') };
      }
      case 'getFeeds': {
        const [types, since] = [parameters['feedTypes'] as string[], String(parameters['createdSince'])];
        return { status: 200, body: { feeds: feeds.list(types, since) } };
      }
      case 'getFeed': {
        const feed = feeds.shown(String(parameters['feedId']));
        return feed === undefined ? missing('The feed') : { status: 200, body: feed };
      }
      case 'getFeedDocument':
        return feeds.documentAnswer(String(parameters['feedDocumentId'])) ?? missing('The document');
      case 'searchOrders':
        return this.#search(parameters, included);
      case 'getOrder': {
        const order = orders.get(String(parameters['orderId']));
        if (order === undefined) return missing('The order');
        return { status: 200, body: { order: orders.shown(order, marketplace, included) } };
      }
      case 'getReports':
        return { status: 200, body: reports.list(parameters) };
      case 'getReportDocument':
        return reports.document(String(parameters['reportDocumentId'])) ?? missing('The document');
      default:
        throw new Error(`no ${operation.name} here`);
    }
  }

  #patch(sku: string, { patches }: Patch, asked: number): EmulatedAnswer {
    const [patch] = patches;
    const quantity = patch?.value?.[0]?.quantity;
    const issue = (code: string, message: string) => ({
      code,
      message,
      severity: 'ERROR',
      categories: ['INVALID_ATTRIBUTE'],
    });
    const isGood =
      patch?.op === 'merge' && patch.path === '/attributes/fulfillment_availability' && typeof quantity === 'number';
    const answer = { sku, submissionId: randomUUID().replaceAll('-', '') };
    if (!isGood) this.#parts.violations.push(`a patch of ${sku} that means nothing`);
    const wrong = !isGood
      ? issue('90220', 'It is required but not supplied.')
      : this.#parts.listings.get(sku) === undefined
        ? issue('13013', 'This SKU is not in our catalog.')
        : quantity > 99_999_999
          ? issue('90225', 'The value is too large.')
          : undefined;
    if (wrong !== undefined) return { status: 200, body: { ...answer, status: 'INVALID', issues: [wrong] } };
    this.#parts.listings.accept(sku, quantity ?? 0, asked);
    return { status: 200, body: { ...answer, status: 'ACCEPTED', issues: [] } };
  }

  #search(parameters: ModelCall['parameters'], included: readonly string[]): EmulatedAnswer {
    const since = Date.parse(String(parameters['lastUpdatedAfter']));
    const most = Number(parameters['maxResultsPerPage'] ?? 100);
    const from = Number(parameters['paginationToken'] ?? 0);
    const all = this.#parts.orders.changedSince(since);
    const orders = all
      .slice(from, from + most)
      .map((order) => this.#parts.orders.shown(order, this.#parts.marketplace, included));
    const nextToken = from + most < all.length ? { nextToken: String(from + most) } : {};
    return { status: 200, body: { orders, pagination: nextToken, lastUpdatedBefore: new Date().toISOString() } };
  }

  /** confirmShipment of the Orders API v0. */
  confirm(id: string, text: string): EmulatedAnswer {
    const parsed = confirmation.safeParse(JSON.parse(text));
    const order = this.#parts.orders.get(id);
    const [item] = parsed.success ? parsed.data.packageDetail.orderItems : [];
    if (!parsed.success || order === undefined || item?.orderItemId !== order.item) {
      this.#parts.violations.push(
        `confirmShipment of ${id}: ${parsed.success ? 'no such order' : parsed.error.message}`,
      );
      return { status: 400, body: errorBody('InvalidInput', 'The shipment cannot be confirmed.') };
    }
    const why = this.#parts.orders.ship(id, parsed.data.packageDetail.packageReferenceId, item.quantity);
    return why === undefined ? { status: 204 } : { status: 400, body: errorBody('InvalidInput', why) };
  }

  /** An order acknowledgement that refuses whole lines. */
  cancelByFeed(text: string): { status: 'DONE' } {
    const id = /<AmazonOrderID>([^<]+)<\/AmazonOrderID>/.exec(text)?.[1] ?? '';
    const order = this.#parts.orders.get(id);
    const isWhole =
      text.includes('<StatusCode>Failure</StatusCode>') && text.includes(`<AmazonOrderItemCode>${order?.item}<`);
    if (order === undefined || !isWhole) this.#parts.violations.push(`a cancellation of ${id} that means nothing`);
    else if (this.#parts.orders.shipped(order) === 0) this.#parts.orders.cancel(id, 'MERCHANT');
    return { status: 'DONE' };
  }
}

interface Patch {
  readonly patches: readonly { op: string; path: string; value?: readonly { quantity?: number }[] }[];
}
