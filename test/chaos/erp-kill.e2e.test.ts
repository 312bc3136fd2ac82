import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, it } from 'vitest';
import { restExample } from '#hub/connectors/erp/rest/rest-example.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { createTestDatabase } from '#test/support/database.ts';
import { RestErp } from '#test/support/emulators/erp-rest.ts';
import { randomFaults } from '#test/support/emulators/faulty-server.ts';
import { waitingDocuments } from '#test/support/erps.ts';
import { line, merge, readFact, sale, seedStores } from '#test/support/hub-api.ts';
import { HubProcess } from '#test/support/hub-process.ts';
import { waitUntil } from '#test/support/program.ts';

const SEED = 20_261_129;
const KILLS = 2;
/** Claims of a killed hub are over by then, and what it had begun is asked for. */
const SETTLED_MS_MAX = 120_000;

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

it('O1 O2 two hubs, one killed with -9 again and again, an ERP that fails at random: it has each document once and in order', async () => {
  const root = await mkdtemp(join(tmpdir(), 'shelfwire-erp-kill-'));
  cleanups.push(() => rm(root, { recursive: true, force: true }));
  const database = await createTestDatabase();
  cleanups.push(() => database.drop());
  const { pool } = database;
  await seedStores(pool);
  const erp = await RestErp.start();
  cleanups.push(() => erp.stop());
  const prepare = async (name: string): Promise<HubProcess> => {
    const folder = join(root, name);
    await mkdir(folder);
    const more = ['--private-erps', '--key-file', join(root, 'secrets.keys')];
    const hub = await HubProcess.prepare(folder, database.url, more);
    cleanups.push(() => hub.program.stop());
    return hub;
  };
  const steady = await prepare('steady');
  const killed = await prepare('killed');
  await steady.begin();
  const key = await steady.createKey('erps', 'write');
  const post = async (path: string, body: object): Promise<void> => {
    const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
    const response = await fetch(steady.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    await response.body?.cancel();
  };
  await post('/v1/erps', {
    kind: 'rest',
    code: 'main',
    name: 'Main',
    settings: { url: erp.server.url },
    credentials: { bearer: 'token-1' },
    pace: { timeoutMs: 500 },
  });
  await post('/v1/erps/main/mappings', { document: restExample });
  await killed.start();

  const random = seededRandom(SEED);
  erp.server.latencyMs = 5;
  erp.server.faults = randomFaults(random, 0.03, ['cut', 'lost', 'refused', 'failed', 'mute']);
  const expected: Record<string, string[]> = { S1: [], S2: [] };
  const stopSelling = new AbortController();
  const selling = async (store: string, location: number, journal: number): Promise<void> => {
    for (let seq = 1; !stopSelling.signal.aborted;) {
      const count = 1 + Math.floor(random() * 20);
      const facts = Array.from({ length: count }, (_, place) => {
        const name = `${journal}-${seq + place}`;
        expected[store]?.push(`${store}/${name}`);
        return readFact(seq + place, 1_000 + seq + place, 'sale', name, sale(line('A', 1)));
      });
      await merge(pool, location, journal, facts);
      seq += count;
      await delay(30);
    }
  };
  const killing = async (): Promise<void> => {
    for (let kill = 0; kill < KILLS; kill += 1) {
      await delay(300 + random() * 700);
      await killed.program.killHard();
      await killed.start();
    }
    stopSelling.abort();
  };
  await Promise.all([selling('S1', 1, 1), selling('S2', 2, 3), killing()]);
  erp.server.faults = () => undefined;
  await waitUntil('every document is posted', SETTLED_MS_MAX, async () => (await waitingDocuments(pool)) === 0);

  const had = (store: string) =>
    [...erp.kept.values()].map((kept) => kept.key).filter((one) => one.startsWith(`${store}/`));
  expect([SEED, had('S1'), had('S2')]).toEqual([SEED, expected['S1'], expected['S2']]);
  expect([erp.repeated, erp.problems]).toEqual([[], []]);
  const { rows } = await pool.query(`SELECT key, state, error FROM erp_documents WHERE state <> 'posted'`);
  expect(rows).toEqual([]);
  expect(killed.program.crashes).toEqual([]);
});
