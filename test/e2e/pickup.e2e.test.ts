import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { readEndpoint } from '#agent/api/endpoint-file.ts';
import type { TaskView } from '#shared/agent-api/answers.ts';
import { createTestDatabase } from '#test/support/database.ts';
import { merge, plain, readFact, seedStores } from '#test/support/hub-api.ts';
import { HubProcess } from '#test/support/hub-process.ts';
import { Link } from '#test/support/link.ts';
import { Program, runCommand, waitUntil } from '#test/support/program.ts';
import { auditReservations, stockOf } from '#test/support/reservations.ts';

const WAIT_MS = 30_000;

const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

it('M6 S2 a pickup that a store accepts, picks, with something else for one unit, and hands over while it is offline, killed with -9 in between: the order is completed, no unit counted twice, nothing reserved', async () => {
  const root = mkdtempSync(join(tmpdir(), 'shelfwire-pickup-'));
  cleanups.push(() => rmSync(root, { recursive: true, force: true }));
  const database = await createTestDatabase();
  cleanups.push(() => database.drop());
  const { pool } = database;
  await seedStores(pool);
  await pool.query(`INSERT INTO products (sku, name) VALUES ('A', 'a'), ('B', 'b')`);
  const hub = await HubProcess.prepare(root, database.url);
  cleanups.push(() => hub.program.stop());
  await hub.begin();
  await hub.put('/v1/channels/web', { name: 'Web', locations: ['S1', 'S2'] });
  const received = plain({ sku: 'A', quantity: 5 }, { sku: 'B', quantity: 4 });
  await merge(pool, 1, 1, [readFact(1, Date.now() - 1_000, 'receipt', 'r', received)]);
  await waitUntil('web sells it', WAIT_MS, async () => {
    const { rows } = await pool.query<{ ats: number }>(
      `SELECT coalesce(ats[1], 0) AS ats FROM availability WHERE sku = 'A'`,
    );
    return rows[0]?.ats === 5;
  });

  const link = new Link(hub.port);
  await link.open();
  cleanups.push(() => link.close());
  const data = join(root, 'agent');
  const token = await hub.createToken('S1', 'pos');
  await runCommand(['agent/main.ts', 'enrol', '--hub', link.url, '--token', token, '--data', data]);
  const agent = new Program('agent', ['agent/main.ts', 'run', '--data', data, '--port', '0'], join(root, 'agent.log'));
  cleanups.push(() => agent.stop());
  const call = async (path: string, body?: object, key?: string): Promise<Response | undefined> => {
    const endpoint = readEndpoint(data);
    if (endpoint === undefined) return undefined;
    return fetch(`http://127.0.0.1:${endpoint.port}${path}`, {
      headers: { authorization: `Bearer ${endpoint.token}`, ...(key !== undefined && { 'idempotency-key': key }) },
      signal: AbortSignal.timeout(5_000),
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    }).catch(() => undefined);
  };
  const startAgent = async (): Promise<void> => {
    rmSync(join(data, 'api.json'), { force: true });
    agent.start();
    await waitUntil('the agent answers', WAIT_MS, async () => (await call('/v1/status'))?.ok === true);
  };
  const say = async (step: string, body: object, key: string): Promise<TaskView> => {
    const response = await call(`/v1/tasks/1/${step}`, body, key);
    const text = await response?.text();
    if (response?.ok !== true) throw new Error(`${step}: ${response?.status} ${text}`);
    return JSON.parse(text ?? '') as TaskView;
  };
  await startAgent();

  const key = await hub.createKey('orders', 'write');
  const headers = { authorization: `Bearer ${key}`, 'content-type': 'application/json' };
  const ordered = await fetch(`${hub.url}/v1/orders`, { method: 'POST', headers, body: JSON.stringify(ORDER) });
  expect(ordered.status).toBe(201);
  const tasks = () => hub.list<{ state: string; lines: { handed: number }[] }>('/v1/tasks');
  await waitUntil('the store has its task', WAIT_MS, async () => (await tasks())[0]?.state === 'open');
  await waitUntil('the store shows it', WAIT_MS, async () => (await call('/v1/tasks/1'))?.ok === true);
  expect(await (await call('/v1/stock/A'))?.json()).toMatchObject({ onHand: 5, reserved: 3 });

  link.cut();
  await waitUntil('the hub says that the store has not answered', WAIT_MS, async () => {
    return (await tasks())[0]?.state === 'pendingStore';
  });
  expect((await say('accept', {}, 'accept')).state).toBe('accepted');
  const instead = { line: 'a', quantity: 1, substitute: 'B' };
  const picked = await say('pick', { lines: [{ line: 'a', quantity: 2 }, instead] }, 'pick');
  expect(picked).toMatchObject({ state: 'ready', lines: [{ units: 2 }, { sku: 'B', replaces: 'A', units: 1 }] });
  await agent.killHard();
  await startAgent();
  expect(await (await call('/v1/tasks/1'))?.json()).toMatchObject({ state: 'ready', unheard: 2 });
  const some = { lines: [{ line: 'a', quantity: 1 }, instead] };
  const left = [
    { sku: 'A', units: 1, handed: 1 },
    { sku: 'B', units: 0, handed: 1 },
  ];
  expect((await say('hand-over', some, 'some')).lines).toMatchObject(left);
  await agent.killHard();
  await startAgent();
  // Said again, as by a till that has heard no answer.
  expect((await say('hand-over', some, 'some')).lines).toMatchObject(left);
  expect((await call('/v1/tasks/1/hand-over', some))?.status).toBe(409);
  expect(await (await call('/v1/stock/A'))?.json()).toMatchObject({ onHand: 4, reserved: 1 });
  expect(await (await call('/v1/stock/B'))?.json()).toMatchObject({ onHand: 3, reserved: 0 });
  expect((await stockOf(pool)).shelves).toEqual({ S1: [5, 3] });

  link.heal();
  await waitUntil('the order knows what was handed over meanwhile', WAIT_MS, async () => {
    return (await tasks())[0]?.lines[1]?.handed === 1;
  });
  expect((await stockOf(pool)).shelves).toEqual({ S1: [4, 1] });
  expect((await stockOf(pool, 'B')).shelves).toEqual({ S1: [3, 0] });
  // The rest arrives, and the hub's acknowledgement is lost: the next connection says that it is there.
  link.stall(['down']);
  expect((await say('hand-over', {}, 'rest')).state).toBe('handedOver');
  const state = async () => (await hub.list<{ state: string }>('/v1/orders'))[0]?.state;
  await waitUntil('the order is completed', WAIT_MS, async () => (await state()) === 'completed');
  link.cut();
  link.heal();
  expect((await say('hand-over', {}, 'rest')).state).toBe('handedOver');
  await waitUntil("the store has the hub's word", WAIT_MS, async () => {
    const task = (await (await call('/v1/tasks/1'))?.json()) as TaskView | undefined;
    return task?.unheard === 0;
  });
  expect(await tasks()).toMatchObject([
    {
      state: 'handedOver',
      conflict: null,
      lines: [
        { units: 0, handed: 2 },
        { units: 0, handed: 1 },
      ],
    },
  ]);
  expect((await stockOf(pool)).shelves).toEqual({ S1: [3, 0] });
  expect((await stockOf(pool, 'B')).shelves).toEqual({ S1: [3, 0] });
  expect(await (await call('/v1/stock/A'))?.json()).toMatchObject({ onHand: 3, reserved: 0 });
  expect(await (await call('/v1/stock/B'))?.json()).toMatchObject({ onHand: 3, reserved: 0 });
  expect(await hub.list('/v1/reservation-problems')).toEqual([]);
  const { rows } = await pool.query('SELECT sum(held)::int AS held FROM reservation_holds');
  expect(rows).toEqual([{ held: 0 }]);
  expect(await auditReservations(pool)).toEqual([]);
  const drift = await runCommand(['hub/main.ts', 'drift', '--data', hub.data], { DATABASE_URL: database.url });
  expect(drift).toBe('Every number is what its parts come to.');
  expect([...hub.program.crashes, ...agent.crashes]).toEqual([]);
});

const ORDER = {
  channel: 'web',
  channelOrderId: 'W-1',
  orderedAt: '2026-11-01T10:00:00Z',
  currency: 'EUR',
  taxIncluded: true,
  lines: [{ line: 'a', sku: 'A', units: 3, priceMinor: 100, substitution: 'store' }],
  totalMinor: 300,
  payment: 'paid',
  delivery: { kind: 'collect', store: 'S1' },
  customer: { reference: 'c-1', contact: { name: 'Ada' } },
};
