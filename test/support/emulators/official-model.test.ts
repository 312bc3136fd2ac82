import { describe, expect, it } from 'vitest';
import { OfficialModel } from './official-model.ts';

const open = () => new OfficialModel(['amazon/listingsItems_2021-08-01.json', 'amazon/feeds_2021-06-30.json']);
const ITEM = '/listings/2021-08-01/items/S1/A%2F1';
const patch = (path: string, body: unknown) => ({
  method: 'PATCH',
  path,
  headers: { 'content-type': 'application/json' },
  text: typeof body === 'string' ? body : JSON.stringify(body),
});
const BODY = { productType: 'PRODUCT', patches: [{ op: 'merge', path: '/attributes/x', value: [{ quantity: 1 }] }] };

describe('official model', () => {
  it('reads a request that is as it says', () => {
    const model = open();
    const call = model.request(patch(`${ITEM}?marketplaceIds=M1,M2`, BODY));
    expect(model.violations).toEqual([]);
    expect(call).toMatchObject({
      operation: { name: 'patchListingsItem' },
      parameters: { sellerId: 'S1', sku: 'A/1', marketplaceIds: ['M1', 'M2'] },
      body: BODY,
    });
    const search = model.request({
      ...patch('/listings/2021-08-01/items/S1?marketplaceIds=M&pageSize=5', ''),
      method: 'GET',
    });
    expect(search?.parameters).toMatchObject({ pageSize: 5, marketplaceIds: ['M'] });
  });

  it.each([
    ['another path', patch('/listings/2021-08-01/things', BODY), 'no such operation'],
    ['another method', { ...patch(ITEM, BODY), method: 'POST' }, 'no such operation'],
    ['a parameter that is missing', patch(ITEM, BODY), 'marketplaceIds is missing'],
    [
      'a parameter that it does not know',
      patch(`${ITEM}?marketplaceIds=M&marketplace=M`, BODY),
      'marketplace is not known',
    ],
    [
      'a value out of bounds',
      { ...patch('/listings/2021-08-01/items/S1?marketplaceIds=M&pageSize=500', ''), method: 'GET' },
      'must be <= ',
    ],
    [
      'a value that is no number',
      { ...patch('/listings/2021-08-01/items/S1?marketplaceIds=M&pageSize=x', ''), method: 'GET' },
      'must be integer',
    ],
    ['a body that is missing', patch(`${ITEM}?marketplaceIds=M`, ''), 'the body is missing'],
    ['a body that is no JSON', patch(`${ITEM}?marketplaceIds=M`, '<a>'), 'no JSON'],
    ['a body without what it needs', patch(`${ITEM}?marketplaceIds=M`, { patches: BODY.patches }), 'productType'],
    ['a property that it does not name', patch(`${ITEM}?marketplaceIds=M`, { ...BODY, patchs: [] }), 'patchs'],
    [
      'a value that it does not know',
      patch(`${ITEM}?marketplaceIds=M`, { ...BODY, patches: [{ op: 'set', path: '/' }] }),
      'allowed values',
    ],
  ])('names %s', (_, request, why) => {
    const model = open();
    expect(model.request(request)).toBeUndefined();
    expect(model.violations).toHaveLength(1);
    expect(model.violations[0]).toContain(why);
  });

  it('names answers of an emulator that are not as it says', () => {
    const model = open();
    const call = model.request(patch(`${ITEM}?marketplaceIds=M`, BODY))!;
    const body = { sku: 'A/1', status: 'ACCEPTED', submissionId: '1', issues: [] };
    model.answer(call, { status: 200, body });
    model.answer(call, { status: 429, body: { errors: [{ code: 'QuotaExceeded', message: 'm', details: '' }] } });
    expect(model.violations).toEqual([]);
    model.answer(call, { status: 200, body: { ...body, status: 'DONE' } });
    model.answer(call, { status: 200, body: { ...body, more: 1 } });
    model.answer(call, { status: 418, body });
    expect(model.violations.map((one) => one.split(': ')[0])).toEqual([
      'patchListingsItem, answer 200',
      'patchListingsItem, answer 200',
      'patchListingsItem, answer 418',
    ]);
  });
});
