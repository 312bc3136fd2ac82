import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Random } from '#shared/runtime/random.ts';
import { ChannelServer, type EmulatedAnswer, type EmulatedRequest } from './channel-server.ts';
import type { EmulatedChannel } from './emulated-channel.ts';

const levels = z.strictObject({
  type: z.enum(['stock.levels', 'stock.bulk']),
  sequence: z.int().min(1),
  items: z
    .array(
      z.strictObject({
        channelSku: z.string(),
        quantity: z.int().min(0),
        changeFrom: z.int().nullable().optional(),
      }),
    )
    .min(1),
});
const read = z.strictObject({
  type: z.literal('stock.read'),
  items: z.array(z.strictObject({ channelSku: z.string() })).min(1),
});
const orders = z.strictObject({
  type: z.literal('orders.read'),
  since: z.iso.datetime().optional(),
  ids: z.array(z.string()).optional(),
  cursor: z.string().nullable(),
  limit: z.int(),
});
const effect = z.strictObject({
  type: z.enum(['order.tell', 'order.refund']),
  channelOrderId: z.string(),
  data: z.looseObject({}),
});
const outcome = z.strictObject({ type: z.literal('stock.outcome'), ticket: z.string() });
const message = z.union([levels, outcome, read, orders, effect]);
type Level = z.output<typeof levels>['items'][number];

interface Listing {
  quantity: number;
  sequence: number;
  history: number[];
}

interface Order {
  readonly id: string;
  readonly sku: string;
  units: number;
  cancelled: boolean;
  changedAt: number;
  version: number;
}

export interface ReceiverOptions {
  /** What it does later it does when `workNow` is called, and from then on in its time. */
  readonly holds?: boolean;
  readonly itemsMax?: number;
  readonly perSecond?: number;
  readonly burst?: number;
  /** It takes off its numbers what it sells, and compares before it sets. */
  readonly countsDown?: boolean;
  readonly readable?: boolean;
  readonly pollOrdersSeconds?: number | null;
  /** It numbers what it takes: else an older message would overwrite a newer one, as a careless receiver does. */
  readonly fenced?: boolean;
  /** It takes many at once, works at them for so long, and the first time may end with some of them not applied. */
  readonly bulk?: { readonly workMs: number; readonly loses?: readonly string[] } | null;
  /** It applies what it accepts after so long. */
  readonly appliesMs?: number | null;
  readonly changesADay?: number | null;
  readonly renewsAfterDays?: number | null;
}

/** A shop of one's own that takes signed messages, as the page of the connectors asks. */
export class SignedReceiver implements EmulatedChannel {
  readonly server: ChannelServer;
  readonly account;
  readonly violations: string[] = [];
  olderOverNewer = 0;
  requests = 0;
  /** What all of its orders say. */
  sells = { orderedAt: '2026-11-01T10:00:00Z', currency: 'EUR', taxIncluded: true };
  readonly #options: Required<ReceiverOptions>;
  readonly #secrets: readonly [string, string];
  readonly #listings = new Map<string, Listing>();
  readonly #answers = new Map<string, EmulatedAnswer>();
  readonly #orders = new Map<string, Order>();
  readonly #bulks = new Map<string, { readonly items?: readonly object[] }>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #held: (() => void)[] | undefined;
  readonly #told = new Map<string, { refundedMinor: number; handed: number; cancelled: boolean }>();
  #tokens: number;
  #at = performance.now();

  private constructor(server: ChannelServer, options: Required<ReceiverOptions>, secrets: readonly [string, string]) {
    this.server = server;
    this.#options = options;
    this.#secrets = secrets;
    this.#tokens = options.burst;
    this.#held = options.holds ? [] : undefined;
    const { itemsMax, perSecond, burst, countsDown, readable, pollOrdersSeconds } = options;
    const { bulk, appliesMs, changesADay, renewsAfterDays } = options;
    this.account = {
      kind: 'signedWebhook',
      settings: {
        itemsMax,
        perSecond,
        burst,
        callsAtOnce: 4,
        compareAndSet: countsDown,
        readable,
        countsDown,
        pollOrdersSeconds,
        bulk: bulk === null ? null : { laterSeconds: bulk.workMs / 1_000 },
        appliesWithinSeconds: appliesMs === null ? null : (appliesMs * 1.5) / 1_000,
        changesADay,
        renewsAfterDays,
      },
      credentials: { secret: secrets[0], receivingSecret: secrets[1] },
    };
  }

  static async start(random: Random, options: ReceiverOptions = {}): Promise<SignedReceiver> {
    const whole = {
      itemsMax: 50,
      perSecond: 500,
      burst: 100,
      countsDown: false,
      readable: true,
      pollOrdersSeconds: null,
      fenced: true,
      bulk: null,
      appliesMs: null,
      changesADay: null,
      renewsAfterDays: null,
      holds: false,
      ...options,
    };
    const secret = () => `whsec_${randomBytes(32).toString('base64')}`;
    let self: SignedReceiver | undefined;
    const server = await ChannelServer.start(random, (request) => self?.take(request) ?? { status: 503 });
    self = new SignedReceiver(server, whole, [secret(), secret()]);
    return self;
  }

  /** The secret that the hub signs with is another now. */
  rotate(): { secret: string; receivingSecret: string } {
    const secret = `whsec_${randomBytes(32).toString('base64')}`;
    (this.#secrets as [string, string])[0] = secret;
    return { secret, receivingSecret: this.#secrets[1] };
  }

  take(request: EmulatedRequest): EmulatedAnswer {
    const id = String(request.headers['webhook-id']);
    if (!isSigned(request, this.#secrets[0])) return { status: 401, body: { error: 'signature' } };
    // Calls of many have a bucket of their own, by the hour.
    if (!request.text.startsWith('{"type":"stock.bulk"') && !this.#spend()) {
      this.violations.push('quota');
      return { status: 429, headers: { 'retry-after': '1' } };
    }
    this.requests += 1;
    const before = this.#answers.get(id);
    if (before !== undefined) return before;
    const parsed = message.safeParse(JSON.parse(request.text));
    if (!parsed.success) {
      this.violations.push(z.prettifyError(parsed.error));
      return { status: 400, body: { error: 'shape' } };
    }
    const answer = this.#act(parsed.data);
    this.#answers.set(id, answer);
    return answer;
  }

  list(skus: readonly string[], quantity: number): void {
    for (const sku of skus) this.#listings.set(sku, { quantity, sequence: 0, history: [] });
  }
  says(sku: string): number | undefined {
    return this.#listings.get(sku)?.quantity;
  }
  edit(sku: string, quantity: number): void {
    this.#listings.get(sku)!.quantity = quantity;
  }
  numbersOf(sku: string): readonly number[] {
    return this.#listings.get(sku)?.history ?? [];
  }

  buy(sku: string, units: number): string {
    const id = `o-${this.#orders.size + 1}`;
    this.#orders.set(id, { id, sku, units, cancelled: false, changedAt: Date.now(), version: 1 });
    if (this.#options.countsDown) this.#listings.get(sku)!.quantity -= units;
    return id;
  }
  change(order: string, units: number): void {
    const known = this.#orders.get(order)!;
    if (this.#options.countsDown) this.#listings.get(known.sku)!.quantity -= units - known.units;
    Object.assign(known, { units, changedAt: Date.now(), version: known.version + 1 });
  }
  cancel(order: string): void {
    const known = this.#orders.get(order)!;
    known.cancelled = true;
    known.version += 1;
    known.changedAt = Date.now();
  }

  async sendOrder(
    order: string,
    to: string,
    { forged = false, messageId }: { forged?: boolean; messageId?: string } = {},
  ): Promise<number> {
    const body = JSON.stringify({ type: 'order.changed', data: { order: this.#shown(this.#orders.get(order)!) } });
    const id = messageId ?? `msg_${randomUUID()}`;
    const timestamp = String(Math.floor(Date.now() / 1_000));
    const secret = forged ? `whsec_${randomBytes(32).toString('base64')}` : this.#secrets[1];
    const headers = {
      'content-type': 'application/json',
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${sign(secret, `${id}.${timestamp}.${body}`)}`,
    };
    return (await fetch(to, { method: 'POST', headers, body })).status;
  }

  toldOf(order: string) {
    return this.#told.get(order) ?? { refundedMinor: 0, handed: 0, cancelled: false };
  }

  /** Calls of many that it was sent, and what became of them. */
  get bulks(): number {
    return this.#bulks.size;
  }

  /** Does what it has held back, and holds nothing back any more. */
  workNow(): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const act of held) act();
  }

  stop(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    return this.server.stop();
  }

  #act(given: z.output<typeof message>): EmulatedAnswer {
    switch (given.type) {
      case 'stock.levels':
        return { status: 200, body: { items: given.items.map((item) => this.#take(given.sequence, item)) } };
      case 'stock.bulk':
        return this.#begin(given.sequence, given.items);
      case 'stock.outcome': {
        const bulk = this.#bulks.get(given.ticket);
        if (bulk === undefined) return { status: 404 };
        const { items } = bulk;
        return { status: 200, body: items === undefined ? { state: 'working' } : { state: 'done', items } };
      }
      case 'stock.read':
        return {
          status: 200,
          body: {
            items: given.items.flatMap(({ channelSku }) => {
              const quantity = this.says(channelSku);
              return quantity === undefined ? [] : [{ channelSku, quantity: Math.max(0, quantity) }];
            }),
          },
        };
      case 'orders.read':
        return { status: 200, body: this.#page(given) };
      case 'order.tell':
      case 'order.refund':
        return this.#tell(given);
      default:
        return given satisfies never;
    }
  }

  #begin(sequence: number, items: readonly Level[]): EmulatedAnswer {
    const { workMs, loses = [] } = this.#options.bulk!;
    const ticket = `bulk-${this.#bulks.size + 1}`;
    this.#bulks.set(ticket, {});
    this.#after(workMs, () => {
      const applied = items.filter(({ channelSku }) => ticket !== 'bulk-1' || !loses.includes(channelSku));
      this.#bulks.set(ticket, { items: applied.map((item) => this.#set(sequence, item)) });
    });
    return { status: 202, body: { ticket } };
  }

  #take(sequence: number, item: Level) {
    const { appliesMs } = this.#options;
    if (appliesMs === null || !this.#listings.has(item.channelSku)) return this.#set(sequence, item);
    this.#after(appliesMs, () => this.#set(sequence, item));
    return { channelSku: item.channelSku, status: 'accepted' };
  }

  #after(ms: number, act: () => void): void {
    if (this.#held !== undefined) {
      this.#held.push(act);
      return;
    }
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      act();
    }, ms);
    this.#timers.add(timer);
  }

  #set(sequence: number, { channelSku, quantity, changeFrom }: Level) {
    const listing = this.#listings.get(channelSku);
    if (listing === undefined) return { channelSku, status: 'unknown' };
    if (quantity > 1_000_000) return { channelSku, status: 'refused', detail: 'more than a million' };
    if (this.#options.fenced && sequence < listing.sequence) return { channelSku, status: 'older' };
    if (
      this.#options.countsDown &&
      changeFrom !== null &&
      changeFrom !== undefined &&
      changeFrom !== listing.quantity
    ) {
      return { channelSku, status: 'stale' };
    }
    if (sequence < listing.sequence) this.olderOverNewer += 1;
    const { changesADay } = this.#options;
    if (changesADay !== null && listing.history.length >= changesADay) {
      this.violations.push(`${channelSku} was changed too often`);
      return { channelSku, status: 'refused', detail: 'too often' };
    }
    Object.assign(listing, { quantity, sequence });
    listing.history.push(quantity);
    return { channelSku, status: 'taken' };
  }

  #page({ since, ids, cursor, limit }: z.output<typeof orders>) {
    const wanted = [...this.#orders.values()].filter(({ id, changedAt }) =>
      ids === undefined ? changedAt >= Date.parse(since ?? '') : ids.includes(id),
    );
    const from = Number(cursor ?? 0);
    const page = wanted.slice(from, from + limit);
    return {
      orders: page.map((order) => this.#shown(order)),
      next: from + limit < wanted.length ? String(from + limit) : null,
    };
  }

  #shown({ id, sku, units, cancelled, version }: Order) {
    const order = {
      ...this.sells,
      lines: [{ line: '1', channelSku: sku, units, priceMinor: 500 }],
      totalMinor: 500 * units,
      payment: 'paid',
      delivery: { kind: 'ship', country: 'DE' },
      customer: { reference: `c-${id}` },
    };
    return { id, order, version, cancelled: cancelled ? 'customer' : null };
  }

  #tell({ type, channelOrderId, data }: z.output<typeof effect>): EmulatedAnswer {
    if (!this.#orders.has(channelOrderId)) return { status: 422, body: { error: 'no such order' } };
    const told = { ...this.toldOf(channelOrderId) };
    if (type === 'order.refund') told.refundedMinor += Number(data['amountMinor']);
    else {
      const lines = data['lines'] as { handed: number }[];
      told.handed = lines.reduce((sum, { handed }) => sum + handed, 0);
      told.cancelled = data['state'] === 'cancelled';
    }
    this.#told.set(channelOrderId, told);
    return { status: 204 };
  }

  #spend(): boolean {
    const { perSecond, burst } = this.#options;
    const now = performance.now();
    // A request that left in time may arrive together with the next: a tenth more is let through.
    this.#tokens = Math.min(burst * 1.1, this.#tokens + ((now - this.#at) / 1_000) * perSecond);
    this.#at = now;
    if (this.#tokens < 1) return false;
    this.#tokens -= 1;
    return true;
  }
}

function sign(secret: string, content: string): string {
  return createHmac('sha256', Buffer.from(secret.replace(/^whsec_/, ''), 'base64'))
    .update(content)
    .digest('base64');
}

function isSigned({ headers, text }: EmulatedRequest, secret: string): boolean {
  const content = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${text}`;
  return String(headers['webhook-signature'])
    .split(' ')
    .includes(`v1,${sign(secret, content)}`);
}
