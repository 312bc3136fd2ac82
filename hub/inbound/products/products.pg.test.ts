import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { makeSource, testInbound } from '#test/support/inbound.ts';
import { transaction } from '#hub/db/transaction.ts';
import type { Inbound } from '../inbound.ts';
import { applyRules, weighNext } from './apply-rules.ts';
import { enterByHand } from './enter-by-hand.ts';
import { listConflicts, listStatements } from './show.ts';

const T = 1_700_000_000_000;

let database: TestDatabase;
let inbound: Inbound;
const pool = () => database.pool;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.clear();
  inbound = testInbound(pool());
  for (const code of ['erp', 'pim']) await makeSource(inbound, { code, kind: 'erp' });
});

const apply = (rules: unknown) => applyRules(pool(), { rules, by: 'me', note: null }, () => Promise.resolve());
const byHand = (name: string, now = T, sku = 'A') => {
  const product = { sku, name, gtin: null, category: null, priceMinor: null, currency: null, deleted: false };
  return transaction(pool(), (client) => enterByHand(client, [product], now));
};
async function product(sku = 'A'): Promise<unknown> {
  const text = 'SELECT name, gtin, category, price_minor, currency, deleted FROM products WHERE sku = $1';
  return (await pool().query(text, [sku])).rows[0];
}
async function announced(): Promise<string[][]> {
  const { rows } = await pool().query<{ keys: string[] }>(
    `SELECT keys FROM changes WHERE topic = 'products' ORDER BY position`,
  );
  return rows.map(({ keys }) => keys);
}

describe('the product master of many sources', () => {
  it('believes field by field whom the rules name first; the others are noted, and disagreement is shown', async () => {
    await apply({ order: ['erp'], fields: { name: { order: ['pim', 'erp'] } } });
    const erp = {
      sku: 'A',
      saidAt: T,
      name: 'ERP NAME',
      gtin: '4006381333931',
      price: { minor: 1_999, currency: 'EUR' },
    };
    expect(await inbound.products('erp', [erp])).toEqual([{ status: 'changed', sku: 'A' }]);
    expect(
      await inbound.products('pim', [{ sku: 'A', saidAt: T, name: 'Nice name', price: { minor: 5, currency: 'EUR' } }]),
    ).toEqual([{ status: 'changed', sku: 'A' }]);
    expect(await product()).toEqual({
      name: 'Nice name',
      gtin: '4006381333931',
      category: null,
      price_minor: 1_999,
      currency: 'EUR',
      deleted: false,
    });
    expect(await inbound.products('erp', [{ ...erp, saidAt: T + 1, name: 'OTHER NAME' }])).toEqual([
      { status: 'noted', sku: 'A' },
    ]);
    expect(await product()).toMatchObject({ name: 'Nice name' });
    expect(await announced()).toEqual([['A'], ['A']]);
    expect(await listConflicts(pool(), { after: ['', 'name'], limit: 10 })).toMatchObject([
      {
        sku: 'A',
        field: 'name',
        believed: 'Nice name',
        sayings: [{ source: 'pim' }, { source: 'erp', value: 'OTHER NAME' }],
      },
      { sku: 'A', field: 'price', believed: '1999 EUR' },
    ]);
    const history = await listStatements(pool(), 'A', { before: 1_000, limit: 10 });
    expect(
      history.map(({ source, field, value, isCurrent, isBelieved }) => [source, field, value, isCurrent, isBelieved]),
    ).toEqual([
      ['erp', 'name', 'OTHER NAME', true, false],
      ['pim', 'price', '5 EUR', true, false],
      ['pim', 'name', 'Nice name', true, true],
      ['erp', 'price', '1999 EUR', true, true],
      ['erp', 'gtin', '4006381333931', true, true],
      ['erp', 'name', 'ERP NAME', false, false],
    ]);
  });

  it('null withdraws a word: the next source is believed; stores get only what changed', async () => {
    await apply({ order: ['pim', 'erp'] });
    await inbound.products('erp', [{ sku: 'A', name: 'Of erp', deleted: true }]);
    await inbound.products('pim', [{ sku: 'A', name: 'Of pim', deleted: false }]);
    expect(await product()).toMatchObject({ name: 'Of pim', deleted: false });
    await inbound.products('pim', [{ sku: 'A', name: null, deleted: null }]);
    expect(await product()).toMatchObject({ name: 'Of erp', deleted: true });
    const before = await announced();
    expect(await inbound.products('erp', [{ sku: 'A', name: 'Of erp' }])).toEqual([{ status: 'unchanged', sku: 'A' }]);
    expect(await announced()).toEqual(before);
  });

  it('what was entered by hand before is one word among theirs, and stays so when it is entered again', async () => {
    expect(await byHand('By hand', Date.now())).toBe(1);
    await apply({ order: ['erp', 'hand'] });
    await inbound.products('erp', [{ sku: 'A', category: 'tea' }]);
    expect(await product()).toMatchObject({ name: 'By hand', category: 'tea' });
    await inbound.products('erp', [{ sku: 'A', name: 'Of erp' }]);
    expect(await byHand('By hand again', Date.now())).toBe(0);
    expect(await product()).toMatchObject({ name: 'Of erp', category: 'tea' });
    await inbound.products('erp', [{ sku: 'A', name: null }]);
    expect(await product()).toMatchObject({ name: 'By hand again' });
  });

  it('M1 one product whatever the order, the batches and the repetitions in which two sources told it', async () => {
    await apply({ order: ['erp', 'pim'], fields: { name: { order: [], latest: true } } });
    const words = [
      ['erp', { saidAt: T, name: 'x', gtin: '11111111' }],
      ['erp', { saidAt: T + 20, name: 'y', gtin: null }],
      ['erp', { saidAt: T + 30, name: 'x', category: 'c' }],
      ['pim', { saidAt: T + 10, name: 'z', gtin: '22222222' }],
      ['pim', { saidAt: T + 25, name: 'w', category: 'd' }],
    ] as const;
    let run = 0;
    const expected = { name: 'x', gtin: '22222222', category: 'c' };
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(words.length - 1), { maxLength: 10 }), async (order) => {
        const sku = `P${run++}`;
        for (const place of [...order, ...words.keys()]) {
          const word = words[place];
          if (word !== undefined) await inbound.products(word[0], [{ sku, ...word[1] }]);
        }
        expect(await product(sku)).toMatchObject(expected);
      }),
      { numRuns: 15 },
    );
  });

  it('products follow new rules, in steps that go on where they stopped', async () => {
    const items = Array.from({ length: 5 }, (_, place) => ({ sku: `S${place}`, saidAt: T, name: 'erp' }));
    await inbound.products('erp', items);
    await inbound.products(
      'pim',
      items.map((item) => ({ ...item, saidAt: T - 1, name: 'pim' })),
    );
    expect(await product('S4')).toMatchObject({ name: 'erp' });
    await apply({ order: ['pim'] });
    expect(await weighNext(pool(), 2)).toBe(true);
    expect([await product('S1'), await product('S2')]).toMatchObject([{ name: 'pim' }, { name: 'erp' }]);
    while (await weighNext(pool(), 2));
    expect(await product('S4')).toMatchObject({ name: 'pim' });
    expect(await weighNext(pool(), 2)).toBe(false);
  });

  it('F5 X2 bad items and bad rules are told and kept, the others taken; without a name there is no product yet', async () => {
    const results = await inbound.products('erp', [
      { sku: 'A', name: '' },
      { sku: 'B' },
      { sku: 'C', price: { minor: 1, currency: 'EUR' } },
      { sku: 'D', name: 'Good' },
    ]);
    expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'noted', 'changed']);
    expect(await product('C')).toBeUndefined();
    await inbound.products('pim', [{ sku: 'C', name: 'Sea' }]);
    expect(await product('C')).toMatchObject({ name: 'Sea', price_minor: 1 });
    expect((await pool().query('SELECT FROM inbound_rejects')).rowCount).toBe(2);
    await expect(apply({ order: ['nobody'] })).rejects.toMatchObject({ code: 'PRODUCT_RULES_INVALID' });
    await expect(apply({ fields: { colour: { order: [] } } })).rejects.toMatchObject({ code: 'PRODUCT_RULES_INVALID' });
  });
});
