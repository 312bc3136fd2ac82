import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { People } from '#agent/people/people.ts';
import type { DaemonOptions } from '#agent/daemon.ts';
import type { PersonRole } from '#shared/agent-api/answers.ts';
import type { FeedView, Sample, TableLook, Trial } from '#shared/agent-api/sources.ts';
import { until } from '#test/support/edge-store.ts';
import { runAgent } from '#test/support/running-agent.ts';
import { lookAt } from './look.ts';

const RETAIL = gunzipSync(readFileSync(join(import.meta.dirname, '../../../test/data/online-retail-2011-08.csv.gz')));
const TEXT =
  'Beleg;Artikel;Menge;Preis;Datum\n1;Käse;2;1,50;01.03.2026\nR2;Käse;-1;1,50;02.03.2026\n3;Brot;x;0,90;02.03.2026\n';
const FEED = {
  kind: 'transactions',
  currency: 'EUR',
  timeZone: 'Europe/Berlin',
  delimiter: ';',
  decimalSeparator: ',',
  dateFormat: 'dd.MM.yyyy',
  settleMs: 50,
  columns: { document: 'Beleg', sku: 'Artikel', quantity: 'Menge', price: 'Preis', date: 'Datum' },
  rules: { returnPrefix: 'R' },
};

function temporary(): string {
  const folder = mkdtempSync(join(tmpdir(), 'assistant-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A running agent, and what somebody who is signed in asks of it. */
async function manager(options: Partial<DaemonOptions> = {}, role: PersonRole = 'manager') {
  const agent = await runAgent(options);
  const pin = new People(agent.folder).add({ name: 'Ada', role }, Date.now());
  const signedIn = await fetch(`${agent.url}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ pin }),
  });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  const send = async (method: string, path: string, body?: string | Buffer) => {
    const headers = { cookie, 'content-type': typeof body === 'string' ? 'application/json' : 'text/csv' };
    const sent = body === undefined ? {} : { body: typeof body === 'string' ? body : new Uint8Array(body) };
    const answer = await fetch(agent.url + path, { method, headers, ...sent });
    return { status: answer.status, body: (await answer.json()) as unknown };
  };
  const ask = (method: string, path: string, body?: object) =>
    send(method, path, body === undefined ? undefined : JSON.stringify(body));
  const upload = async (bytes: Buffer | string): Promise<string> => {
    const { body } = await send('POST', '/v1/samples?name=a.csv', Buffer.from(bytes));
    return (body as Sample).id;
  };
  return { agent, ask, upload };
}

describe('how a table looks', () => {
  it.each([
    ['utf8', Buffer.from(`\uFEFF${TEXT}`)],
    ['latin1', Buffer.from(TEXT, 'latin1')],
    ['utf16le', Buffer.from(`\uFEFF${TEXT}`, 'utf16le')],
    ['utf16be', Buffer.from(`\uFEFF${TEXT}`, 'utf16le').swap16()],
  ] as const)('X2 reads %s as it is', async (encoding, bytes) => {
    const path = join(temporary(), 'a.csv');
    writeFileSync(path, bytes);
    const look = await lookAt(path);
    expect(look).toMatchObject({ encoding, delimiter: ';', hasHeader: true, guess: { dateFormat: 'dd.MM.yyyy' } });
    expect(look.rows[0]).toEqual(['1', 'Käse', '2', '1,50', '01.03.2026']);
    expect(look.columns.map(({ name }) => name)).toEqual(['Beleg', 'Artikel', 'Menge', 'Preis', 'Datum']);
  });

  it('X2 refuses what has no rows, and reads no more of a file without line ends than its beginning', async () => {
    const path = join(temporary(), 'a.csv');
    writeFileSync(path, '');
    await expect(lookAt(path)).rejects.toMatchObject({ code: 'CSV_FILE_INVALID' });
    writeFileSync(path, 'x'.repeat(2_000_000));
    await expect(lookAt(path)).rejects.toMatchObject({ code: 'CSV_FILE_INVALID' });
  });
});

it('a manager uploads a file, has it tried, saves the feed, and it takes files at once and after a restart', async () => {
  const { agent, ask, upload } = await manager();
  const id = await upload(Buffer.from(TEXT, 'latin1'));
  const look = await ask('GET', `/v1/samples/${id}/look`);
  expect(look.body).toMatchObject({ encoding: 'latin1', guess: { columns: FEED.columns, returnPrefix: 'R' } });
  const feed = { ...FEED, name: 'till', encoding: 'latin1' };
  const trial = await ask('POST', `/v1/samples/${id}/trial`, { feed });
  expect(trial.body).toMatchObject({
    isWhole: true,
    rowsRead: 3,
    facts: { sale: 1, return: 1 },
    units: { sale: 2, return: 1 },
    netMinor: 150,
    rejectedRows: 1,
    reasons: [{ reason: 'quantity: "…" is not a whole number', rows: 1, line: 4, example: '3;Brot;x;0,90;02.03.2026' }],
    failure: null,
  });
  expect(agent.daemon.store.journal.lastSeq).toBe(0);
  const saved = await ask('PUT', '/v1/feeds/till', { feed, basedOn: 0 });
  expect(saved.body).toMatchObject({ from: 'app', version: 1, history: [{ by: 'Ada' }] });
  const drop = join(agent.folder, 'drop', 'till');
  await until(() => existsSync(join(drop, 'working')));
  writeFileSync(join(drop, 'a.csv'), TEXT, 'latin1');
  await until(() => agent.daemon.store.journal.lastSeq === 2);
  // Changed while it runs: the next file is read by the new settings.
  const changed = await ask('PUT', '/v1/feeds/till', { feed: { ...feed, encoding: 'utf16le' }, basedOn: 1 });
  expect((changed.body as FeedView).history.map(({ version }) => version)).toEqual([2, 1]);
  writeFileSync(join(drop, 'b.csv'), `\uFEFF${TEXT.replaceAll('\n1;', '\n11;').replace('R2', 'R12')}`, 'utf16le');
  await until(() => agent.daemon.store.journal.lastSeq === 4);
  const again = await ask('PUT', '/v1/feeds/till', { feed, basedOn: 1 });
  expect(again).toMatchObject({ status: 409, body: { code: 'CONFLICT' } });
  const files = async () => ((await ask('GET', '/v1/feeds/till/files')).body as { files: object[] }).files;
  await until(async () => (await files()).length === 2 && existsSync(join(drop, 'done', 'b.csv')));
  const { body } = await ask('GET', '/v1/feeds');
  expect((body as { feeds: FeedView[] }).feeds).toMatchObject([
    { name: 'till', version: 2, feed: { encoding: 'utf16le' } },
  ]);
  await agent.daemon.stop('to start again');
  const { startDaemon } = await import('#agent/daemon.ts');
  const { systemClock } = await import('#shared/runtime/clock.ts');
  const { silentLogger } = await import('#shared/runtime/logger.ts');
  const options = { data: agent.folder, storage: undefined, port: 0, feeds: undefined, origins: [] };
  const next = await startDaemon(
    { ...options, requestsPerSecond: 100, keepDays: 400 },
    { clock: systemClock, logger: silentLogger, connect: () => undefined },
  );
  onTestFinished(() => next.stop('test is over'));
  writeFileSync(join(drop, 'c.csv'), `\uFEFF${TEXT.replaceAll('\n1;', '\n21;').replace('R2', 'R22')}`, 'utf16le');
  await until(() => next.store.journal.lastSeq === 6);
});

it('a trial of a real export says what would come of it; a file of a feed can be tried with other settings', async () => {
  const folder = temporary();
  const rejected = join(folder, 'drop', 'rejected');
  mkdirSync(rejected, { recursive: true });
  writeFileSync(join(rejected, 'month.csv'), RETAIL);
  writeFileSync(join(folder, 'feeds.json'), JSON.stringify({ feeds: [{ ...FEED, name: 'fixed', folder: 'drop' }] }));
  const { ask, agent } = await manager({ feeds: join(folder, 'feeds.json') });
  const copied = await ask('POST', '/v1/samples/from-feed', {
    feed: 'fixed',
    place: 'rejected',
    file: 'month.csv',
  });
  const sample = copied.body as Sample;
  const look = (await ask('GET', `/v1/samples/${sample.id}/look`)).body as TableLook;
  const { description: _description, ...columns } = look.guess.columns;
  const feed = { kind: 'transactions', name: 'other', currency: 'GBP', dateFormat: look.guess.dateFormat, columns };
  const rules = { returnPrefix: 'C', moneyPrefix: 'A', serviceSkus: ['POST', 'M'] };
  const trial = (await ask('POST', `/v1/samples/${sample.id}/trial`, { feed: { ...feed, rules } })).body as Trial;
  const lines = RETAIL.toString().trim().split('\n').length - 1;
  expect(trial).toMatchObject({ isWhole: true, failure: null, currency: 'GBP' });
  expect(trial.rowsRead).toBeGreaterThan(lines * 0.99);
  expect(trial.facts['sale']).toBeGreaterThan(500);
  expect(trial.from).toBeLessThan(trial.to ?? 0);
  const wrong = { ...feed, columns: { ...columns, sku: 'Nothing' } };
  const failed = await ask('POST', `/v1/samples/${sample.id}/trial`, { feed: wrong });
  expect((failed.body as Trial).failure).toMatchObject({
    code: 'CSV_FILE_INVALID',
    detail: expect.stringContaining('"Nothing"'),
  });
  const fixed = await ask('PUT', '/v1/feeds/fixed', { feed: FEED, basedOn: 0 });
  expect([fixed.status, agent.daemon.store.journal.lastSeq]).toEqual([403, 0]);
});

it('X1 X2 is for managers alone, and takes no folder of the agent’s, no path out of a feed’s, no setting that is wrong', async () => {
  const clerk = await manager({}, 'clerk');
  expect((await clerk.ask('GET', '/v1/feeds')).status).toBe(403);
  expect((await clerk.agent.call('/v1/feeds')).status).toBe(403);
  await clerk.agent.daemon.stop('the manager has an agent of their own');
  const { ask, agent, upload } = await manager();
  const put = async (feed: object, name = 'till') => (await ask('PUT', `/v1/feeds/${name}`, { feed, basedOn: 0 })).body;
  for (const folder of ['/', agent.folder, join(agent.folder, 'sources'), tmpdir()])
    expect(await put({ ...FEED, folder })).toMatchObject({ code: 'CONFIG_INVALID' });
  expect(await put({ ...FEED, dateFormat: 'soon' })).toMatchObject({
    code: 'CONFIG_INVALID',
    detail: expect.stringContaining('dateFormat'),
  });
  expect(await put({ ...FEED }, 'a%2F..')).toMatchObject({ code: 'REQUEST_INVALID' });
  expect(await put(FEED)).toMatchObject({ version: 1 });
  for (const file of ['../../clients.json', '..', 'a\\b'])
    expect((await ask('POST', '/v1/samples/from-feed', { feed: 'till', place: 'drop', file })).status).toBe(404);
  expect((await ask('GET', '/v1/samples/000000000000000000000000/look')).status).toBe(404);
  for (let no = 0; no < 7; no += 1) await upload(TEXT);
  expect(readdirSync(join(agent.folder, 'sources', 'samples'))).toHaveLength(5);
});
