import { z } from 'zod';
import type { CancelReason } from '#hub/orders/states/act.ts';
import type { ChannelOrder, OrderPage, UnreadOrder } from '../../connector.ts';
import { readEach, soldSku, soldUnits, type OrderForm } from '../each-order.ts';
import type { Ask } from './graphql.ts';
import type { Settings } from './settings.ts';
import { minorOf } from '../money.ts';

/** A query may cost 1,000 points, by what it might give: some orders of usual size, or many lines of one. */
export const ORDERS_A_PAGE = 3;
const LINES = 30;
const LINES_A_PAGE = 100;
const LINES_POINTS = 910;

const MONEY = '{ shopMoney { amount } }';
const LINE = `{ pageInfo { hasNextPage endCursor } nodes {
    id sku quantity currentQuantity nonFulfillableQuantity originalUnitPriceSet ${MONEY}
    discountAllocations { allocatedAmountSet ${MONEY} } taxLines { priceSet ${MONEY} }
  } }`;
const FIELDS = `
  id createdAt updatedAt cancelledAt cancelReason displayFinancialStatus currencyCode taxesIncluded
  totalPriceSet ${MONEY}
  lineItems(first: ${LINES}) ${LINE}
  shippingLine { originalPriceSet ${MONEY} discountedPriceSet ${MONEY} taxLines { priceSet ${MONEY} } }
  shippingAddress { countryCodeV2 latitude longitude }
  fulfillmentOrders(first: 1) { nodes { deliveryMethod { methodType } assignedLocation { location { id } } } }
  customer { id }`;

const POLL = `query ChangedOrders($query: String!, $after: String) {
  orders(first: ${ORDERS_A_PAGE}, after: $after, query: $query, sortKey: UPDATED_AT) {
    nodes { ${FIELDS} } pageInfo { hasNextPage endCursor }
  }
}`;
const READ = `query ReadOrders($ids: [ID!]!) { nodes(ids: $ids) { ... on Order { ${FIELDS} } } }`;
const MORE_LINES = `query MoreLines($id: ID!, $after: String) {
  order(id: $id) { lineItems(first: ${LINES_A_PAGE}, after: $after) ${LINE} }
}`;

const money = z.object({ shopMoney: z.object({ amount: z.string() }) });
const taxLines = z.array(z.object({ priceSet: money }));
const lineItems = z.object({
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  nodes: z.array(
    z.object({
      id: z.string(),
      sku: z.string().nullable(),
      /** All that was ever ordered, and what of it is neither taken out nor refunded. */
      quantity: z.int(),
      currentQuantity: z.int(),
      /** Taken out, or refunded, before it was fulfilled; or of a kind that never is. */
      nonFulfillableQuantity: z.int(),
      originalUnitPriceSet: money,
      discountAllocations: z.array(z.object({ allocatedAmountSet: money })),
      taxLines,
    }),
  ),
});
const moreLines = z.object({ order: z.object({ lineItems }).nullable() });
const order = z.object({
  id: z.string(),
  createdAt: z.string(),
  updatedAt: z.string(),
  cancelledAt: z.string().nullable(),
  cancelReason: z.string().nullable(),
  displayFinancialStatus: z.string().nullable(),
  currencyCode: z.string(),
  taxesIncluded: z.boolean(),
  totalPriceSet: money,
  lineItems,
  shippingLine: z.object({ originalPriceSet: money, discountedPriceSet: money, taxLines }).nullable(),
  shippingAddress: z
    .object({ countryCodeV2: z.string().nullable(), latitude: z.number().nullable(), longitude: z.number().nullable() })
    .nullable(),
  fulfillmentOrders: z.object({
    nodes: z.array(
      z.object({
        deliveryMethod: z.object({ methodType: z.string() }).nullable(),
        assignedLocation: z.object({ location: z.object({ id: z.string() }).nullable() }),
      }),
    ),
  }),
  customer: z.object({ id: z.string() }).nullable(),
});
type Order = z.output<typeof order>;

const ORDER_FORM: OrderForm<Order> = {
  order,
  name: z.object({ id: z.string() }).transform(({ id }) => id),
  lines: z
    .object({ lineItems: z.object({ nodes: z.array(z.unknown()) }) })
    .transform(({ lineItems: { nodes } }) => nodes),
  line: z.object({ sku: soldSku, quantity: soldUnits }).transform(({ sku, quantity }) => ({
    channelSku: sku,
    units: quantity,
  })),
};

const page = z.object({
  orders: z.object({
    nodes: z.array(z.unknown()),
    pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: z.string().nullable() }),
  }),
});
const some = z.object({ nodes: z.array(z.unknown()) });

/** What is no order is null, or an empty object. */
function isNone(node: unknown): boolean {
  return node === null || (typeof node === 'object' && Object.keys(node).length === 0);
}

type Delivering = Pick<Settings, 'country' | 'pickupStores'>;

export async function pollOrders(
  ask: Ask,
  since: Date,
  cursor: string | null,
  settings: Delivering,
): Promise<OrderPage> {
  // Whole seconds: Shopify's searches know no finer ones.
  const query = `updated_at:>='${since.toISOString().slice(0, 19)}Z'`;
  const { orders } = await ask(POLL, { query, after: cursor }, page);
  const { hasNextPage, endCursor } = orders.pageInfo;
  const whole = await wholeOrders(ask, orders.nodes, settings);
  return { orders: whole, next: hasNextPage ? endCursor : null };
}

export async function readOrders(
  ask: Ask,
  ids: readonly string[],
  settings: Delivering,
): Promise<(ChannelOrder | UnreadOrder)[]> {
  const { nodes } = await ask(READ, { ids }, some);
  return wholeOrders(
    ask,
    nodes.filter((node) => !isNone(node)),
    settings,
  );
}

function wholeOrders(
  ask: Ask,
  found: readonly unknown[],
  settings: Delivering,
): Promise<(ChannelOrder | UnreadOrder)[]> {
  return readEach(
    found,
    ORDER_FORM,
    (one) => toChannelOrder(one, settings),
    (one) => withAllLines(ask, one),
  );
}

/** With the lines beyond those that come with the order. */
async function withAllLines(ask: Ask, one: Order): Promise<Order> {
  const nodes = [...one.lineItems.nodes];
  let at = one.lineItems.pageInfo;
  while (at.hasNextPage) {
    const more = await ask(MORE_LINES, { id: one.id, after: at.endCursor }, moreLines, LINES_POINTS);
    if (more.order === null) break;
    nodes.push(...more.order.lineItems.nodes);
    at = more.order.lineItems.pageInfo;
  }
  return { ...one, lineItems: { nodes, pageInfo: at } };
}

const REASONS: Readonly<Record<string, CancelReason>> = {
  CUSTOMER: 'customer',
  INVENTORY: 'unavailable',
  DECLINED: 'payment',
  FRAUD: 'fraud',
};

/** What has to be paid still; anything else was paid, if only to be given back. */
const NOT_PAID = new Set(['PENDING', 'AUTHORIZED', 'PARTIALLY_PAID', 'EXPIRED', 'VOIDED']);

type Line = z.output<typeof lineItems>['nodes'][number];

/** Units that will not be sent: removed from the order, or refunded before that. What came back is neither. */
const calledOffOf = ({ quantity, currentQuantity, nonFulfillableQuantity }: Line): number =>
  Math.max(0, Math.min(quantity - currentQuantity, nonFulfillableQuantity));

/** An order in canonical form, with all that was ever ordered; what was taken out since is called off. */
export function toChannelOrder(given: Order, settings: Delivering): ChannelOrder {
  const { id, updatedAt, currencyCode: currency, cancelledAt, cancelReason, taxesIncluded: taxIncluded } = given;
  const cancelled = cancelledAt === null ? null : (REASONS[cancelReason ?? ''] ?? 'other');
  // Where it is collected is said a moment after it was placed: until then it is kept as one that cannot be taken yet.
  const version = Date.parse(updatedAt);
  if (isNotRouted(given, settings)) {
    return { id, version, order: null, notYet: 'It is not routed to a location yet.', cancelled };
  }
  const minor = ({ shopMoney }: z.output<typeof money>): number => minorOf(shopMoney.amount, currency);
  const taxOf = (lines: z.output<typeof taxLines>): number => sum(lines.map(({ priceSet }) => minor(priceSet)));
  const lines = given.lineItems.nodes.map((line) => ({
    line: line.id,
    // One without a sku is named by its own id, which no listing has: it is shown as a name that is not known.
    channelSku: line.sku === null || line.sku === '' ? line.id : line.sku,
    units: line.quantity,
    priceMinor: minor(line.originalUnitPriceSet),
    discountMinor: sum(line.discountAllocations.map(({ allocatedAmountSet }) => minor(allocatedAmountSet))),
    taxMinor: taxOf(line.taxLines),
    ...(calledOffOf(line) > 0 && { calledOff: calledOffOf(line) }),
  }));
  const parcel = given.shippingLine;
  const shipping = {
    priceMinor: parcel === null ? 0 : minor(parcel.originalPriceSet),
    discountMinor: parcel === null ? 0 : minor(parcel.originalPriceSet) - minor(parcel.discountedPriceSet),
    taxMinor: parcel === null ? 0 : taxOf(parcel.taxLines),
  };
  const named = [...lines, { ...shipping, units: 1 }].map(
    ({ units, priceMinor, discountMinor, taxMinor }) =>
      units * priceMinor - discountMinor + (taxIncluded ? 0 : taxMinor),
  );
  const isReduced = lines.some(({ calledOff }) => calledOff !== undefined);
  // Whether the total is that before or after something was taken out: the lines' money is that before.
  const totalMinor = Math.max(minor(given.totalPriceSet), isReduced ? sum(named) : 0);
  // Duties, tips and rounding belong to no line of ours; they are paid with the parcel.
  shipping.priceMinor += Math.max(0, totalMinor - sum(named));
  const canonical = {
    orderedAt: given.createdAt,
    currency,
    taxIncluded,
    lines,
    shipping,
    totalMinor,
    payment: NOT_PAID.has(given.displayFinancialStatus ?? '') ? 'pending' : 'paid',
    delivery: deliveryOf(given, settings),
    customer: { reference: given.customer?.id ?? `guest of ${id}` },
  };
  return { id, version, order: canonical, cancelled };
}

/** The store where it is collected; else where to, to about a kilometre: enough to choose a near store by. */
function deliveryOf({ shippingAddress: address, fulfillmentOrders }: Order, { country, pickupStores }: Delivering) {
  const [first] = fulfillmentOrders.nodes;
  const location = first?.deliveryMethod?.methodType === 'PICK_UP' ? first.assignedLocation.location?.id : undefined;
  const store = location === undefined ? undefined : pickupStores[location];
  if (store !== undefined) return { kind: 'collect', store };
  const { latitude = null, longitude = null } = address ?? {};
  const near =
    latitude === null || longitude === null ? {} : { near: { latitude: rough(latitude), longitude: rough(longitude) } };
  return { kind: 'ship', country: address?.countryCodeV2 ?? country, ...near };
}

function isNotRouted({ shippingAddress, fulfillmentOrders }: Order, { pickupStores }: Delivering): boolean {
  return shippingAddress === null && fulfillmentOrders.nodes.length === 0 && Object.keys(pickupStores).length > 0;
}

const rough = (degrees: number): number => Math.round(degrees * 100) / 100;
const sum = (amounts: readonly number[]): number => amounts.reduce((total, amount) => total + amount, 0);
