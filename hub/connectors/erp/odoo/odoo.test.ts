import { afterEach, beforeEach, expect, it } from 'vitest';
import { systemClock } from '#shared/runtime/clock.ts';
import { madeDocument } from '#test/contract/erp-connector/erp-contract.ts';
import { Odoo } from '#test/support/emulators/erp-odoo.ts';
import type { ErpConnector, MappedDocument } from '../connector.ts';
import { faultOf } from '../failures.ts';
import { render } from '../mapping/render.ts';
import { odooFailure } from './json2.ts';
import { odoo } from './odoo.ts';

let erp: Odoo;
let connector: ErpConnector;
beforeEach(async () => {
  erp = await Odoo.start();
  connector = odoo.create(
    { url: erp.server.url, database: 'shop' },
    { apiKey: 'geheim-key' },
    { code: 'main', clock: systemClock, toPrivate: true, folder: '', timeoutMs: 5_000 },
  );
});
afterEach(async () => {
  connector.close();
  await erp.stop();
});

const document = (kind: Parameters<typeof madeDocument>[0], key: string) =>
  render(madeDocument(kind, key), odoo.example);
const shop = 'S1/Stock';

it('moves what the documents say, and back again what a void takes back', async () => {
  await connector.post(document('receipt', 'S1/r'), 'S1/r');
  await connector.post(document('sale', 'S1/s'), 'S1/s');
  await connector.post(document('variance', 'S1/v'), 'S1/v');
  expect(erp.records.quantityOf('SKU-1', shop)).toBe(-1);
  await connector.post({ act: 'cancel', target: 'pos.order', key: 'S1/s' }, 'S1/void-s');
  await connector.post({ act: 'cancel', target: 'stock.picking', key: 'S1/v' }, 'S1/void-v');
  expect(erp.records.quantityOf('SKU-1', shop)).toBe(1);
  const [sold, refund] = erp.records.rows('pos.order');
  expect([sold?.['amount_total'], refund?.['amount_total'], refund?.['session_id']]).toEqual([1.99, -1.99, 52]);
});

it('O1 an order that Odoo kept as a draft was not taken: a dead letter at once, that says so, also when it is looked up', async () => {
  const sale = document('sale', 'S1/a') as Extract<MappedDocument, { act: 'write' }>;
  const short: MappedDocument = { ...sale, payload: { ...sale.payload, amount_total: 500, amount_paid: 500 } };
  const failing = { code: 'ERP_CONFLICT', message: expect.stringContaining('as a draft') };
  await expect(connector.post(short, 'S1/a')).rejects.toMatchObject(failing);
  await expect(connector.lookup(short, 'S1/a')).rejects.toMatchObject(failing);
  expect(faultOf('ERP_CONFLICT', { wasAnswered: false })).toBe('never');
  expect(erp.keys).toEqual([]);
});

it('O1 a transfer that was made and not validated has moved nothing: it is made anew, by the mapping of now', async () => {
  erp.asksBack = 'stock.backorder.confirmation';
  await expect(connector.post(document('receipt', 'S1/a'), 'S1/a')).rejects.toMatchObject({
    code: 'ERP_REFUSED',
    message: 'Odoo asks back instead of validating: Something is missing (stock.backorder.confirmation).',
  });
  expect(await connector.lookup(document('receipt', 'S1/a'), 'S1/a')).toBeUndefined();
  erp.asksBack = undefined;
  const receipt = document('receipt', 'S1/a') as Extract<MappedDocument, { act: 'write' }>;
  const [line] = receipt.payload['move_ids'] as [Record<string, unknown>];
  const corrected = { ...receipt, payload: { ...receipt.payload, move_ids: [{ ...line, product_uom_qty: 4 }] } };
  await connector.post(corrected, 'S1/a');
  expect(erp.records.quantityOf('SKU-1', shop)).toBe(4);
  expect(erp.records.rows('stock.picking')).toHaveLength(1);
});

it('O1 a 200 that is a conflict applied nothing: the count is set again, and once it is there it is known', async () => {
  erp.movesBetween = 2;
  const count = document('count', 'S1/c%_1');
  expect(await connector.post(count, 'S1/c%_1')).toEqual({ reference: '[S1/c%_1]' });
  expect(erp.records.quantityOf('SKU-1', shop)).toBe(1);
  expect(erp.keys).toEqual(['[S1/c%_1]']);
  expect(await connector.lookup(count, 'S1/c%_1')).toEqual({ reference: '[S1/c%_1]' });
  // Neither a key that begins alike, nor one that the signs of a pattern would match.
  expect(await connector.lookup(count, 'S1/c%_')).toBeUndefined();
  expect(await connector.lookup(count, 'S1/%')).toBeUndefined();
  await connector.post(count, 'S1/c%_1');
  expect(erp.keys).toHaveLength(1);
});

it('O1 a count that is outdated again and again is tried later, and leaves no count behind', async () => {
  erp.movesBetween = 9;
  await expect(connector.post(document('count', 'S1/c'), 'S1/c')).rejects.toMatchObject({ code: 'ERP_OUTDATED' });
  expect(faultOf('ERP_OUTDATED', { wasAnswered: false })).toBe('document');
  expect(erp.keys).toEqual([]);
  expect(erp.records.rows('stock.quant').map((quant) => quant['inventory_quantity_set'])).toEqual([false]);
});

it('a closed session is not sold in; records are asked for once, and again when the session is another', async () => {
  await connector.post(document('sale', 'S1/a'), 'S1/a');
  const before = erp.server.requests;
  await connector.post(document('sale', 'S1/b'), 'S1/b');
  // Its session, and the order itself.
  expect(erp.server.requests - before).toBe(2);
  for (const session of erp.records.tables['pos.session'] ?? []) session['state'] = 'closed';
  await expect(connector.post(document('sale', 'S1/c'), 'S1/c')).rejects.toMatchObject({
    code: 'ERP_REFUSED',
    message: 'Odoo has no pos.session whose config_id.name is "Store 1".',
  });
});

it.for([
  [422, 'odoo.exceptions.ValidationError', 'Reference must be unique', 'ERP_REFUSED'],
  [422, 'werkzeug.exceptions.UnprocessableEntity', "got an unexpected keyword argument 'x'", 'ERP_REFUSED'],
  [404, 'odoo.exceptions.MissingError', 'Record does not exist', 'ERP_REFUSED'],
  [500, 'builtins.ValueError', "Invalid field 'x'", 'ERP_REFUSED'],
  [500, 'psycopg2.errors.SerializationFailure', 'could not serialize access', 'ERP_FAILED'],
  [403, 'odoo.exceptions.AccessError', 'You are not allowed', 'ERP_UNAUTHORIZED'],
  [401, 'werkzeug.exceptions.Unauthorized', 'Invalid apikey', 'ERP_UNAUTHORIZED'],
] as const)('%i %s: %s is %s, without its traceback', ([status, name, message, code]) => {
  const body = { name, message, arguments: [message], context: {}, debug: 'Traceback: secret' };
  const failure = odooFailure({ status, headers: {}, text: JSON.stringify(body) }, 0);
  expect([failure.code, failure.message]).toEqual([
    code,
    `The ERP answered ${status}: ${name.split('.').at(-1)}: ${message}`,
  ]);
});

it('X2 a model that is not posted to, and what names no record, are faults of the mapping', async () => {
  const failing = { code: 'ERP_MAPPING_FAILED' };
  const other: MappedDocument = { act: 'write', target: 'sale.order', payload: {} };
  await expect(connector.post(other, 'S1/a')).rejects.toMatchObject(failing);
  const nameless: MappedDocument = { act: 'write', target: 'stock.quant', payload: { lines: [{ find: 'x' }] } };
  await expect(connector.post(nameless, 'S1/a')).rejects.toMatchObject(failing);
  await expect(connector.post({ act: 'cancel', target: 'stock.quant', key: 'k' }, 'S1/a')).rejects.toMatchObject(
    failing,
  );
});

it('reads stock by its own names, from a page and an instant on', async () => {
  await connector.post(document('receipt', 'S1/r'), 'S1/r');
  const [line] = (await connector.readStock({ since: null, cursor: null, limit: 5 })).items;
  expect(line).toEqual({ location: shop, sku: 'SKU-1', quantity: 1, changedAt: '2026-01-01T00:00:00Z' });
  expect((await connector.readStock({ since: '2026-01-02T00:00:00Z', cursor: null, limit: 5 })).items).toEqual([]);
});
