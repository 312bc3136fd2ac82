import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  buildSchema,
  executeSync,
  getDirectiveValues,
  parse,
  validate,
  type DocumentNode,
  type FieldNode,
  type GraphQLResolveInfo,
  type SelectionSetNode,
} from 'graphql';
import type { Random } from '#shared/runtime/random.ts';
import { ChannelServer, type EmulatedAnswer, type EmulatedRequest } from './channel-server.ts';
import type { EmulatedChannel } from './emulated-channel.ts';
import { ShopifyOrders, type FulfilArguments, type PrepareArguments, type RefundArguments } from './shopify-orders.ts';

const SCHEMA = buildSchema(readFileSync(join(import.meta.dirname, '../../data/shopify/admin-2026-10.graphql'), 'utf8'));
const IDEMPOTENT = SCHEMA.getDirective('idempotent')!;
/** Shopify's own bounds. */
const [ARRAY_MAX, QUERY_COST_MAX, MUTATION_COST] = [250, 1_000, 10];
const LOCATION = 'gid://shopify/Location/1';

interface Item {
  readonly id: string;
  readonly sku: string;
  quantity: number;
  /** Values that it had, newest last, with when they came. */
  readonly past: { quantity: number; at: number }[];
  readonly set: number[];
  lastCall: number;
}

export interface ShopOptions {
  /** Points a second, and at once. */
  readonly restoreRate?: number;
  readonly maximum?: number;
  /** So long a read may show what was before. */
  readonly readLagMs?: number;
  /** Time for its quota, ms. */
  readonly clock?: () => number;
}

interface SetArguments {
  readonly input: {
    readonly name: string;
    readonly referenceDocumentUri?: string;
    readonly quantities: readonly {
      readonly inventoryItemId: string;
      readonly locationId: string;
      readonly quantity: number;
      readonly changeFromQuantity?: number | null;
    }[];
  };
}

/** A Shopify shop's Admin API: every request is held against the official schema, and costs points. */
export class ShopifyShop implements EmulatedChannel {
  readonly server: ChannelServer;
  readonly account;
  readonly violations: string[] = [];
  olderOverNewer = 0;
  requests = 0;
  /** Points that were spent. */
  spent = 0;
  readonly #options: Required<ShopOptions>;
  readonly #credentials;
  readonly #random: Random;
  readonly #items = new Map<string, Item>();
  readonly #orders = new ShopifyOrders(LOCATION);
  readonly #keys = new Map<string, { readonly given: string; readonly answer: unknown; readonly failed: boolean }>();
  #points: number;
  #at: number;

  private constructor(server: ChannelServer, random: Random, options: Required<ShopOptions>) {
    this.server = server;
    this.#random = random;
    this.#options = options;
    this.#points = options.maximum;
    this.#at = options.clock();
    this.#credentials = {
      accessToken: `shpat_${randomBytes(16).toString('hex')}`,
      clientSecret: randomBytes(16).toString('hex'),
    };
    this.account = {
      kind: 'shopify',
      settings: { locationId: LOCATION, country: 'DE', pollOrdersSeconds: 10 },
      credentials: this.#credentials,
    };
  }

  static async start(random: Random, options: ShopOptions = {}): Promise<ShopifyShop> {
    const whole = { restoreRate: 2_000, maximum: 10_000, readLagMs: 15, clock: () => performance.now(), ...options };
    let self: ShopifyShop | undefined;
    const server = await ChannelServer.start(random, (request) => self?.take(request) ?? { status: 503 });
    self = new ShopifyShop(server, random, whole);
    return self;
  }

  take({ path, headers, text }: EmulatedRequest): EmulatedAnswer {
    if (headers['x-shopify-access-token'] !== this.#credentials.accessToken) {
      return { status: 401, body: { errors: '[API] Invalid API key or access token' } };
    }
    if (path !== '/admin/api/2026-10/graphql.json') return { status: 404, body: { errors: 'Not Found' } };
    const { query, variables } = JSON.parse(text) as { query: string; variables: Record<string, unknown> };
    const document = parse(query);
    const wrong = validate(SCHEMA, document);
    if (wrong.length > 0) return this.#refuse(wrong.map(({ message }) => message).join('; '));
    if (longestArray(variables) > ARRAY_MAX) return this.#refuse('The input array is too long.');
    const isMutation = document.definitions.some((one) => 'operation' in one && one.operation === 'mutation');
    const has = this.#left();
    if (isMutation && has < MUTATION_COST) return this.#throttled(MUTATION_COST);
    const { data, errors } = executeSync({
      schema: SCHEMA,
      document,
      rootValue: this.#root(),
      variableValues: variables,
    });
    if (errors !== undefined) return this.#refuse(errors.map(({ message }) => message).join('; '));
    const requested = isMutation ? MUTATION_COST : requestedCost(document, variables);
    if (requested > QUERY_COST_MAX) {
      this.violations.push(`a query of ${requested} points`);
      return { status: 200, body: { errors: [{ message: 'too much', extensions: { code: 'MAX_COST_EXCEEDED' } }] } };
    }
    if (has < requested) return this.#throttled(requested);
    const cost = isMutation ? MUTATION_COST : objectsIn(data);
    this.#points -= cost;
    this.spent += cost;
    this.requests += 1;
    return { status: 200, body: { data, extensions: this.#extensions(requested, cost) } };
  }

  list(skus: readonly string[], quantity: number): void {
    for (const sku of skus) {
      const id = `gid://shopify/InventoryItem/${this.#items.size + 1}`;
      this.#items.set(id, { id, sku, quantity, past: [{ quantity, at: -Infinity }], set: [], lastCall: 0 });
    }
  }
  says(sku: string): number | undefined {
    return this.#bySku(sku)?.quantity;
  }
  edit(sku: string, quantity: number): void {
    this.#change(this.#bySku(sku)!, quantity);
  }
  numbersOf(sku: string): readonly number[] {
    return this.#bySku(sku)?.set ?? [];
  }

  buy(sku: string, units: number): string {
    return this.buyAll([{ sku, units }]);
  }
  buyAll(lines: readonly { readonly sku: string; readonly units: number }[], { pickup = false } = {}): string {
    for (const { sku, units } of lines) {
      const item = this.#bySku(sku)!;
      this.#change(item, item.quantity - units);
    }
    return this.#orders.place(lines, pickup);
  }
  change(order: string, units: number, sku = this.#orders.require(order).lines[0]!.sku): void {
    const added = this.#orders.edit(order, sku, units);
    const item = this.#bySku(sku)!;
    this.#change(item, item.quantity - added);
  }
  cancel(order: string): void {
    this.#orders.cancel(order);
  }

  async sendOrder(
    order: string,
    to: string,
    { forged = false, messageId }: { forged?: boolean; messageId?: string } = {},
  ): Promise<number> {
    const body = JSON.stringify({ id: this.#orders.require(order).number, admin_graphql_api_id: order });
    const secret = forged ? 'somebody-else' : this.#credentials.clientSecret;
    const headers = {
      'content-type': 'application/json',
      'x-shopify-topic': 'orders/updated',
      'x-shopify-hmac-sha256': createHmac('sha256', secret).update(body).digest('base64'),
      'x-shopify-webhook-id': messageId ?? randomUUID(),
      'x-shopify-event-id': messageId ?? randomUUID(),
      'x-shopify-triggered-at': new Date().toISOString(),
    };
    return (await fetch(to, { method: 'POST', headers, body })).status;
  }

  toldOf(id: string) {
    const { refunds, lines, cancelledAt, prepared } = this.#orders.require(id);
    const refundedMinor = refunds.reduce((sum, { amount }) => sum + Math.round(Number(amount) * 100), 0);
    const handed = lines.reduce((sum, { fulfilled }) => sum + fulfilled, 0);
    return { refundedMinor, handed, cancelled: cancelledAt !== null, prepared };
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  #root() {
    return {
      inventoryItems: ({ query, first }: { query: string; first: number }) => {
        const wanted = new Set(
          [...query.matchAll(/sku:"((?:[^"\\]|\\.)*)"/g)].map(([, sku = '']) => sku.replaceAll(/\\(.)/g, '$1')),
        );
        const nodes = [...this.#items.values()].filter(({ sku }) => wanted.has(sku)).slice(0, first);
        return { nodes: nodes.map((item) => this.#shownItem(item)) };
      },
      nodes: ({ ids }: { ids: readonly string[] }) =>
        ids.map((id) => {
          const item = this.#items.get(id);
          if (item !== undefined) return this.#shownItem(item);
          return this.#orders.shown(id);
        }),
      orders: ({ query, after, first }: { query: string; after: string | null; first: number }) => {
        const since = Date.parse(/updated_at:>='([^']+)'/.exec(query)?.[1] ?? '');
        return this.#orders.changedSince(since, { after, first });
      },
      order: ({ id }: { id: string }) => this.#orders.shown(id),
      fulfillmentOrder: ({ id }: { id: string }) => this.#orders.shownFulfilment(id),
      inventorySetQuantities: (given: SetArguments, _: unknown, info: GraphQLResolveInfo) =>
        this.#once(info, given, () => this.#set(given)),
      fulfillmentCreate: (given: FulfilArguments) => this.#orders.fulfil(given),
      fulfillmentOrderLineItemsPreparedForPickup: (given: PrepareArguments) => this.#orders.prepare(given),
      orderCancel: ({ orderId }: { orderId: string }) => {
        this.cancel(orderId);
        return { orderCancelUserErrors: [] };
      },
      refundCreate: (given: RefundArguments, _: unknown, info: GraphQLResolveInfo) =>
        this.#once(info, given, () => this.#orders.refund(given)),
    };
  }

  /** Since 2026-04 a key is required; the same key gives the same answer, and is used up by a failure. */
  #once(info: GraphQLResolveInfo, given: unknown, act: () => { userErrors: readonly object[] }) {
    const { key } = getDirectiveValues(IDEMPOTENT, info.fieldNodes[0]!, info.variableValues) ?? {};
    if (typeof key !== 'string') throw new Error('The @idempotent directive is required.');
    const text = JSON.stringify(given);
    const known = this.#keys.get(key);
    if (known === undefined) {
      const answer = act();
      this.#keys.set(key, { given: text, answer, failed: answer.userErrors.length > 0 });
      return answer;
    }
    if (known.given !== text) return keyError('IDEMPOTENCY_KEY_PARAMETER_MISMATCH');
    return known.failed ? keyError('IDEMPOTENCY_PREVIOUS_ATTEMPT_FAILED') : known.answer;
  }

  #set({ input }: SetArguments): { userErrors: readonly object[] } {
    const call = Number(input.referenceDocumentUri?.split('/').at(-1));
    const seen = new Set<string>();
    const userErrors = input.quantities.flatMap((given, place) => {
      const error = (code: string, field: string) => [
        { code, field: ['input', 'quantities', String(place), field], message: code.toLowerCase() },
      ];
      const item = this.#items.get(given.inventoryItemId);
      if (item === undefined) return error('INVALID_INVENTORY_ITEM', 'inventoryItemId');
      if (given.locationId !== LOCATION) return error('INVALID_LOCATION', 'locationId');
      if (seen.has(item.id)) return error('NO_DUPLICATE_INVENTORY_ITEM_ID_GROUP_ID_PAIR', 'inventoryItemId');
      seen.add(item.id);
      if (given.quantity < 0) return error('INVALID_QUANTITY_NEGATIVE', 'quantity');
      if (given.changeFromQuantity === undefined) throw new Error('changeFromQuantity must be given');
      const isStale = given.changeFromQuantity !== null && given.changeFromQuantity !== item.quantity;
      return isStale ? error('CHANGE_FROM_QUANTITY_STALE', 'changeFromQuantity') : [];
    });
    if (userErrors.length > 0) return { userErrors };
    for (const { inventoryItemId, quantity } of input.quantities) {
      const item = this.#items.get(inventoryItemId)!;
      if (call < item.lastCall) this.olderOverNewer += 1;
      item.lastCall = Math.max(item.lastCall, call);
      item.set.push(quantity);
      this.#change(item, quantity);
    }
    return { userErrors: [] };
  }

  #shownItem(item: Item) {
    const { id, sku } = item;
    const quantity = this.#seen(item);
    return {
      __typename: 'InventoryItem',
      id,
      sku,
      inventoryLevel: ({ locationId }: { locationId: string }) =>
        locationId === LOCATION
          ? {
              id: `${id}?level`,
              quantities: ({ names }: { names: string[] }) =>
                names.map((name) => ({ id: `${id}?${name}`, name, quantity })),
            }
          : null,
    };
  }

  #bySku(sku: string): Item | undefined {
    return [...this.#items.values()].find((item) => item.sku === sku);
  }

  #change(item: Item, quantity: number): void {
    item.quantity = quantity;
    item.past.push({ quantity, at: performance.now() });
  }

  /** What a read shows: perhaps what was a moment ago. */
  #seen({ past, quantity }: Item): number {
    const before = performance.now() - this.#random() * this.#options.readLagMs;
    return past.findLast(({ at }) => at <= before)?.quantity ?? quantity;
  }

  #left(): number {
    const { restoreRate, maximum, clock } = this.#options;
    const now = clock();
    this.#points = Math.min(maximum, this.#points + ((now - this.#at) / 1_000) * restoreRate);
    this.#at = now;
    return this.#points;
  }

  #throttled(cost: number): EmulatedAnswer {
    this.violations.push('quota');
    if (this.#random() < 0.5) return { status: 429, headers: { 'retry-after': '1.0' }, body: { errors: 'Throttled' } };
    const errors = [{ message: 'Throttled', extensions: { code: 'THROTTLED' } }];
    return { status: 200, body: { errors, extensions: this.#extensions(cost) } };
  }

  #extensions(requestedQueryCost: number, actualQueryCost = 0) {
    const { restoreRate, maximum } = this.#options;
    const throttleStatus = { maximumAvailable: maximum, currentlyAvailable: Math.max(0, this.#points), restoreRate };
    return { cost: { requestedQueryCost, actualQueryCost, throttleStatus } };
  }

  #refuse(message: string): EmulatedAnswer {
    this.violations.push(message);
    return { status: 200, body: { errors: [{ message, extensions: { code: 'undefinedField' } }] } };
  }
}

function keyError(code: string) {
  return { userErrors: [{ code, field: null, message: code.toLowerCase() }] };
}

function longestArray(value: unknown): number {
  if (Array.isArray(value)) return Math.max(value.length, ...value.map(longestArray));
  if (typeof value !== 'object' || value === null) return 0;
  return Math.max(0, ...Object.values(value).map(longestArray));
}

/** What a query might give at most: a point an object, as many times as its `first`, or the ids, may bring. */
function requestedCost(document: DocumentNode, variables: Readonly<Record<string, unknown>>): number {
  const ofSet = (set: SelectionSetNode | undefined): number =>
    (set?.selections ?? []).reduce((sum, one) => sum + (one.kind === 'Field' ? ofField(one) : ofSet(fragment(one))), 0);
  const fragment = (one: object): SelectionSetNode | undefined =>
    'selectionSet' in one ? (one.selectionSet as SelectionSetNode) : undefined;
  const timesOf = ({ arguments: given = [] }: FieldNode): number => {
    const first = given.find(({ name }) => name.value === 'first')?.value;
    if (first?.kind === 'IntValue') return Number(first.value);
    const ids = given.some(({ name }) => name.value === 'ids') ? variables['ids'] : undefined;
    return Array.isArray(ids) ? ids.length : 1;
  };
  const ofField = (field: FieldNode): number =>
    field.selectionSet === undefined || field.name.value === 'pageInfo'
      ? 0
      : timesOf(field) * (1 + ofSet(field.selectionSet)) - (isNodes(field) ? 1 : 0);
  /** The list of a connection is no object of its own. */
  const isNodes = ({ name, arguments: given = [] }: FieldNode): boolean => name.value === 'nodes' && given.length === 0;
  return document.definitions.reduce((sum, one) => sum + ('selectionSet' in one ? ofSet(one.selectionSet) : 0), 0);
}

/** A point an object, about as Shopify counts what a query gives. */
function objectsIn(value: unknown): number {
  if (Array.isArray(value)) return value.reduce<number>((sum, one) => sum + objectsIn(one), 0);
  if (typeof value !== 'object' || value === null) return 0;
  return 1 + Object.values(value).reduce<number>((sum, one) => sum + objectsIn(one), 0);
}
