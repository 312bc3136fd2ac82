import { z } from 'zod';
import { FaultyServer, type Answer, type Asked } from './faulty-server.ts';
import { OdooRecords, type Row } from './odoo-records.ts';
import { OdooError, type Call } from './odoo-error.ts';

type Method = (call: Call) => unknown;

const many = z.array(z.int());
const createCommand = <Values extends z.ZodType>(values: Values) => z.tuple([z.literal(0), z.literal(0), values]);
const setCommand = z.tuple([z.tuple([z.literal(6), z.literal(0), many])]);
const datetime = z.string().regex(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/);

const move = z.strictObject({
  product_id: z.int(),
  product_uom_qty: z.number().positive(),
  quantity: z.number().positive(),
  picked: z.literal(true),
  location_id: z.int(),
  location_dest_id: z.int(),
});
const picking = z.strictObject({
  name: z.string().min(1),
  origin: z.string().optional(),
  scheduled_date: datetime.optional(),
  picking_type_id: z.int(),
  location_id: z.int(),
  location_dest_id: z.int(),
  move_ids: z.array(createCommand(move)).min(1),
});
const posLine = z.strictObject({
  product_id: z.int(),
  qty: z.number(),
  price_unit: z.number(),
  price_subtotal: z.number(),
  price_subtotal_incl: z.number(),
  discount: z.number().default(0),
  tax_ids: setCommand,
  refunded_orderline_id: z.int().optional(),
});
const posOrder = z.strictObject({
  uuid: z.uuid(),
  state: z.enum(['draft', 'paid']),
  session_id: z.int(),
  partner_id: z.int().optional(),
  pos_reference: z.string().optional(),
  date_order: datetime.optional(),
  to_invoice: z.boolean(),
  amount_total: z.number(),
  amount_tax: z.number(),
  amount_paid: z.number(),
  amount_return: z.number(),
  lines: z.array(createCommand(posLine)).min(1),
  payment_ids: z.array(createCommand(z.strictObject({ amount: z.number(), payment_method_id: z.int() }))),
});
const counted = z.strictObject({ product_id: z.int(), location_id: z.int(), inventory_quantity: z.number() });

/**
 * Odoo 19 as JSON-2 shows it: its addresses, its bearer and database, named arguments that it binds, its errors with their
 * names and statuses, one transaction a call, unique names of transfers, `uuid` of orders, and windows in place of answers.
 */
export class Odoo {
  readonly records = new OdooRecords();
  readonly server: FaultyServer;
  token = 'geheim-key';
  database = 'shop';
  /** Something moves between a count and its use, so many times. */
  movesBetween = 0;
  /** Buttons that ask back for something else than a conflict. */
  asksBack: string | undefined;

  private constructor(server: FaultyServer) {
    this.server = server;
  }

  static async start(): Promise<Odoo> {
    let answer = (_asked: Asked): Answer => ({ status: 503 });
    const server = await FaultyServer.start((asked) => answer(asked));
    const odoo = new Odoo(server);
    answer = (asked) => odoo.#answer(asked);
    return odoo;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** What has moved goods: names of transfers that are done, references of orders that are paid; no reversals. */
  get keys(): string[] {
    return this.records.effects.filter(({ isReversal }) => !isReversal).map(({ key }) => key);
  }

  #answer({ method, path, headers, text }: Asked): Answer {
    try {
      const match = /^\/json\/2\/([^/]+)\/([^/]+)$/.exec(path);
      if (match === null || method !== 'POST')
        throw new OdooError(404, 'werkzeug.exceptions.NotFound', 'Did you mean POST /json/2/<model>/<method>?');
      // Which database it is comes before who it is: without one there is nobody to ask.
      if (headers['x-odoo-database'] !== this.database)
        throw new OdooError(404, 'werkzeug.exceptions.NotFound', 'There is no such database');
      if (headers.authorization !== `bearer ${this.token}`)
        throw new OdooError(401, 'werkzeug.exceptions.Unauthorized', 'Invalid apikey');
      if (headers['content-type'] !== 'application/json')
        throw new OdooError(400, 'werkzeug.exceptions.BadRequest', 'Request inferred type is compatible with http');
      const [, model = '', name = ''] = match;
      const methods = this.#methods(model);
      if (methods === undefined)
        throw new OdooError(404, 'werkzeug.exceptions.NotFound', `the model '${model}' does not exist`);
      const found = methods[name];
      if (found === undefined)
        throw new OdooError(404, 'werkzeug.exceptions.NotFound', `The method '${model}.${name}' does not exist`);
      const {
        ids = [],
        context = {},
        ...given
      } = z
        .looseObject({ ids: many.optional(), context: z.record(z.string(), z.unknown()).optional() })
        .parse(JSON.parse(text));
      bind(`${model}.${name}`, found, ids, given);
      return { status: 200, body: this.records.transact(() => found.run({ ids, context, given })) ?? null };
    } catch (error) {
      if (error instanceof OdooError) return error.answer();
      if (error instanceof z.ZodError) {
        const [issue] = error.issues;
        const field = issue?.code === 'unrecognized_keys' ? issue.keys[0] : issue?.path.join('.');
        return new OdooError(500, 'builtins.ValueError', `Invalid field '${field}': ${issue?.message}`).answer();
      }
      throw error;
    }
  }

  #methods(model: string): Record<string, Bound> | undefined {
    const table = this.records.tables[model];
    if (table === undefined) return undefined;
    const search: Bound = {
      takes: ['domain', 'fields', 'offset', 'limit', 'order'],
      ofModel: true,
      run: ({ given }) => this.records.search(model, given),
    };
    if (model === 'pos.order')
      return {
        search_read: search,
        sync_from_ui: { takes: ['orders'], ofModel: true, run: ({ given }) => this.#sync(given['orders']) },
      };
    if (model === 'stock.picking')
      return {
        search_read: search,
        create: { takes: ['vals_list'], ofModel: true, run: ({ given }) => this.#createPickings(given['vals_list']) },
        unlink: { takes: [], run: ({ ids }) => this.records.unlinkPickings(ids) },
        button_validate: { takes: [], run: ({ ids }) => this.#validate(ids) },
      };
    if (model === 'stock.quant')
      return {
        search_read: search,
        create: { takes: ['vals_list'], ofModel: true, run: (call) => this.#createQuants(call) },
        action_apply_inventory: { takes: [], run: (call) => this.#apply(call) },
        action_clear_inventory_quantity: { takes: [], run: ({ ids }) => this.records.clearCounts(ids) },
      };
    return { search_read: search };
  }

  #sync(given: unknown): unknown {
    const rows: Row[] = [];
    for (const order of z.array(posOrder).min(1).parse(given)) {
      const known = this.records.rows('pos.order').find(({ uuid }) => uuid === order.uuid);
      if (known !== undefined && known['state'] !== 'draft') {
        rows.push(known);
        continue;
      }
      this.records.require('pos.session', [order.session_id]);
      this.records.require(
        'product.product',
        order.lines.map(([, , line]) => line.product_id),
      );
      this.records.require(
        'pos.payment.method',
        order.payment_ids.map(([, , one]) => one.payment_method_id),
      );
      rows.push(this.records.addOrder(order));
    }
    return { 'pos.order': rows, 'pos.order.line': [], 'pos.payment': [], 'pos.session': [] };
  }

  #createPickings(given: unknown): number[] {
    return z
      .array(picking)
      .parse(given)
      .map((values) => {
        if (this.records.rows('stock.picking').some(({ name }) => name === values.name))
          throw new OdooError(422, 'odoo.exceptions.ValidationError', 'Reference must be unique per company!');
        this.records.require('stock.picking.type', [values.picking_type_id]);
        const moves = values.move_ids.map(([, , one]) => one);
        this.records.require(
          'product.product',
          moves.map(({ product_id: id }) => id),
        );
        this.records.require(
          'stock.location',
          moves.flatMap(({ location_id: from, location_dest_id: to }) => [from, to]),
        );
        return this.records.addPicking({ ...values, move_ids: moves });
      });
  }

  #validate(ids: readonly number[]): unknown {
    this.records.require('stock.picking', ids);
    if (this.asksBack !== undefined) return window(this.asksBack, 'Something is missing');
    for (const id of ids) this.records.doPicking(id);
    return true;
  }

  #createQuants({ given, context }: Call): number[] {
    if (context['inventory_mode'] !== true)
      throw new OdooError(403, 'odoo.exceptions.AccessError', 'You are not allowed to create Quants');
    return z
      .array(counted)
      .parse(given['vals_list'])
      .map((values) => this.records.setCount(values));
  }

  #apply({ ids, context }: Call): unknown {
    if (this.movesBetween > 0) {
      this.movesBetween -= 1;
      this.records.moveBehind(ids);
    }
    if (ids.some((id) => this.records.isOutdated(id)))
      return window('stock.inventory.conflict', 'Conflict in Inventory Adjustment');
    this.records.applyCounts(ids, z.string().parse(context['inventory_name']));
    return null;
  }
}

interface Bound {
  readonly takes: readonly string[];
  /** An api.model: it has no records. */
  readonly ofModel?: true;
  readonly run: Method;
}

function bind(name: string, { takes, ofModel }: Bound, ids: readonly number[], given: object): void {
  if (ofModel && ids.length > 0)
    throw new OdooError(422, 'werkzeug.exceptions.UnprocessableEntity', `cannot call ${name} with ids`);
  const extra = Object.keys(given).find((one) => !takes.includes(one));
  if (extra !== undefined) {
    const why = `got an unexpected keyword argument '${extra}'`;
    throw new OdooError(422, 'werkzeug.exceptions.UnprocessableEntity', why);
  }
}

function window(model: string, name: string): object {
  return {
    name,
    type: 'ir.actions.act_window',
    view_mode: 'form',
    views: [[false, 'form']],
    res_model: model,
    target: 'new',
  };
}
