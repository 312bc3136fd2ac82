import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import type { Person } from '#shared/agent-api/answers.ts';
import { openEdgeStore, until, type EdgeStore } from '#test/support/edge-store.ts';
import { ConfiguredSources } from '../configured-sources.ts';
import { parseFeed } from '../feeds.ts';
import { Repairs } from './repairs.ts';

const ADA: Person = { name: 'Ada', role: 'manager' };

interface Shop {
  readonly edge: EdgeStore;
  readonly repairs: Repairs;
  readonly sources: ConfiguredSources;
  readonly folder: string;
  /** Drops a file, and waits until it has been dealt with. */
  drop(name: string, text: string): Promise<void>;
  only(): Promise<string>;
}

async function shop(feed?: object): Promise<Shop> {
  const edge = await openEdgeStore(new Set(['A', 'B', '100']));
  const folder = join(edge.folder, 'drop');
  mkdirSync(folder, { recursive: true });
  const sources = new ConfiguredSources({ ...edge.context, stateFolder: join(edge.folder, 'state') });
  onTestFinished(async () => {
    await sources.stop();
    await edge[Symbol.asyncDispose]();
  });
  if (feed) await sources.put(parseFeed({ name: 'f', folder, settleMs: 50, ...feed }));
  const { quarantine } = edge.store;
  const repairs = new Repairs({ quarantine, intake: edge.context.intake, feedOf: (source) => sources.feedOf(source) });
  return {
    edge,
    repairs,
    sources,
    folder,
    async drop(name, text) {
      writeFileSync(join(folder, `${name}.tmp`), text);
      renameSync(join(folder, `${name}.tmp`), join(folder, name));
      const done = () => ['done', 'rejected'].some((part) => reportIn(join(folder, part, `${name}.report.json`)));
      await until(done);
    },
    async only() {
      const { items } = await quarantine.list({ limit: 10 });
      expect(items).toHaveLength(1);
      return items[0]?.id ?? '';
    },
  };
}

function reportIn(path: string): boolean {
  try {
    return readFileSync(path, 'utf8') !== '';
  } catch {
    return false;
  }
}

const refusal = (code: string) => expect.objectContaining({ code });
const CSV = {
  kind: 'transactions',
  currency: 'EUR',
  dateFormat: 'yyyy-MM-dd',
  columns: { document: 'No', sku: 'Art', quantity: 'Qty', price: 'Price', date: 'Day' },
};
const HEADER = 'No,Art,Qty,Price,Day\n';

/** A fact as a till posts it, its key in the header or in the body. */
const post = ({ edge }: Shop, submission: object) =>
  edge.context.intake.take('http:till-1', [
    { submission: { key: 'k1', ...submission }, verbatim: () => JSON.stringify(submission) },
  ]);

it('F4 F5 a posted fact is corrected by its fields and counts once, under the key that it came with', async () => {
  const one = await shop();
  await post(one, {
    kind: 'sale',
    body: { currency: 'EUR', lines: [{ sku: 'Z', quantity: '2', unitPriceMinor: 100 }] },
  });
  const id = await one.only();
  const { form } = await one.repairs.detail(id);
  expect(form.fields.filter(({ isWrong }) => isWrong)).toEqual([
    { id: 'body.lines.0.quantity', kind: 'quantity', label: '1: quantity', value: '2', isWrong: true },
  ]);
  expect(form.fields.find(({ id: field }) => field === 'key')?.value).toBe('k1');
  await expect(one.repairs.resend(id, ADA, { fields: { 'body.lines.0.quantity': '0' } })).rejects.toThrow(
    refusal('FACT_INVALID'),
  );
  expect(await one.only()).toBe(id);
  const fields = { 'body.lines.0.quantity': '2', 'body.lines.0.sku': 'A' };
  const answer = await one.repairs.resend(id, ADA, { fields });
  expect(answer).toMatchObject({ facts: [{ status: 'appended', key: 'k1', seq: 1 }], unknownSkus: [] });
  expect(answer.item.acts.map(({ act, by }) => [act, by])).toEqual([
    ['sending', 'ui:Ada'],
    ['refused', 'ui:Ada'],
    ['sending', 'ui:Ada'],
    ['sent', 'ui:Ada'],
  ]);
  const lines = [{ sku: 'A', quantity: 2, unitPriceMinor: 100 }];
  expect(await one.edge.facts()).toEqual([{ kind: 'sale', key: 'k1', body: { currency: 'EUR', lines } }]);
  await expect(one.repairs.resend(id, ADA, { fields })).rejects.toThrow(refusal('CONFLICT'));
  expect(one.edge.store.quarantine.count).toBe(0);
});

it('F4 a fact under a key that another has is sent under a key of its own', async () => {
  const one = await shop();
  const sale = (units: number) => {
    return { kind: 'sale', body: { currency: 'EUR', lines: [{ sku: 'A', quantity: units, unitPriceMinor: 1 }] } };
  };
  await post(one, sale(1));
  await post(one, sale(2));
  const id = await one.only();
  expect((await one.repairs.detail(id)).form.fields[0]).toMatchObject({ id: 'key', isWrong: true });
  await one.repairs.resend(id, ADA, { fields: { key: 'k2' } });
  expect((await one.edge.facts()).map(({ key }) => key)).toEqual(['k1', 'k2']);
});

it('F5 what lacks a field, has one too many, or is no JSON at all is corrected too', async () => {
  const one = await shop();
  await post(one, { kind: 'count', body: { lines: [{ sku: 'A' }], who: 'me' } });
  const id = await one.only();
  const { form } = await one.repairs.detail(id);
  expect(form.fields.filter(({ isWrong }) => isWrong).map(({ id: field }) => field)).toEqual([
    'body.lines.0.quantity',
    'body.who',
  ]);
  await one.repairs.resend(id, ADA, { fields: { 'body.lines.0.quantity': '4', 'body.who': '' } });
  const text = '{"kind":"count","key":"k9",';
  await one.edge.context.intake.setAside('http:till-1', [{ code: 'BODY_NOT_JSON', detail: 'no', verbatim: text }]);
  const broken = await one.only();
  await one.repairs.resend(broken, ADA, { text: `${text}"body":{"lines":[{"sku":"A","quantity":1}]}}` });
  expect((await one.edge.facts()).map(({ key }) => key)).toEqual(['k1', 'k9']);
});

it('F4 a correction that a crash cut off is finished as it was, whatever is sent next: never two facts', async () => {
  const one = await shop();
  const bad = { kind: 'sale', body: { currency: 'EUR', lines: [{ sku: 'A', quantity: 0, unitPriceMinor: 1 }] } };
  await post(one, bad);
  const id = await one.only();
  const text = JSON.stringify(bad).replace('"quantity":0', '"quantity":3');
  // As far as it came: written down, and journaled or not.
  await one.edge.store.quarantine.note(id, 'open', { by: 'ui:Eve', act: 'sending', note: text });
  await expect(one.repairs.resend(id, ADA, { fields: { 'body.lines.0.quantity': '5', key: 'k5' } })).rejects.toThrow(
    /had been sent before, by ui:Eve/,
  );
  const facts = await one.edge.facts();
  expect(facts).toMatchObject([{ key: 'k1', body: { lines: [{ quantity: 3 }] } }]);
  expect((await one.repairs.detail(id)).state).toBe('sent');
});

it('F4 a row of which the document counts already goes under a key of its own, another under its document’s', async () => {
  const one = await shop(CSV);
  await one.drop('a.csv', `${HEADER}1,A,2,1.50,2026-03-01\n1,B,x,2.00,2026-03-01\n2,A,1,1.50,01.03.2026\n`);
  const { items } = await one.edge.store.quarantine.list({ limit: 10 });
  const [partial, alone] = ['"x"', '01.03'].map((part) => items.find(({ detail }) => detail.includes(part))?.id ?? '');
  const { form, origin } = await one.repairs.detail(partial ?? '');
  expect(origin).toEqual({ file: 'a.csv', line: 3, header: 'No,Art,Qty,Price,Day' });
  expect(form.fields.find(({ isWrong }) => isWrong)).toEqual({
    id: '0.quantity',
    kind: 'quantity',
    label: 'Qty',
    value: 'x',
    isWrong: true,
  });
  await one.repairs.resend(partial ?? '', ADA, { fields: { '0.quantity': '7' } });
  await one.repairs.resend(alone ?? '', ADA, { fields: { '0.date': '2026-03-01' } });
  const facts = (await one.edge.facts()).map(({ key, body }) => [key, (body as { lines: object[] }).lines]);
  expect(facts).toEqual([
    ['f:1', [{ sku: 'A', quantity: 2, unitPriceMinor: 150 }]],
    [`f:1:row-${partial?.slice(0, 16)}`, [{ sku: 'B', quantity: 7, unitPriceMinor: 200 }]],
    ['f:2', [{ sku: 'A', quantity: 1, unitPriceMinor: 150 }]],
  ]);
  // The till corrects the second and exports it once more: it is known.
  await one.drop('b.csv', `${HEADER}2,A,1,1.50,2026-03-01\n`);
  expect([await one.edge.facts(), one.edge.store.quarantine.count]).toMatchObject([{ length: 3 }, 0]);
});

it('F4 a sale that the till itself sends again in order is no problem any more, and counts once though somebody corrects it too', async () => {
  const one = await shop(CSV);
  await one.drop('a.csv', `${HEADER}1,A,x,1.50,2026-03-01\n`);
  const id = await one.only();
  const { form } = await one.repairs.detail(id);
  expect(form.fields[0]).toMatchObject({ label: 'Qty', value: 'x' });
  await one.drop('b.csv', `${HEADER}1,A,2,1.50,2026-03-01\n`);
  await expect(one.repairs.resend(id, ADA, { fields: { '0.quantity': '3' } })).rejects.toThrow(refusal('CONFLICT'));
  expect(await one.edge.facts()).toMatchObject([{ key: 'f:1', body: { lines: [{ sku: 'A', quantity: 2 }] } }]);
  expect((await one.repairs.detail(id)).state).toBe('sent');
});

const BROKEN = '1,A,x,1.50,2026-03-01\n1,B,2,free,2026-03-01\n';
const WHOLE = '1,A,3,1.50,2026-03-01\n1,B,2,2.00,2026-03-01\n';
const LINES = [
  { sku: 'A', quantity: 3, unitPriceMinor: 150 },
  { sku: 'B', quantity: 2, unitPriceMinor: 200 },
];

it('F4 F5 rows that are all of a receipt are one thing to correct; the till’s own correction is known, before and after', async () => {
  const one = await shop(CSV);
  await one.drop('a.csv', `${HEADER}${BROKEN}2,A,1,1.50,2026-03-01\n`);
  const id = await one.only();
  const { form, key, verbatim, detail } = await one.repairs.detail(id);
  expect([key, verbatim, detail]).toEqual([
    'f:1',
    BROKEN.trim(),
    'line 2: quantity: "x" is not a whole number; line 3: price: "free" is not a decimal number',
  ]);
  expect(form.fields.filter(({ isWrong }) => isWrong).map(({ label, value }) => [label, value])).toEqual([
    ['1: Qty', 'x'],
    ['2: Price', 'free'],
  ]);
  const corrections = { '0.quantity': '3', '1.price': '2.00' };
  await one.repairs.resend(id, ADA, { fields: corrections });
  await one.drop('b.csv', `${HEADER}${WHOLE}`);
  await one.drop('c.csv', `${HEADER}${WHOLE.replace('1,A,3', '1,A,4')}`);
  const [, fact, ...others] = await one.edge.facts();
  expect([fact, others]).toMatchObject([{ key: 'f:1', body: { lines: LINES } }, []]);
  // What the till says otherwise is shown.
  expect((await one.edge.quarantined()).map(({ code }) => code)).toEqual(['KEY_REUSED']);
});

it('F4 the till’s own correction of a receipt of which every row was set aside closes it: by hand it does not count once more', async () => {
  const one = await shop(CSV);
  await one.drop('a.csv', `${HEADER}${BROKEN}`);
  const id = await one.only();
  await one.drop('b.csv', `${HEADER}${WHOLE}`);
  expect((await one.repairs.detail(id)).state).toBe('sent');
  const corrections = { '0.quantity': '3', '1.price': '2.00' };
  await expect(one.repairs.resend(id, ADA, { fields: corrections })).rejects.toThrow(refusal('CONFLICT'));
  expect(await one.edge.facts()).toMatchObject([{ key: 'f:1', body: { lines: LINES } }]);
});

it('F4 a row of which nobody could tell the receipt does not count beside the till’s own correction', async () => {
  const one = await shop(CSV);
  await one.drop('a.csv', `${HEADER}1,A,3\n1,B,2\n`);
  const ids = (await one.edge.store.quarantine.list({ limit: 10 })).items.map(({ id }) => id);
  expect(ids).toHaveLength(2);
  await one.drop('b.csv', `${HEADER}${WHOLE}`);
  for (const id of ids) {
    const { verbatim } = await one.repairs.detail(id);
    const row = WHOLE.split('\n').find((text) => text.startsWith(verbatim)) ?? '';
    await expect(one.repairs.resend(id, ADA, { text: row })).rejects.toThrow(refusal('KEY_REUSED'));
  }
  // A row that is not in it is one that the till has left out.
  await one.repairs.resend(ids[0] ?? '', ADA, { text: '1,B,7,2.00,2026-03-01' });
  expect((await one.edge.facts()).map(({ key }) => key)).toEqual(['f:1', `f:1:row-${ids[0]?.slice(0, 16)}`]);
});

it('F5 a file that was rejected is read again by the feed as it is then; a second rejection is a problem again', async () => {
  const one = await shop(CSV);
  const text = 'Nr;Art;Qty;Price;Day\n1;A;2;1.50;2026-03-01\n';
  await one.drop('a.csv', text);
  const id = await one.only();
  expect(await one.repairs.detail(id)).toMatchObject({
    code: 'CSV_FILE_INVALID',
    form: { why: 'file', canReadAgain: true },
  });
  await one.repairs.readAgain(id, ADA);
  await until(() => one.edge.store.quarantine.count === 1);
  const columns = { ...CSV.columns, document: 'Nr' };
  await one.sources.put(parseFeed({ name: 'f', folder: one.folder, settleMs: 50, ...CSV, columns, delimiter: ';' }));
  await one.repairs.readAgain(id, ADA);
  await until(async () => (await one.edge.facts()).length === 1);
  expect((await one.repairs.detail(id)).acts.map(({ act }) => act)).toEqual(['sent', 'cameAgain', 'sent']);
});

it('F5 two files of one name that were rejected and begin alike are shown each, and each is read again as itself', async () => {
  const one = await shop(CSV);
  // Longer than what of a file is shown.
  const beginning = `Nr;Art;Qty;Price;Day\n${'1;A;2;1.50;2026-03-01\n'.repeat(300)}`;
  const texts = ['2;A;1;1.50;2026-03-01\n', '3;A;5;1.50;2026-03-01\n'].map((row) => beginning + row);
  const { quarantine } = one.edge.store;
  for (const [place, text] of texts.entries()) {
    await one.drop('a.csv', text);
    await until(() => quarantine.count === place + 1);
  }
  const rejected = join(one.folder, 'rejected');
  // Each with its report.
  await until(() => readdirSync(rejected).length === 4);
  const { items } = await quarantine.list({ limit: 10 });
  const [second, first] = items.map(({ id }) => id);
  // The same file once more is the same problem.
  await one.drop('b.csv', texts[0]!);
  await until(() => readdirSync(rejected).length === 6);
  expect(quarantine.count).toBe(2);
  const canBeRead = async () =>
    Promise.all([first, second].map(async (id) => (await one.repairs.detail(id!)).form.canReadAgain));
  expect(await canBeRead()).toEqual([true, true]);
  renameSync(join(rejected, 'a-2.csv'), join(one.edge.folder, 'elsewhere'));
  expect(await canBeRead()).toEqual([true, false]);
  renameSync(join(one.edge.folder, 'elsewhere'), join(rejected, 'a-2.csv'));
  const columns = { ...CSV.columns, document: 'Nr' };
  await one.sources.put(parseFeed({ name: 'f', folder: one.folder, settleMs: 50, ...CSV, columns, delimiter: ';' }));
  await one.repairs.readAgain(first!, ADA);
  await until(() => existsSync(join(one.folder, 'done', 'a.csv')));
  expect(readFileSync(join(one.folder, 'done', 'a.csv'), 'utf8')).toBe(texts[0]);
  expect(await canBeRead()).toEqual([false, true]);
});

it('F5 a line of a till’s log is corrected within its transaction', async () => {
  const log = gunzipSync(readFileSync(join(import.meta.dirname, '../../../test/data/poslog/POSLog.xml.gz'))).toString();
  const root = log.slice(0, log.indexOf('<Transaction>'));
  const receipt = log.slice(log.indexOf('<Transaction>'), log.indexOf('</Transaction>') + 14);
  const broken = receipt.replace(/(<Quantity[^>]*>)[^<]*</, '$1two<');
  expect(broken).not.toBe(receipt);
  const one = await shop({ kind: 'poslog' });
  await one.drop('log.xml', `${root}${broken}</POSLog>`);
  const id = await one.only();
  const { form } = await one.repairs.detail(id);
  const wrong = form.fields.filter(({ isWrong }) => isWrong);
  expect(wrong).toMatchObject([{ kind: 'quantity', label: expect.stringMatching(/^\d+: Quantity$/), value: 'two' }]);
  const [, before] = /<Quantity[^>]*>([^<]*)</.exec(receipt) ?? [];
  const { facts } = await one.repairs.resend(id, ADA, { fields: { [wrong[0]?.id ?? '']: before ?? '1' } });
  expect(facts).toMatchObject([{ status: 'appended' }]);
  // The till's own log, in order, is the same fact.
  await one.drop('again.xml', `${root}${receipt}</POSLog>`);
  expect([await one.edge.facts(), one.edge.store.quarantine.count]).toMatchObject([{ length: 1 }, 0]);
});
