import { z } from 'zod';
import { OdooError } from './odoo-error.ts';

export type Row = Readonly<Record<string, unknown>> & { readonly id: number };
type Mutable = Record<string, unknown> & { id: number };

/** What has moved goods or money, in the order in which it did. */
interface Effect {
  readonly key: string;
  readonly isReversal: boolean;
}

interface Move {
  readonly product_id: number;
  readonly quantity: number;
  readonly location_id: number;
  readonly location_dest_id: number;
}

const asked = z.strictObject({
  domain: z.array(z.tuple([z.string(), z.string(), z.unknown()])),
  fields: z.array(z.string()),
  limit: z.int().min(1).optional(),
  order: z.literal('id asc').optional(),
});

const MANY2ONE: Readonly<Record<string, string>> = {
  product_id: 'product.product',
  location_id: 'stock.location',
  location_dest_id: 'stock.location',
  picking_type_id: 'stock.picking.type',
  config_id: 'pos.config',
  payment_method_id: 'pos.payment.method',
  session_id: 'pos.session',
};

/** The tables of an emulated Odoo. A call that fails leaves them as they were. */
export class OdooRecords {
  tables: Record<string, Mutable[]> = seeded();
  effects: Effect[] = [];
  #next = 1_000;

  rows(model: string): readonly Row[] {
    return this.tables[model] ?? [];
  }

  transact<Result>(work: () => Result): Result {
    const [tables, effects] = [structuredClone(this.tables), [...this.effects]];
    try {
      return work();
    } catch (error) {
      [this.tables, this.effects] = [tables, effects];
      throw error;
    }
  }

  require(model: string, ids: readonly number[]): void {
    const there = new Set(this.rows(model).map(({ id }) => id));
    const missing = ids.find((id) => !there.has(id));
    if (missing !== undefined)
      throw new OdooError(
        404,
        'odoo.exceptions.MissingError',
        `Record does not exist or has been deleted (${model}(${missing},))`,
      );
  }

  search(model: string, given: unknown): unknown[] {
    const { domain, fields, limit = 10_000 } = asked.parse(given);
    const rows = this.rows(model).filter((row) =>
      domain.every(([field, is, value]) => this.#holds(row, field, is, value)),
    );
    return rows
      .toSorted((a, b) => a.id - b.id)
      .slice(0, limit)
      .map((row) => Object.fromEntries(['id', ...fields].map((field) => [field, this.#shown(row, field)])));
  }

  addOrder(
    order: { uuid: string; lines: readonly unknown[]; payment_ids: readonly unknown[] } & Record<string, unknown>,
  ): Row {
    const id = this.#id();
    const lines = order.lines as [0, 0, Mutable][];
    const payments = order.payment_ids as [0, 0, Mutable][];
    const paid = payments.reduce((sum, [, , { amount }]) => sum + Number(amount), 0);
    // What fails when it is to be paid is only written to the log.
    const state = Math.abs(paid - Number(order['amount_total'])) < 0.005 ? 'paid' : 'draft';
    const session = this.rows('pos.session').find((one) => one.id === order['session_id']);
    const row = {
      partner_id: false,
      ...order,
      id,
      name: `Shop/${id}`,
      state,
      config_id: session?.['config_id'],
      lines: [],
      payment_ids: [],
    };
    this.#add('pos.order', row);
    for (const [, , line] of lines) {
      const taxes = (line['tax_ids'] as [[6, 0, number[]]])[0][2];
      this.#add('pos.order.line', { ...line, tax_ids: taxes, id: this.#id(), order_id: id });
      this.#move({
        ...(line as unknown as Move),
        quantity: Number(line['qty']),
        location_id: 11,
        location_dest_id: 15,
      });
    }
    for (const [, , payment] of payments) this.#add('pos.payment', { ...payment, id: this.#id(), pos_order_id: id });
    const isReversal = lines.some(([, , line]) => line['refunded_orderline_id'] !== undefined);
    if (state === 'paid') this.effects.push({ key: String(order['pos_reference']), isReversal });
    return row;
  }

  addPicking({ move_ids: moves, ...head }: { move_ids: readonly Move[] } & Record<string, unknown>): number {
    const id = this.#id();
    this.#add('stock.picking', { ...head, id, state: 'draft' });
    for (const move of moves) this.#add('stock.move', { ...move, id: this.#id(), picking_id: id, state: 'draft' });
    return id;
  }

  doPicking(id: number): void {
    const picking = this.#row('stock.picking', id);
    if (picking['state'] !== 'draft') return;
    picking['state'] = 'done';
    for (const move of this.#of('stock.move').filter((one) => one['picking_id'] === id)) {
      move['state'] = 'done';
      this.#move(move as unknown as Move);
    }
    const isReversal = String(picking['origin']).startsWith('Reversal of ');
    this.effects.push({ key: String(picking['name']), isReversal });
  }

  unlinkPickings(ids: readonly number[]): true {
    this.require('stock.picking', ids);
    if (ids.some((id) => this.#row('stock.picking', id)['state'] === 'done'))
      throw new OdooError(422, 'odoo.exceptions.UserError', 'You can not delete product moves if the picking is done.');
    this.tables['stock.picking'] = this.#of('stock.picking').filter(({ id }) => !ids.includes(id));
    this.tables['stock.move'] = this.#of('stock.move').filter((move) => !ids.includes(Number(move['picking_id'])));
    return true;
  }

  setCount({
    product_id,
    location_id,
    inventory_quantity,
  }: {
    product_id: number;
    location_id: number;
    inventory_quantity: number;
  }): number {
    this.require('product.product', [product_id]);
    this.require('stock.location', [location_id]);
    const quant = this.#quant(product_id, location_id);
    quant['inventory_quantity'] = inventory_quantity;
    quant['inventory_diff_quantity'] = inventory_quantity - Number(quant['quantity']);
    quant['inventory_quantity_set'] = true;
    return quant.id;
  }

  isOutdated(id: number): boolean {
    const quant = this.#row('stock.quant', id);
    const then = Number(quant['inventory_quantity']) - Number(quant['inventory_diff_quantity']);
    return quant['inventory_quantity_set'] === true && then !== Number(quant['quantity']);
  }

  moveBehind(ids: readonly number[]): void {
    for (const id of ids) {
      const quant = this.#row('stock.quant', id);
      quant['quantity'] = Number(quant['quantity']) - 1;
    }
  }

  applyCounts(ids: readonly number[], name: string): void {
    for (const id of ids) {
      const quant = this.#row('stock.quant', id);
      quant['quantity'] = quant['inventory_quantity'];
      quant['inventory_quantity_set'] = false;
      // The name of whoever applied it is added.
      this.#add('stock.move', {
        id: this.#id(),
        is_inventory: true,
        reference: `${name} (Integration)`,
        state: 'done',
      });
    }
    this.effects.push({ key: name, isReversal: false });
  }

  clearCounts(ids: readonly number[]): null {
    for (const id of ids)
      Object.assign(this.#row('stock.quant', id), {
        inventory_quantity: 0,
        inventory_diff_quantity: 0,
        inventory_quantity_set: false,
      });
    return null;
  }

  quantityOf(sku: string, place: string): number {
    const product = this.rows('product.product').find(({ default_code: code }) => code === sku);
    const location = this.rows('stock.location').find(({ complete_name: name }) => name === place);
    const quant = this.rows('stock.quant').find(
      (one) => one['product_id'] === product?.id && one['location_id'] === location?.id,
    );
    return Number(quant?.['quantity'] ?? 0);
  }

  #move({ product_id, quantity, location_id, location_dest_id }: Move): void {
    for (const [place, sign] of [
      [location_id, -1],
      [location_dest_id, 1],
    ] as const) {
      const quant = this.#quant(product_id, place);
      quant['quantity'] = Number(quant['quantity']) + sign * quantity;
    }
  }

  #quant(product_id: number, location_id: number): Mutable {
    const there = this.#of('stock.quant').find(
      (one) => one['product_id'] === product_id && one['location_id'] === location_id,
    );
    if (there !== undefined) return there;
    const made = { id: this.#id(), product_id, location_id, quantity: 0, write_date: '2026-01-01 00:00:00' };
    this.#add('stock.quant', made);
    return made;
  }

  #holds(row: Row, path: string, is: string, value: unknown): boolean {
    const found = path.split('.').reduce<unknown>((from, field, place) => {
      if (place === 0) return row[field];
      const model = MANY2ONE[path.split('.')[place - 1] ?? ''] ?? '';
      return this.rows(model).find(({ id }) => id === from)?.[field];
    }, row);
    if (is === '=') return found === value;
    if (is === '>') return Number(found) > Number(value);
    if (is === '>=') return String(found) >= String(value);
    if (is === 'in') return Array.isArray(value) && value.includes(found);
    if (is === '=like') return new RegExp(`^${patternOf(String(value))}$`, 's').test(String(found));
    throw new OdooError(500, 'builtins.ValueError', `Invalid operator ${is}`);
  }

  #shown(row: Row, field: string): unknown {
    if (field !== 'id' && !Object.hasOwn(row, field))
      throw new OdooError(500, 'builtins.ValueError', `Invalid field '${field}'`);
    const model = MANY2ONE[field];
    if (model === undefined) return row[field];
    const other = this.rows(model).find(({ id }) => id === row[field]);
    return [row[field], String(other?.['complete_name'] ?? other?.['name'] ?? other?.['default_code'])];
  }

  #row(model: string, id: number): Mutable {
    this.require(model, [id]);
    return this.#of(model).find((row) => row.id === id) as Mutable;
  }

  #of(model: string): Mutable[] {
    return this.tables[model] ?? [];
  }

  #add(model: string, row: Mutable): void {
    (this.tables[model] ??= []).push(row);
  }

  #id(): number {
    return (this.#next += 1);
  }
}

function seeded(): Record<string, Mutable[]> {
  const places = ['S1/Stock', 'S1/Damaged', 'S1/Quarantine', 'Partners/Vendors', 'Partners/Customers'];
  const virtual = ['Physical Locations/Inter-warehouse transit', 'Virtual Locations/Inventory adjustment'];
  return {
    'product.product': ['SKU-1', 'A', 'B'].map((code, place) => ({ id: place + 1, default_code: code, name: code })),
    'stock.location': [...places, ...virtual].map((name, place) => ({
      id: place + 11,
      complete_name: name,
      usage: name.startsWith('S1/') ? 'internal' : 'other',
    })),
    'stock.picking.type': ['S1IN', 'S1OUT', 'S1INT'].map((code, place) => ({
      id: place + 31,
      barcode: code,
      name: code,
    })),
    'pos.config': [{ id: 41, name: 'Store 1' }],
    'pos.session': [
      { id: 51, name: 'POS/00050', config_id: 41, state: 'closed' },
      { id: 52, name: 'POS/00051', config_id: 41, state: 'opened' },
    ],
    'pos.payment.method': [{ id: 61, name: 'Cash' }],
    'pos.order': [],
    'pos.order.line': [],
    'pos.payment': [],
    'stock.picking': [],
    'stock.move': [],
    'stock.quant': [],
  };
}

/** Odoo's =like: % is anything, _ any sign, a backslash makes them themselves. */
function patternOf(like: string): string {
  return like.replaceAll(/\\(.)|([%_])|([.*+?^${}()|[\]\\])/gs, (_, escaped?: string, wild?: string, sign?: string) => {
    if (escaped !== undefined) return escaped.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&');
    return wild === undefined ? `\\${sign}` : wild === '%' ? '.*' : '.';
  });
}
