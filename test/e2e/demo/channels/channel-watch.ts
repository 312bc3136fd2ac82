import { setTimeout as delay } from 'node:timers/promises';
import { Client } from 'pg';
import { runningDatabaseUrl } from '#hub/cli/running-database.ts';
import type { Outside } from './outside.ts';

/** A number that a channel has confirmed. Instants: ms since 1970. */
export interface Confirmed {
  readonly account: number;
  readonly sku: string;
  /** When the hub had the channel's word. */
  readonly at: number;
  /** Of which instant the number is. */
  readonly of: number;
}

export interface ShopView {
  readonly title: string;
  readonly listings: number;
  /** Listings that say what they shall. */
  equal: number;
  readonly ordered: number;
  taken: number;
  /** What the channel is still to be told of orders. */
  untold: number;
}

export interface ErpView {
  documents: number;
  waiting: number;
  isDown: boolean;
}

const LOOK_EVERY_MS = 50;
const SHOPS = `
  SELECT a.account_no AS account, count(p.*)::int AS listings,
    count(*) FILTER (WHERE p.confirmed = p.desired AND p.in_flight = 0)::int AS equal,
    (SELECT count(*)::int FROM orders o WHERE o.channel = c.code) AS taken,
    (SELECT count(*)::int FROM order_effects e WHERE e.channel = c.code AND e.done_at IS NULL
      AND e.kind IN ('tell', 'refund')) AS untold
  FROM channel_accounts a JOIN channels c USING (channel_no) LEFT JOIN publications p USING (account_no)
  GROUP BY a.account_no, c.code`;
const WAITING = `
  SELECT ((SELECT count(*) FROM erp_documents WHERE state = 'waiting') + (SELECT count(*) FROM document_entries))::int AS waiting`;
const CONFIRMED = `
  SELECT account_no AS account, sku, (extract(epoch FROM confirmed_at) * 1000)::float8 AS at,
    (extract(epoch FROM (basis ->> 'availabilityAt')::timestamptz) * 1000)::float8 AS of
  FROM publications WHERE confirmed_at > to_timestamp($1::float8 / 1000) ORDER BY confirmed_at`;

/** Watches publications, orders and documents from outside, by a session of its own on the hub's database. */
export class ChannelWatch {
  readonly shops: ReadonlyMap<number, ShopView>;
  readonly erp: ErpView = { documents: 0, waiting: 0, isDown: false };
  readonly confirmed: Confirmed[] = [];
  readonly #outside: Outside;
  readonly #hubData: string;
  #ended = false;
  #looking: Promise<void> = Promise.resolve();
  #seenAt = 0;

  constructor(outside: Outside, hubData: string) {
    this.#outside = outside;
    this.#hubData = hubData;
    const listings = outside.skus.length;
    this.shops = new Map(
      outside.shops.map(({ account, title, orders }) => [
        account,
        {
          title,
          listings,
          equal: 0,
          // Now, not when it was last looked: a customer may have come since.
          get ordered() {
            return orders.length;
          },
          taken: 0,
          untold: 0,
        },
      ]),
    );
  }

  /** Every listing says what it shall, every order was taken, and the ERP has everything. */
  get isSettled(): boolean {
    const shops = [...this.shops.values()];
    return (
      shops.every((one) => one.equal === one.listings && one.taken >= one.ordered && one.untold === 0) &&
      this.erp.waiting === 0
    );
  }

  start(): void {
    this.#looking = this.#look();
  }

  async stop(): Promise<void> {
    this.#ended = true;
    await this.#looking;
  }

  async #look(): Promise<void> {
    while (!this.#ended) {
      const url = await runningDatabaseUrl(this.#hubData);
      if (url !== undefined) await this.#session(url).catch(() => undefined);
      if (!this.#ended) await delay(LOOK_EVERY_MS);
    }
  }

  async #session(url: string): Promise<void> {
    const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000, query_timeout: 5_000 });
    client.on('error', () => undefined);
    try {
      await client.connect();
      for (let turn = 0; !this.#ended; turn += 1) {
        for (const row of (await client.query<Confirmed>(CONFIRMED, [this.#seenAt])).rows) {
          this.confirmed.push(row);
          this.#seenAt = Math.max(this.#seenAt, row.at);
        }
        if (turn % 4 === 0) await this.#count(client);
        await delay(LOOK_EVERY_MS);
      }
    } finally {
      await client.end().catch(() => undefined);
    }
  }

  async #count(client: Client): Promise<void> {
    type Row = { account: number; equal: number; taken: number; untold: number };
    const { rows } = await client.query<Row>(SHOPS);
    const waiting = (await client.query<{ waiting: number }>(WAITING)).rows[0]?.waiting ?? 0;
    // All at once: what is looked at in between must not be of two instants.
    for (const { account, ...seen } of rows) {
      const view = this.shops.get(account);
      if (view !== undefined) Object.assign(view, seen);
    }
    this.erp.waiting = waiting;
    this.erp.documents = this.#outside.erp.kept.size;
  }
}
