import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { claimBatch } from '#hub/outbox/documents/claim-batch.ts';
import { endBatch } from '#hub/outbox/documents/end-batch.ts';
import { replayDocument, skipDocument } from '#hub/outbox/documents/decide-documents.ts';
import { spreadDocuments } from '#hub/outbox/documents/spread.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { EVERY_FAULT, randomFaults } from '#test/support/emulators/faulty-server.ts';
import { makeErp, nothingKept } from '#test/support/erps.ts';
import { sold, type RelayTest } from '#test/support/relay-test.ts';
import { Erps } from './admin/erps.ts';
import { putLive } from './admin/mappings.ts';
import { restExample } from './rest/rest-example.ts';

const RULE = { atOnce: 8, perSecond: null, claimSeconds: 5, workSeconds: 5, failuresMax: 5, documentsMax: 64 };

/** Faults, outages, dead letters, kills. */
export function failureTests(here: RelayTest): void {
  const { pool, surroundings, relay, documents, states, keysOf, tell, moreStores } = here;

  it('O1 O2 random faults from a seed, two hubs: everything is there once, in order, with its own content, nothing is a dead letter', async () => {
    const seed = 20_261_128;
    const random = seededRandom(seed);
    await makeErp(pool(), surroundings(), here.erp.server.url, { pace: { timeoutMs: 150, atOnce: 4 } });
    here.erp.server.faults = randomFaults(random, 0.25, EVERY_FAULT);
    // A fault that is the document's own counts: with so many of them it needs more attempts than a hub has.
    const retries = { document: { baseMs: 2, maxMs: 20, attempts: 30 }, erp: { baseMs: 2, maxMs: 30 }, failuresMax: 5 };
    relay({ retries, random });
    relay({ retries, random });
    const expected: Record<string, string[]> = { S1: [], S2: [] };
    for (let round = 0; round < 30; round += 1) {
      const first = Array.from({ length: 1 + Math.floor(random() * 6) }, (_, place) => sold(`${round}-${place}`));
      const second = Array.from({ length: 1 + Math.floor(random() * 6) }, (_, place) => sold(`${round}-${place}`));
      await Promise.all([tell(1, 1, ...first), tell(2, 3, ...second)]);
      expected['S1']!.push(...first.map(([, key]) => `S1/${key}`));
      expected['S2']!.push(...second.map(([, key]) => `S2/${key}`));
    }
    await here.settled();
    expect([seed, keysOf('S1'), keysOf('S2')]).toEqual([seed, expected['S1'], expected['S2']]);
    expect(here.erp.repeated).toEqual([]);
    expect(here.erp.problems).toEqual([]);
    expect((await documents()).filter(({ state }) => state !== 'posted')).toEqual([]);
  });

  it('O1 an outage: nothing is lost or a dead letter, few ask meanwhile, and all comes in order behind it', async () => {
    await makeErp(pool(), surroundings(), here.erp.server.url);
    here.erp.server.faults = () => 'down';
    relay({
      retries: { document: { baseMs: 2, maxMs: 20, attempts: 2 }, erp: { baseMs: 500, maxMs: 1_000 }, failuresMax: 3 },
      random: () => 1,
    });
    await moreStores(10);
    const keys = Array.from({ length: 30 }, (_, place) => `k${place}`);
    for (let store = 1; store <= 10; store += 1) await tell(2 + store, 3 + store, ...keys.map((key) => sold(key)));
    await delay(1_000);
    expect(here.erp.keys).toEqual([]);
    expect(here.erp.server.requests).toBeLessThan(40);
    const shown = await new Erps(pool(), surroundings()).find('main');
    expect(shown).toMatchObject({ waiting: 300, dead: 0, error: { code: 'ERP_FAILED' } });
    expect(shown.failures).toBeGreaterThanOrEqual(3);
    here.erp.server.faults = () => undefined;
    await here.settled();
    for (let store = 1; store <= 10; store += 1) {
      expect(keysOf(`X${store}`)).toEqual(keys.map((key) => `X${store}/${key}`));
    }
    expect(here.erp.repeated).toEqual([]);
    expect((await new Erps(pool(), surroundings()).find('main')).failures).toBe(0);
  });

  it('O2 a document that makes the ERP fail again and again is set aside, and holds up nobody for good; replayed it keeps its key', async () => {
    await makeErp(pool(), surroundings(), here.erp.server.url);
    here.erp.refuse = (key) => (key === 'S1/bad' ? { status: 500 } : undefined);
    relay();
    await tell(1, 1, sold('one'), sold('bad'), sold('two'));
    await here.settled();
    expect(await states()).toEqual([
      ['S1/one', 'posted'],
      ['S1/bad', 'dead'],
      ['S1/two', 'posted'],
    ]);
    const [dead] = await documents({ state: 'dead' });
    expect(dead).toMatchObject({ attempts: 4, error: { code: 'ERP_FAILED' } });
    here.erp.refuse = () => undefined;
    await replayDocument(pool(), dead!.document, nothingKept);
    await replayDocument(pool(), dead!.document, nothingKept);
    await here.settled();
    expect(keysOf('S1')).toEqual(['S1/one', 'S1/two', 'S1/bad']);
    await expect(replayDocument(pool(), dead!.document, nothingKept)).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('O1 an ERP that can only be read: documents wait and none is a dead letter, whatever look-ups it answers', async () => {
    await makeErp(pool(), surroundings(), here.erp.server.url);
    here.erp.refuse = () => ({ status: 503, body: { error: 'read only' } });
    const relayed = relay({
      retries: { document: { baseMs: 2, maxMs: 20, attempts: 8 }, erp: { baseMs: 10, maxMs: 20 }, failuresMax: 3 },
      random: seededRandom(6),
    });
    await moreStores(4);
    for (let store = 1; store <= 4; store += 1) await tell(2 + store, 3 + store, sold('a'), sold('b'));
    const { requests } = here.erp.server;
    await expect.poll(() => here.erp.server.requests - requests).toBeGreaterThan(60);
    expect(await new Erps(pool(), surroundings()).find('main')).toMatchObject({
      dead: 0,
      error: { code: 'ERP_FAILED' },
    });
    here.erp.refuse = () => undefined;
    await here.settled();
    await relayed.stop();
    for (let store = 1; store <= 4; store += 1) expect(keysOf(`X${store}`)).toEqual([`X${store}/a`, `X${store}/b`]);
  });

  it('O2 documents that make the ERP fail, and nothing else: each is set aside in the end; what it takes goes before them meanwhile', async () => {
    await makeErp(pool(), surroundings(), here.erp.server.url);
    here.erp.refuse = (key) => (key.endsWith('/bad') ? { status: 500 } : undefined);
    relay({
      retries: { document: { baseMs: 1, maxMs: 2, attempts: 2 }, erp: { baseMs: 1, maxMs: 2 }, failuresMax: 1 },
      random: seededRandom(7),
    });
    await moreStores(3);
    for (let store = 1; store <= 3; store += 1) await tell(2 + store, 3 + store, sold('bad'));
    await expect.poll(() => here.erp.server.requests).toBeGreaterThan(12);
    await tell(1, 1, sold('good'));
    await expect.poll(() => here.erp.keys).toEqual(['sale S1/good']);
    await here.settled();
    expect((await documents({ state: 'dead' })).map(({ key }) => key)).toEqual(['X1/bad', 'X2/bad', 'X3/bad']);
    const [first] = (await documents()).toSorted((one, other) => Number(one.endedAt) - Number(other.endedAt));
    expect(first?.key).toBe('S1/good');
  });

  it('O2 dead letters that are replayed while another of their stream is being posted follow it, and none is left behind', async () => {
    await makeErp(pool(), surroundings(), here.erp.server.url);
    here.erp.refuse = () => ({ status: 422, body: { error: 'no such customer' } });
    const first = relay();
    await tell(1, 1, sold('one'), sold('two'), sold('three'));
    await here.settled();
    await first.stop();
    here.erp.refuse = () => undefined;
    const [one, ...others] = await documents({ state: 'dead' });
    await replayDocument(pool(), one!.document, nothingKept);
    const batch = await claimBatch(pool(), 1, randomUUID(), RULE);
    for (const { document } of others) await replayDocument(pool(), document, nothingKept);
    await endBatch(pool(), batch!, {
      ended: [{ document: one!.document, outcome: { kind: 'posted', reference: null, mapping: 1 } }],
      health: { kind: 'well' },
      failuresMax: 5,
    });
    relay();
    await here.settled();
    expect(await states()).toEqual(['one', 'two', 'three'].map((key) => [`S1/${key}`, 'posted']));
    expect(here.erp.keys).toEqual(['sale S1/two', 'sale S1/three']);
  });

  it('O2 what the ERP has already is found by its key and not sent again, although its answer was lost and it was set aside', async () => {
    await makeErp(pool(), surroundings(), here.erp.server.url);
    // Each answer to a PUT is lost; look-ups are refused, so that it counts as an outage, until somebody ends the ERP's troubles.
    here.erp.server.faults = ({ method }) => (method === 'PUT' ? 'lost' : 'down');
    relay();
    await tell(1, 1, sold('one'));
    await expect.poll(() => here.erp.keys).toEqual(['sale S1/one']);
    await delay(100);
    here.erp.server.faults = () => undefined;
    await here.settled();
    expect(here.erp.kept.get('sale S1/one')?.repeats).toBe(0);
  });

  it('O2 what cannot be mapped is set aside at once; another mapping and a replay bring it there, or a reason ends it', async () => {
    const strict = {
      ...restExample,
      tables: { warehouse: { S1: 'W1', S2: 'W2' } },
      documents: {
        ...restExample.documents,
        sale: {
          target: 'sale',
          fields: { warehouse: { from: 'location', table: 'warehouse' }, till: { from: 'till', default: 'none' } },
        },
      },
    };
    await makeErp(pool(), surroundings(), here.erp.server.url, { mapping: strict });
    await pool().query(
      `UPDATE erp_mappings SET document = jsonb_set(document::jsonb, '{tables,warehouse}', '{"S2": "W2"}')`,
    );
    await tell(1, 1, sold('one'), sold('two'));
    relay();
    await here.settled();
    const dead = await documents({ state: 'dead' });
    expect(dead.map(({ key, error }) => [key, error?.code, error?.detail])).toEqual([
      ['S1/one', 'ERP_MAPPING_FAILED', 'warehouse: the table "warehouse" has no "S1".'],
      ['S1/two', 'ERP_MAPPING_FAILED', 'warehouse: the table "warehouse" has no "S1".'],
    ]);
    await putLive(pool(), 'main', { document: strict, note: 'S1 too', by: 'me' }, nothingKept);
    await replayDocument(pool(), dead[0]!.document, nothingKept);
    await skipDocument(pool(), dead[1]!.document, { reason: 'entered by hand', by: 'me' }, nothingKept);
    await here.settled();
    expect(here.erp.kept.get('sale S1/one')?.payload).toEqual({ warehouse: 'W1', till: 'none' });
    expect(await states()).toEqual([
      ['S1/one', 'posted'],
      ['S1/two', 'skipped'],
    ]);
    expect((await documents({ state: 'skipped' }))[0]).toMatchObject({
      error: { code: 'ERP_SKIPPED', detail: 'me: entered by hand' },
    });
  });

  it('O1 a void of a dead letter: neither is forwarded, and it can be replayed no more', async () => {
    await makeErp(pool(), surroundings(), here.erp.server.url);
    here.erp.refuse = (key) => (key === 'S1/bad' ? { status: 422, body: { error: 'no such customer' } } : undefined);
    relay();
    await tell(1, 1, sold('bad'));
    await here.settled();
    const [dead] = await documents({ state: 'dead' });
    await tell(1, 1, ['void', 'v', { voids: 'bad', reason: 'x' }]);
    await here.settled();
    expect(await states()).toEqual([
      ['S1/bad', 'skipped'],
      ['S1/v', 'skipped'],
    ]);
    await expect(replayDocument(pool(), dead!.document, nothingKept)).rejects.toMatchObject({ code: 'ERP_VOIDED' });
    expect(here.erp.keys).toEqual([]);
  });

  it('O1 a void of a dead letter that the ERP has all the same, its answers having been lost: both are there', async () => {
    await makeErp(pool(), surroundings(), here.erp.server.url);
    // It takes what it is sent, answers nothing, and says for a while that it has nothing: an index that lags behind.
    let isBehind = true;
    here.erp.server.faults = ({ method }) => (isBehind && method === 'PUT' ? 'lost' : undefined);
    here.erp.lags = () => isBehind;
    relay();
    await tell(1, 1, sold('late'));
    await expect.poll(async () => (await documents({ state: 'dead' })).length).toBe(1);
    isBehind = false;
    await tell(1, 1, ['void', 'v', { voids: 'late', reason: 'x' }]);
    await here.settled();
    expect(here.erp.keys).toEqual(['sale S1/late', 'void S1/v']);
    expect(await states()).toEqual([
      ['S1/late', 'posted'],
      ['S1/v', 'posted'],
    ]);
  });

  it('O1 a worker that is killed with documents begun: another asks for each by its key before it sends', async () => {
    await makeErp(pool(), surroundings(), here.erp.server.url);
    await tell(1, 1, sold('one'), sold('two'), sold('three'));
    await spreadDocuments(pool(), () => Date.now());
    const rule = { atOnce: 8, perSecond: null, claimSeconds: 1, workSeconds: 5, failuresMax: 5, documentsMax: 64 };
    const batch = await claimBatch(pool(), 1, randomUUID(), rule);
    expect(batch?.documents.map(({ key, isBegun }) => [key, isBegun])).toEqual([
      ['S1/one', false],
      ['S1/two', false],
      ['S1/three', false],
    ]);
    // It has sent the first one, and noted nothing.
    await fetch(`${here.erp.server.url}/sale/S1%2Fone`, {
      method: 'PUT',
      headers: { authorization: 'Bearer token-1', 'content-type': 'application/json' },
      body: '{"by": "the killed one"}',
    });
    expect(await claimBatch(pool(), 1, randomUUID(), rule)).toBeUndefined();
    relay();
    await here.settled();
    expect(keysOf('S1')).toEqual(['S1/one', 'S1/two', 'S1/three']);
    expect(here.erp.repeated).toEqual([]);
  });

  it('O1 what was begun is looked for where it was begun, though the mapping leads elsewhere by now: it is there once', async () => {
    await makeErp(pool(), surroundings(), here.erp.server.url);
    await tell(1, 1, sold('one'), sold('two'));
    await spreadDocuments(pool(), () => Date.now());
    const rule = { atOnce: 8, perSecond: null, claimSeconds: 0.2, workSeconds: 5, failuresMax: 5, documentsMax: 64 };
    await claimBatch(pool(), 1, randomUUID(), rule);
    // A hub that is killed here has sent the first one, and noted nothing.
    await fetch(`${here.erp.server.url}/sale/S1%2Fone`, {
      method: 'PUT',
      headers: { authorization: 'Bearer token-1', 'content-type': 'application/json' },
      body: '{"by": "the killed one"}',
    });
    const leading = (target: string) => ({ routes: [{ kinds: ['sale'] }], documents: { sale: { target, all: true } } });
    for (const target of ['invoice', 'bill'])
      await putLive(pool(), 'main', { document: leading(target), note: null, by: 'me' }, nothingKept);
    relay();
    await here.settled();
    expect(here.erp.keys).toEqual(['sale S1/one', 'bill S1/two']);
    expect(here.erp.repeated).toEqual([]);
    expect((await here.documents()).map(({ key, mapping }) => [key, mapping])).toEqual([
      ['S1/one', 1],
      ['S1/two', 3],
    ]);
  });

  it('O1 a hub that has not taken up another mapping yet, or other credentials, begins nothing by the old ones', async () => {
    await makeErp(pool(), surroundings(), here.erp.server.url);
    await tell(1, 1, sold('one'));
    await spreadDocuments(pool(), () => Date.now());
    const revisionOf = async () =>
      (await pool().query<{ revision: number }>('SELECT revision FROM erps')).rows[0]!.revision;
    const rule = { atOnce: 8, perSecond: null, claimSeconds: 1, workSeconds: 5, failuresMax: 5, documentsMax: 64 };
    const before = await revisionOf();
    await putLive(pool(), 'main', { document: restExample, note: null, by: 'me' }, nothingKept);
    expect(await claimBatch(pool(), 1, randomUUID(), { ...rule, revision: before })).toBeUndefined();
    const batch = await claimBatch(pool(), 1, randomUUID(), { ...rule, revision: await revisionOf() });
    expect(batch?.documents).toHaveLength(1);
  });

  it('O1 wrong credentials: everything waits until they are set, without a restart', async () => {
    here.erp.token = 'token-2';
    await makeErp(pool(), surroundings(), here.erp.server.url);
    relay();
    await tell(1, 1, sold('one'));
    const erps = new Erps(pool(), surroundings());
    await expect.poll(async () => (await erps.find('main')).error?.code).toBe('ERP_UNAUTHORIZED');
    await erps.setCredentials('main', { kind: 'rest', credentials: { bearer: 'token-2' } }, nothingKept);
    await here.settled();
    expect(here.erp.keys).toEqual(['sale S1/one']);
    const { rows } = await pool().query<{ credentials: Buffer }>('SELECT credentials FROM erps');
    expect(rows[0]!.credentials.toString('latin1')).not.toContain('token-2');
  });
}
