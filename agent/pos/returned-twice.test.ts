import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Person } from '#shared/agent-api/answers.ts';
import { returned } from '#shared/protocol/facts/return.ts';
import { openEdgeStore, type EdgeStore } from '#test/support/edge-store.ts';
import { Repairs } from './repair/repairs.ts';

const ADA: Person = { name: 'Ada', role: 'manager' };

let edge: EdgeStore;
let repairs: Repairs;
beforeAll(async () => {
  edge = await openEdgeStore();
  repairs = new Repairs({
    quarantine: edge.store.quarantine,
    intake: edge.context.intake,
    feedOf: () => undefined,
  });
});
afterAll(() => edge[Symbol.asyncDispose]());

const tell = (source: string, ...submissions: { kind: string; key: string; body: object }[]) =>
  edge.context.intake.take(
    source,
    submissions.map((submission) => ({ submission, verbatim: () => JSON.stringify(submission) })),
  );
const sale = (sku: string, units: number, more: object = {}) => {
  const lines = [{ sku, quantity: units, unitPriceMinor: 100 }];
  return { kind: 'sale', key: `${sku}-s`, body: { currency: 'EUR', receiptNo: `R-${sku}`, lines, ...more } };
};
const back = (key: string, sku: string, units: number, more: object = {}) => {
  const lines = [{ sku, quantity: units, unitPriceMinor: 100, condition: 'sellable' }];
  return { kind: 'return', key, body: { currency: 'EUR', sale: `${sku}-s`, lines, ...more } };
};
const voids = (key: string, target: string) => ({ kind: 'void', key, body: { voids: target, reason: 'post void' } });
/** As the app says it: held against what was sold. */
const inApp = (submission: ReturnType<typeof back>) =>
  edge.store.returns.guarded(submission.key, returned.parse(submission.body), 'clerk', () =>
    tell('ui:Eve', submission),
  );
const unitsOf = async (sku: string) => {
  await edge.store.stockView.settled();
  return edge.store.stockView.onHand(sku);
};
const shown = async () =>
  (await edge.store.quarantine.list({ limit: 50 })).items.filter(({ code }) => code === 'RETURNED_TWICE');
const only = async (sku: string) => {
  const found = (await shown()).filter(({ detail }) => detail.includes(`"${sku}`));
  expect(found).toHaveLength(1);
  return found[0] ?? expect.fail();
};

it('F1 F5 a till’s void of a sale of which units came back in the app counts and is shown; one click sets it right', async () => {
  await tell('http:till', sale('A', 2));
  await inApp(back('a-app', 'A', 2));
  expect(await unitsOf('A')).toBe(0);
  expect(await tell('http:till', voids('a-void', 'A-s'))).toMatchObject([{ status: 'appended' }]);
  // The till's word stands; so there are two more than there can be.
  expect(await unitsOf('A')).toBe(2);
  const { id, detail, source } = await only('A');
  expect(detail).toBe(
    'Of receipt R-A, sale "A-s", 2 of "A" came back by "a-app" (ui:Eve), and the sale was taken back as a whole: both count.',
  );
  expect(source).toBe('http:till');
  const { form, remedy } = await repairs.detail(id);
  expect(remedy).toContain('takes the return that it names back');
  expect(JSON.parse(form.text ?? '')).toMatchObject({ kind: 'void', body: { voids: 'a-app' } });
  await repairs.resend(id, ADA, { fields: {} });
  expect(await unitsOf('A')).toBe(0);
  // Said once more, it is as it was: nothing comes back twice any more.
  await tell('http:till', voids('a-void', 'A-s'));
  expect((await shown()).filter(({ detail }) => detail.includes('"A-s"'))).toEqual([]);
});

it('F5 a till’s return that names a sale of which those units came back in the app is shown, whatever came in between', async () => {
  await tell('poslog:till', sale('B', 3));
  await inApp(back('b-app', 'B', 2));
  await tell('poslog:till', back('b-till-1', 'B', 1));
  expect((await shown()).filter(({ detail }) => detail.includes('"B-s"'))).toEqual([]);
  await tell('poslog:till', back('b-till-2', 'B', 1));
  const { detail, verbatim } = await only('B');
  expect(detail).toContain('2 of "B" came back by "b-app" (ui:Eve), and "b-till-2" says so too');
  expect(JSON.parse(verbatim)).toMatchObject({ body: { voids: 'b-app' } });
});

it('F5 it is shown as well when a crash came between the journal and what is set aside, and once', async () => {
  await tell('http:till', sale('C', 1));
  await inApp(back('c-app', 'C', 1));
  const body = { voids: 'C-s', reason: 'post void' };
  await edge.store.journal.append([{ kind: 'void', key: 'c-void', source: 'http:till', body }]);
  for (let time = 0; time < 2; time += 1) {
    expect(await tell('http:till', voids('c-void', 'C-s'))).toMatchObject([{ status: 'duplicate' }]);
    await only('C');
  }
});

it('nothing is said of returns that were taken back, of services, of what is within the sale, or of sales that are unknown', async () => {
  const before = await shown();
  await tell('http:till', sale('D', 2), voids('e-void', 'E-s'), back('e-back', 'E', 9));
  await inApp(back('d-app', 'D', 2));
  await tell('ui:Ada', voids('d-undo', 'd-app'));
  await tell('http:till', voids('d-void', 'D-s'));
  const postage = { lines: [{ sku: 'F', quantity: 1, unitPriceMinor: 1, service: true }] };
  const refund = { lines: [{ sku: 'F', quantity: 2, unitPriceMinor: 1, service: true, condition: 'sellable' }] };
  await tell('http:till', sale('F', 1, postage), back('f-back', 'F', 2, refund));
  await tell('http:till', sale('G', 2), back('g-1', 'G', 1), back('g-2', 'G', 1));
  expect(await shown()).toEqual(before);
});
