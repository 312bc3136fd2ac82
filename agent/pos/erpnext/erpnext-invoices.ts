import { z } from 'zod';
import { dateReader } from '#shared/files/local-time.ts';
import { ask, readAnswer } from '../pull/call.ts';
import { secretOf } from '../pull/credentials.ts';
import type { OrderPage, OrderReader } from '../pull/order-reader.ts';
import { pulledKeyPrefix } from '../pull/pull-feed.ts';
import { factsOfInvoice, invoiceRow } from './facts-of-invoice.ts';
import type { ErpnextFeed } from './feed-config.ts';

/** As much as is needed to go on behind it, whatever else is wrong with it. */
const known = z.looseObject({ name: z.string().min(1).max(140), modified: z.string().min(19).max(32) });
const item = z.object({
  parent: z.string(),
  item_code: z.string(),
  qty: z.number(),
  rate: z.number(),
  amount: z.number(),
});
const stocked = z.object({ name: z.string(), is_stock_item: z.int() });
const listOf = <Row extends z.ZodType>(row: Row) => z.object({ data: z.array(row) });

const INVOICE_FIELDS = [
  'name',
  'modified',
  'docstatus',
  'posting_date',
  'posting_time',
  'is_return',
  'return_against',
  'pos_profile',
  'currency',
  'discount_amount',
];
const ITEMS_MAX = 20_000;
const STOCKED_MAX = 50_000;

/** Reads POS invoices by Frappe's REST: a call for a page of them, one for their rows, one for items that are new here. */
export function erpnextInvoices(feed: ErpnextFeed): OrderReader {
  const isStocked = new Map<string, boolean>();
  const wall = wallClock(feed.timeZone);
  const instantOf = dateReader('yyyy-MM-dd HH:mm:ss', feed.timeZone);
  const list = async <Row extends z.ZodType>(
    doctype: string,
    asked: { fields: readonly string[]; filters: readonly unknown[]; limit: number; order?: string; parent?: string },
    row: Row,
    signal: AbortSignal,
  ) => {
    const query = new URLSearchParams({
      fields: JSON.stringify(asked.fields),
      filters: JSON.stringify(asked.filters),
      limit_page_length: String(asked.limit),
      ...(asked.order === undefined ? {} : { order_by: asked.order }),
      ...(asked.parent === undefined ? {} : { parent: asked.parent }),
    });
    const url = `${feed.url}/api/resource/${encodeURIComponent(doctype)}?${query.toString()}`;
    const answer = await ask({ url, headers: { authorization: `token ${secretOf(feed)}` }, signal });
    return { rows: readAnswer(listOf(row), answer.value).data, serverNow: answer.serverNow };
  };
  const learn = async (codes: readonly string[], signal: AbortSignal): Promise<void> => {
    if (isStocked.size > STOCKED_MAX) isStocked.clear();
    const missing = [...new Set(codes)].filter((code) => !isStocked.has(code));
    for (let from = 0; from < missing.length; from += 100) {
      const names = missing.slice(from, from + 100);
      const asked = { fields: ['name', 'is_stock_item'], filters: [['name', 'in', names]], limit: names.length };
      for (const one of (await list('Item', asked, stocked, signal)).rows)
        isStocked.set(one.name, one.is_stock_item === 1);
    }
  };
  return {
    prefix: 'erpnext',
    textOf: (ms) => wall(ms),
    // Text of a clock on the wall: earlier on the same wall.
    earlier: (changedAt, ms) =>
      new Date(Date.parse(`${changedAt.slice(0, 19).replace(' ', 'T')}Z`) - ms)
        .toISOString()
        .slice(0, 19)
        .replace('T', ' '),
    async read({ since, after, limit, signal }): Promise<OrderPage> {
      const filters = [
        ['modified', '>=', since],
        ...(after === null ? [] : [['name', '>', after]]),
        ...(feed.tills.length === 0 ? [] : [['pos_profile', 'in', feed.tills]]),
      ];
      const asked = { fields: INVOICE_FIELDS, filters, limit, order: 'name asc' };
      const { rows, serverNow } = await list('POS Invoice', asked, known, signal);
      const items = await itemsOf(
        rows.map(({ name }) => name),
        signal,
      );
      await learn(
        items.map(({ item_code: code }) => code),
        signal,
      );
      const byInvoice = Map.groupBy(items, ({ parent }) => parent);
      // What is not known to be without stock has it.
      const edges = { instantOf, isStocked: (code: string) => isStocked.get(code) ?? true };
      const orders = rows.map((row) => {
        const own = byInvoice.get(row.name) ?? [];
        const { success, data } = invoiceRow.safeParse(row);
        const facts = success ? factsOfInvoice(feed, data, own, edges) : { rejected: 'a value of it cannot be read' };
        const key = pulledKeyPrefix(feed) + row.name;
        return { id: row.name, changedAt: row.modified, verbatim: JSON.stringify({ ...row, items: own }), key, facts };
      });
      const next = rows.length < limit ? null : (rows.at(-1)?.name ?? null);
      return { orders, next, serverNow: serverNow === null ? null : wall(serverNow) };
    },
  };

  async function itemsOf(invoices: readonly string[], signal: AbortSignal): Promise<z.output<typeof item>[]> {
    if (invoices.length === 0) return [];
    const fields = ['parent', 'item_code', 'qty', 'rate', 'amount'];
    const found: z.output<typeof item>[] = [];
    // Names stand in the address: not all of them at once.
    for (let from = 0; from < invoices.length; from += 50) {
      const filters = [['parent', 'in', invoices.slice(from, from + 50)]];
      const asked = { fields, filters, limit: ITEMS_MAX, parent: 'POS Invoice', order: 'parent asc, idx asc' };
      found.push(...(await list('POS Invoice Item', asked, item, signal)).rows);
    }
    return found;
  }
}

/** What a clock of the zone shows at an instant, as Frappe writes it. */
function wallClock(timeZone: string): (ms: number) => string {
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'medium' });
  return (ms) => format.format(ms);
}
