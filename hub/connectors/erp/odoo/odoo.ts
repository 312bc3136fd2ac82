import { z } from 'zod';
import { defineErpKind, ErpFailure, type ErpConnector, type MappedDocument, type StockPage } from '../connector.ts';
import { baseUrl, originOf, secret } from '../http/fields.ts';
import { createHttp, requireErpUrl } from '../http/http.ts';
import { CountedQuants } from './counted-quants.ts';
import { createJson2, type Domain, type Json2 } from './json2.ts';
import { odooExample } from './odoo-example.ts';
import { Pickings } from './pickings.ts';
import { PosOrders } from './pos-orders.ts';
import { References } from './references.ts';

const settings = z.strictObject({
  url: baseUrl,
  database: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, 'must be the name of a database')
    .describe('Sent as X-Odoo-Database.'),
});
const credentials = z.strictObject({ apiKey: secret });

const CAPABILITIES = { cancels: true, once: 'uniqueField', readsStock: true } as const;

const quant = z.object({
  id: z.int(),
  product_id: z.tuple([z.int(), z.string()]),
  location_id: z.tuple([z.int(), z.string()]),
  quantity: z.number(),
  write_date: z.string().max(64),
});
const product = z.object({ id: z.int(), default_code: z.union([z.string(), z.literal(false)]) });

/**
 * Odoo 19, by its JSON-2: sales and returns as orders of a till, goods that move as transfers, counts as inventory
 * adjustments. A mapping's target is one of their models.
 */
export const odoo = defineErpKind({
  title: 'Odoo 19, by JSON-2 (POST /json/2/MODEL/METHOD)',
  settings,
  credentials,
  capabilities: CAPABILITIES,
  example: odooExample,
  shownTo: ({ url }) => originOf(url),
  create({ url, database }, { apiKey }, { clock, toPrivate, timeoutMs }): ErpConnector {
    requireErpUrl(url, toPrivate);
    const http = createHttp({ clock, toPrivate, timeoutMs });
    const json2 = createJson2({ url, database, apiKey, http, now: () => clock.now() });
    const references = new References(json2, () => clock.monotonic());
    const models = {
      'pos.order': new PosOrders(json2),
      'stock.picking': new Pickings(json2),
      'stock.quant': new CountedQuants(json2),
    };
    const modelOf = ({ target }: MappedDocument) => {
      if (Object.hasOwn(models, target)) return models[target as keyof typeof models];
      const known = Object.keys(models).join(', ');
      throw new ErpFailure('ERP_MAPPING_FAILED', `"${target}" is not a model that is posted to: ${known}.`);
    };
    return {
      capabilities: CAPABILITIES,
      async lookup(document, key) {
        // What takes a document back is a document of its own, under its own key.
        const there = await modelOf(document).lookup(key);
        if (there !== undefined || document.act === 'write') return there;
        const target = await modelOf(document).lookup(document.key);
        return target === undefined ? { reference: null } : undefined;
      },
      async post(document, key) {
        const model = modelOf(document);
        const there = document.act === 'cancel' ? await model.lookup(key) : undefined;
        if (there !== undefined) return there;
        if (document.act === 'write') return model.post(await references.resolve(document.payload), key);
        if (!('reverse' in model)) throw new ErpFailure('ERP_MAPPING_FAILED', 'A count is not taken back in Odoo.');
        return (await model.reverse(document.key, key)) ?? { reference: null };
      },
      readStock: ({ since, cursor, limit }) => readQuants(json2, { since, after: Number(cursor ?? 0), limit }),
      close: () => http.close(),
    };
  },
});

/** A line a quant: of one product at one place there may be several, by lot, package and owner, which add up. */
async function readQuants(
  json2: Json2,
  { since, after, limit }: { since: string | null; after: number; limit: number },
): Promise<StockPage> {
  if (!Number.isSafeInteger(after)) throw new ErpFailure('ERP_REFUSED', 'That is no cursor of Odoo.');
  const domain: Domain = [
    ['location_id.usage', '=', 'internal'],
    ['id', '>', after],
    ...(since === null ? [] : [['write_date', '>=', datetimeOf(since)] as const]),
  ];
  const fields = ['product_id', 'location_id', 'quantity', 'write_date'];
  const quants = await json2.read('stock.quant', { domain, fields, limit }, quant);
  const products = [...new Set(quants.map(({ product_id: [id] }) => id))];
  const asked = { domain: [['id', 'in', products]] as const, fields: ['default_code'], limit: products.length };
  const rows = products.length === 0 ? [] : await json2.read('product.product', asked, product);
  const skus = new Map(rows.map(({ id, default_code: code }) => [id, code]));
  const items = quants.map(({ product_id: [id, name], location_id: [, location], quantity, write_date }) => ({
    location,
    sku: skus.get(id) || name,
    quantity,
    changedAt: `${write_date.replace(' ', 'T')}Z`,
  }));
  return { items, next: quants.length < limit ? null : String(quants.at(-1)?.id) };
}

/** Odoo's datetimes are UTC, without a zone. */
function datetimeOf(instant: string): string {
  return new Date(instant).toISOString().slice(0, 19).replace('T', ' ');
}
