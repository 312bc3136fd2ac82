import { expect, it } from 'vitest';
import { People } from '#agent/people/people.ts';
import { UNTOUCHED_HEADER } from '#shared/agent-api/session.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { runAgent, type RunningAgent } from '#test/support/running-agent.ts';

const SALE = {
  kind: 'sale',
  key: 's',
  body: { currency: 'EUR', lines: [{ sku: 'A', quantity: 1, unitPriceMinor: 100 }] },
};
const BROKEN = {
  kind: 'adjustment',
  key: 'a',
  body: { reason: 'broken', code: 'damage', lines: [{ sku: 'A', quantity: -1 }] },
};
const BACK = {
  kind: 'return',
  key: 'r',
  body: { sale: 's', currency: 'EUR', lines: [{ sku: 'A', quantity: 1, unitPriceMinor: 100, condition: 'sellable' }] },
};

async function signIn(agent: RunningAgent, pin: string): Promise<{ status: number; cookie: string }> {
  const init = { method: 'POST', body: JSON.stringify({ pin }), headers: { 'content-type': 'application/json' } };
  const response = await fetch(`${agent.url}/v1/sessions`, init);
  return { status: response.status, cookie: response.headers.get('set-cookie') ?? '' };
}
const asked = (agent: RunningAgent, path: string, cookie: string, body?: unknown) =>
  fetch(agent.url + path, {
    headers: { cookie: cookie.split(';')[0] ?? '' },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });

it('X1 a PIN opens a session in a cookie that no script reads and no other site sends; it ends with its person', async () => {
  const agent = await runAgent();
  const people = new People(agent.folder);
  expect(await (await fetch(`${agent.url}/v1/me`)).json()).toEqual({ person: null, isFirst: true, door: 'machine' });
  const pin = people.add({ name: 'Ada', role: 'manager' }, 0);
  expect((await fetch(`${agent.url}/v1/status`)).status).toBe(401);
  const { status, cookie } = await signIn(agent, pin);
  expect([status, cookie]).toEqual([
    200,
    expect.stringMatching(/^shelfwire_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict$/),
  ]);
  expect((await asked(agent, '/v1/status', cookie)).status).toBe(200);
  expect(await (await asked(agent, '/v1/me', cookie)).json()).toEqual({
    person: { name: 'Ada', role: 'manager' },
    isFirst: false,
    door: 'machine',
  });
  people.remove('Ada');
  expect((await asked(agent, '/v1/status', cookie)).status).toBe(401);
});

it('X1 who is given another PIN is signed in nowhere any more, though nobody looked in between', async () => {
  const agent = await runAgent();
  const people = new People(agent.folder);
  const stolen = people.add({ name: 'Ada', role: 'manager', pin: '111111' }, 0);
  const { cookie } = await signIn(agent, stolen);
  people.remove('Ada');
  const pin = people.add({ name: 'Ada', role: 'manager', pin: '222222' }, 60_000);
  expect((await asked(agent, '/v1/status', cookie)).status).toBe(401);
  const again = await signIn(agent, pin);
  expect((await asked(agent, '/v1/status', again.cookie)).status).toBe(200);
});

it('X1 a session ends after half an hour of rest, and when one signs out', async () => {
  let later = 0;
  const clock = { ...systemClock, now: () => systemClock.now(), monotonic: () => systemClock.monotonic() + later };
  const agent = await runAgent({}, { clock });
  const pin = new People(agent.folder).add({ name: 'Ada', role: 'clerk' }, 0);
  const { cookie } = await signIn(agent, pin);
  for (let time = 0; time < 3; time += 1) {
    later += 29 * 60_000;
    expect((await asked(agent, '/v1/status', cookie)).status).toBe(200);
  }
  // What the page asks by itself while nobody touches it is answered, and keeps nobody signed in.
  const untouched = { cookie: cookie.split(';')[0] ?? '', [UNTOUCHED_HEADER]: '1' };
  for (const [minutes, status] of [
    [20, 200],
    [11, 401],
  ] as const) {
    later += minutes * 60_000;
    expect((await fetch(`${agent.url}/v1/status`, { headers: untouched })).status).toBe(status);
  }
  const again = await signIn(agent, pin);
  const headers = { cookie: again.cookie.split(';')[0] ?? '' };
  await fetch(`${agent.url}/v1/sessions`, { method: 'DELETE', headers });
  expect((await asked(agent, '/v1/status', again.cookie)).status).toBe(401);
});

it('X1 wrong PINs are slowed down, and then a right one is not told either', async () => {
  const agent = await runAgent();
  const pin = new People(agent.folder).add({ name: 'Ada', role: 'clerk', pin: '987654' }, 0);
  for (let time = 0; time < 10; time += 1) expect((await signIn(agent, '000000')).status).toBe(401);
  expect((await signIn(agent, '000000')).status).toBe(429);
  expect((await signIn(agent, pin)).status).toBe(429);
});

it('what a person does is journaled with who it was; only a manager adjusts, and nobody sells here', async () => {
  const agent = await runAgent();
  const people = new People(agent.folder);
  const [ada, bob] = await Promise.all(
    (['manager', 'clerk'] as const).map(
      async (role) => (await signIn(agent, people.add({ name: role, role }, 0))).cookie,
    ),
  );
  // Of a sale that nobody knows, there is nothing to take back.
  expect((await asked(agent, '/v1/acts', bob!, BACK)).status).toBe(422);
  await agent.call('/v1/facts', { method: 'POST', body: JSON.stringify(SALE) });
  expect((await asked(agent, '/v1/acts', bob!, BACK)).status).toBe(201);
  expect((await asked(agent, '/v1/acts', bob!, BACK)).status).toBe(200);
  // What has come back of a sale would come back again with a void of it.
  const takenBack = (voids: string, key: string) => ({ kind: 'void', key, body: { voids, reason: 'by mistake' } });
  expect((await asked(agent, '/v1/acts', ada!, takenBack('s', 'v1'))).status).toBe(409);
  expect((await asked(agent, '/v1/acts', bob!, BROKEN)).status).toBe(403);
  expect((await asked(agent, '/v1/acts', ada!, BROKEN)).status).toBe(201);
  expect((await asked(agent, '/v1/acts', ada!, SALE)).status).toBe(403);
  expect((await asked(agent, '/v1/facts', ada!, SALE)).status).toBe(403);
  expect((await agent.call('/v1/acts', { method: 'POST', body: JSON.stringify(BACK) })).status).toBe(403);
  const { journal } = agent.daemon.store;
  expect((await journal.read(1, 10)).map(({ kind, source }) => [kind, source])).toEqual([
    ['sale', 'http:till-1'],
    ['return', 'ui:clerk'],
    ['adjustment', 'ui:manager'],
  ]);
  expect((await asked(agent, '/v1/acts', ada!, takenBack('r', 'v2'))).status).toBe(201);
  expect((await asked(agent, '/v1/acts', ada!, takenBack('s', 'v1'))).status).toBe(201);
});
