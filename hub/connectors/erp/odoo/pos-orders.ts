import { hash } from 'node:crypto';
import { z } from 'zod';
import { ErpFailure, type Posted } from '../connector.ts';
import { commandsOf } from './commands.ts';
import type { Json2 } from './json2.ts';

const many2one = z.tuple([z.int(), z.string()]);
const found = z.object({ id: z.int(), name: z.string(), state: z.string() });
const synced = z.looseObject({ 'pos.order': z.array(found).min(1) });

const EFFECTIVE = new Set(['paid', 'done', 'invoiced']);
const LINES_MAX = 5_000;

/**
 * Sales and returns as orders of a till, by `sync_from_ui`, which does nothing when it has the order's `uuid`. It keeps an
 * order whose payments do not make up its total as a draft, and only writes that to its log: such a one is told.
 */
export class PosOrders {
  readonly #json2: Json2;

  constructor(json2: Json2) {
    this.#json2 = json2;
  }

  /** Throws ERP_CONFLICT for one that was kept as a draft or was cancelled. */
  async lookup(key: string): Promise<Posted | undefined> {
    const [order] = await this.#json2.read(
      'pos.order',
      { domain: [['uuid', '=', uuidOf(key)]], fields: ['name', 'state'], limit: 1 },
      found,
    );
    return order && effective(order);
  }

  async post(payload: Readonly<Record<string, unknown>>, key: string): Promise<Posted> {
    const order = { state: 'paid', amount_return: 0, to_invoice: false, ...commandsOf(payload), uuid: uuidOf(key) };
    const { 'pos.order': orders } = await this.#json2.call('pos.order', 'sync_from_ui', { orders: [order] }, synced);
    return effective(orders[0] as z.output<typeof found>);
  }

  /** An order of the same lines and payments, all of them taken back; null where there is nothing to take back. */
  async reverse(target: string, key: string): Promise<Posted | null> {
    const fields = ['name', 'state', 'config_id', 'partner_id', 'amount_total', 'amount_tax', 'lines', 'payment_ids'];
    const [order] = await this.#json2.read(
      'pos.order',
      { domain: [['uuid', '=', uuidOf(target)]], fields, limit: 1 },
      original,
    );
    if (order === undefined || order.state === 'cancel') return null;
    effective(order);
    const [lines, payments, session] = [
      await this.#linesOf(order.id),
      await this.#paymentsOf(order.id),
      await this.#sessionOf(order.config_id),
    ];
    const taken = {
      pos_reference: `${order.name} REFUND`,
      session_id: session,
      ...(order.partner_id !== false && { partner_id: order.partner_id[0] }),
      amount_total: -order.amount_total,
      amount_tax: -order.amount_tax,
      amount_paid: -order.amount_total,
      lines: lines.map(({ id, product_id: [product], qty, price_subtotal, price_subtotal_incl, ...line }) => ({
        ...line,
        product_id: product,
        qty: -qty,
        price_subtotal: -price_subtotal,
        price_subtotal_incl: -price_subtotal_incl,
        refunded_orderline_id: id,
      })),
      payment_ids: payments.map(({ amount, payment_method_id: [method] }) => ({
        amount: -amount,
        payment_method_id: method,
      })),
    };
    return this.post(taken, key);
  }

  #linesOf(order: number) {
    const fields = ['product_id', 'qty', 'price_unit', 'discount', 'tax_ids', 'price_subtotal', 'price_subtotal_incl'];
    return this.#json2.read(
      'pos.order.line',
      { domain: [['order_id', '=', order]], fields, limit: LINES_MAX },
      originalLine,
    );
  }

  #paymentsOf(order: number) {
    const fields = ['amount', 'payment_method_id'];
    return this.#json2.read(
      'pos.payment',
      { domain: [['pos_order_id', '=', order]], fields, limit: LINES_MAX },
      originalPayment,
    );
  }

  async #sessionOf([config, name]: z.output<typeof many2one>): Promise<number> {
    const [session] = await this.#json2.read(
      'pos.session',
      {
        domain: [
          ['config_id', '=', config],
          ['state', '=', 'opened'],
        ],
        fields: ['id'],
        limit: 1,
      },
      z.object({ id: z.int() }),
    );
    if (session === undefined) throw new ErpFailure('ERP_REFUSED', `The till "${name}" has no open session in Odoo.`);
    return session.id;
  }
}

const original = found.extend({
  config_id: many2one,
  partner_id: z.union([many2one, z.literal(false)]),
  amount_total: z.number(),
  amount_tax: z.number(),
});
const originalLine = z.object({
  id: z.int(),
  product_id: many2one,
  qty: z.number(),
  price_unit: z.number(),
  discount: z.number(),
  tax_ids: z.array(z.int()),
  price_subtotal: z.number(),
  price_subtotal_incl: z.number(),
});
const originalPayment = z.object({ id: z.int(), amount: z.number(), payment_method_id: many2one });

function effective({ id, name, state }: z.output<typeof found>): Posted {
  if (EFFECTIVE.has(state)) return { reference: name === '/' ? String(id) : name };
  const why = state === 'draft' ? 'as a draft: its payments do not make up its total, or its till lacks something' : '';
  throw new ErpFailure('ERP_CONFLICT', `Odoo has the order ${name} (${id}) ${why || `in the state "${state}"`}.`);
}

/** The same for a key for ever; tills of Odoo make theirs by chance. */
export function uuidOf(key: string): string {
  const text = hash('sha256', key, 'hex');
  // Version 8 is for what a program derives in its own way.
  return [text.slice(0, 8), text.slice(8, 12), `8${text.slice(13, 16)}`, `a${text.slice(17, 20)}`, text.slice(20, 32)]
    .join('-')
    .toLowerCase();
}
