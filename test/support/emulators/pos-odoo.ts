import { z } from 'zod';
import { FaultyServer, type Answer, type Asked } from './faulty-server.ts';
import { OdooError } from './odoo-error.ts';

type Row = Record<string, unknown> & { id: number };

export interface PosOrderLine {
  readonly product: number;
  readonly qty: number;
  readonly price: number;
  readonly discount?: number;
  /** Of the line with tax, when that comes on top. */
  readonly withTax?: number;
}

const asked = z.strictObject({
  domain: z.array(z.tuple([z.string(), z.enum(['=', '>', '>=', 'in']), z.unknown()])),
  fields: z.array(z.string()).min(1),
  limit: z.int().min(1),
  order: z.literal('id asc'),
  context: z.strictObject({ active_test: z.boolean() }).optional(),
});

/** The tills of an Odoo 19 as JSON-2 shows them: orders, their lines and products, read by `search_read`. */
export class PosOdoo {
  readonly server: FaultyServer;
  readonly url: string;
  token = 'geheim-key';
  database = 'shop';
  /** The server's clock, ms since 1970. */
  now = Date.now();
  readonly #tables: Record<string, Row[]> = {
    'pos.order': [],
    'pos.order.line': [],
    'product.product': [
      { id: 1, default_code: 'A', barcode: '4012345123456', type: 'consu', active: true },
      { id: 2, default_code: 'B', barcode: false, type: 'consu', active: true },
      { id: 3, default_code: 'DELIVERY', barcode: false, type: 'service', active: true },
      { id: 4, default_code: false, barcode: false, type: 'consu', active: true },
      { id: 5, default_code: 'OLD', barcode: false, type: 'consu', active: false },
    ],
  };
  #next = 100;

  private constructor(server: FaultyServer) {
    this.server = server;
    this.url = server.url;
  }

  static async start(): Promise<PosOdoo> {
    let answer = (_asked: Asked): Answer => ({ status: 503 });
    const server = await FaultyServer.start((request) => answer(request));
    const odoo = new PosOdoo(server);
    answer = (request) => ({ ...odoo.#answer(request), headers: { date: new Date(odoo.now).toUTCString() } });
    return odoo;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** An order as a till has closed it; answers its id. `writtenAt` is when its transaction began. */
  add(lines: readonly PosOrderLine[], more: { state?: string; writtenAt?: number; till?: string } = {}): number {
    const id = (this.#next += 1);
    const { state = 'paid', writtenAt = this.now, till = 'Store 1' } = more;
    this.#of('pos.order').push({
      id,
      name: `Shop/${id}`,
      state,
      write_date: datetime(writtenAt),
      date_order: datetime(writtenAt),
      pos_reference: `Order ${id}`,
      config_id: [41, till],
      currency_id: [1, 'EUR'],
      amount_total: 0,
    });
    for (const { product, qty, price, discount = 0, withTax } of lines) {
      const subtotal = Math.round(qty * price * (100 - discount)) / 100;
      this.#of('pos.order.line').push({
        id: (this.#next += 1),
        order_id: [id, `Shop/${id}`],
        product_id: [product, `product ${product}`],
        qty,
        price_unit: price,
        discount,
        price_subtotal: subtotal,
        price_subtotal_incl: withTax ?? subtotal,
        refunded_orderline_id: false,
      });
    }
    return id;
  }

  change(id: number, values: Readonly<Record<string, unknown>>): void {
    const order = this.#of('pos.order').find((row) => row.id === id);
    if (order) Object.assign(order, { write_date: datetime(this.now) }, values);
  }

  /** Gives a product its internal reference; the orders that have it are not written by that. */
  refer(product: number, code: string): void {
    const found = this.#of('product.product').find((row) => row.id === product);
    if (found) Object.assign(found, { default_code: code });
  }

  #answer({ method, path, headers, text }: Asked): Answer {
    try {
      const [, model = ''] = /^\/json\/2\/([a-z.]+)\/search_read$/.exec(path) ?? [];
      if (method !== 'POST' || this.#tables[model] === undefined)
        throw new OdooError(404, 'werkzeug.exceptions.NotFound', `the model '${model}' does not exist`);
      if (headers['x-odoo-database'] !== this.database)
        throw new OdooError(404, 'werkzeug.exceptions.NotFound', 'There is no such database');
      if (headers.authorization !== `bearer ${this.token}`)
        throw new OdooError(401, 'werkzeug.exceptions.Unauthorized', 'Invalid apikey');
      return { status: 200, body: this.#search(model, asked.parse(JSON.parse(text))) };
    } catch (error) {
      if (error instanceof OdooError) return error.answer();
      return new OdooError(422, 'werkzeug.exceptions.UnprocessableEntity', String(error)).answer();
    }
  }

  #search(model: string, { domain, fields, limit, context }: z.infer<typeof asked>): object[] {
    const holds = (row: Row) => domain.every(([field, is, value]) => compare(valueOf(row, field), is, value));
    const isShown = (row: Row) => row['active'] !== false || context?.active_test === false;
    return this.#of(model)
      .filter((row) => holds(row) && isShown(row))
      .toSorted((a, b) => a.id - b.id)
      .slice(0, limit)
      .map((row) => Object.fromEntries(['id', ...fields].map((field) => [field, shown(row, field)])));
  }

  #of(model: string): Row[] {
    return this.#tables[model] ?? [];
  }
}

const datetime = (ms: number): string => new Date(ms).toISOString().slice(0, 19).replace('T', ' ');

function shown(row: Row, field: string): unknown {
  if (!Object.hasOwn(row, field)) throw new OdooError(500, 'builtins.ValueError', `Invalid field '${field}'`);
  return row[field];
}

/** Of a many2one its id, and behind a point its name. */
function valueOf(row: Row, path: string): unknown {
  const [field = '', name] = path.split('.');
  const value = shown(row, field);
  return Array.isArray(value) ? value[name === 'name' ? 1 : 0] : value;
}

function compare(found: unknown, is: string, value: unknown): boolean {
  if (is === 'in') return Array.isArray(value) && value.includes(found);
  if (is === '=') return found === value;
  const [a, b] = typeof found === 'number' ? [found, Number(value)] : [String(found), String(value)];
  return is === '>' ? a > b : a >= b;
}
