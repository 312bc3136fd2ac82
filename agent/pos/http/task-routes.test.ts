import { expect, it } from 'vitest';
import { runAgent } from '#test/support/running-agent.ts';
import { STORE_TASK } from '#test/support/store-task.ts';

it('X2 tasks over the loopback API: read, answered, and what is wrong refused with its code', async () => {
  const agent = await runAgent();
  await agent.daemon.store.db.tasks.upsert(STORE_TASK);
  const call = async (path: string, body?: unknown, key?: string) => {
    const response = await agent.call(path, {
      headers: key === undefined ? {} : { 'idempotency-key': key },
      ...(body !== undefined && { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  };
  expect(await call('/v1/tasks')).toMatchObject({
    status: 200,
    body: { items: [{ task: 1, state: 'open' }], nextCursor: null },
  });
  expect(await call('/v1/tasks?state=ready')).toMatchObject({ body: { items: [] } });
  expect(await call('/v1/tasks?state=lost')).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
  expect(await call('/v1/tasks/2')).toMatchObject({ status: 404, body: { code: 'NOT_FOUND' } });
  expect(await call('/v1/tasks/1/accept', '')).toMatchObject({ status: 200, body: { state: 'accepted' } });
  const wrong: [string, unknown, string][] = [
    ['/v1/tasks/x/pick', {}, 'REQUEST_INVALID'],
    ['/v1/tasks/1/pick', '{', 'BODY_NOT_JSON'],
    ['/v1/tasks/1/pick', ' '.repeat(70_000), 'BODY_TOO_LARGE'],
    ['/v1/tasks/1/pick', { lines: [] }, 'REQUEST_INVALID'],
    ['/v1/tasks/1/pick', { lines: [{ line: 'a=b', quantity: 1.5 }] }, 'REQUEST_INVALID'],
    ['/v1/tasks/1/pick', { surprise: 1 }, 'REQUEST_INVALID'],
    ['/v1/tasks/1/reject', {}, 'REQUEST_INVALID'],
    ['/v1/tasks/1/hand-over', {}, 'REQUEST_INVALID'],
    ['/v1/tasks/1/pick', { lines: [{ line: 'a=b', quantity: 4 }] }, 'TASK_UNITS'],
  ];
  for (const [path, body, code] of wrong)
    expect({ path, ...(await call(path, body)) }).toMatchObject({ path, body: { code } });
  const instead = { lines: [{ line: 'a=b', quantity: 1, substitute: 'A2' }] };
  expect(await call('/v1/tasks/1/pick', instead)).toMatchObject({ status: 409, body: { code: 'ORDER_SUBSTITUTE' } });
  expect(await call('/v1/tasks/1/pick', {}, 'p')).toMatchObject({ status: 200, body: { state: 'ready' } });
  expect(await call('/v1/tasks/1/pick', {}, 'p')).toMatchObject({ status: 200, body: { state: 'ready' } });
  expect(await call('/v1/tasks/1/ship', {}, 'p')).toMatchObject({ status: 409, body: { code: 'KEY_REUSED' } });
  expect(await call('/v1/stock/A')).toMatchObject({ status: 404 });
  expect(await call('/v1/tasks/1/ship', { lines: [{ line: 'a=b', quantity: 2 }] })).toMatchObject({ status: 200 });
  expect(await call('/v1/stock/A')).toMatchObject({ body: { onHand: -2, reserved: 1 } });
  await agent.daemon.store.db.tasks.upsert({
    ...STORE_TASK,
    id: '2',
    task: 2,
    lines: [{ ...STORE_TASK.lines[0]!, substitution: 'store' }],
  });
  expect(await call('/v1/tasks/2/pick', instead)).toMatchObject({
    status: 200,
    body: {
      lines: [
        { sku: 'A', units: 2 },
        { sku: 'A2', replaces: 'A', units: 1, picked: 1 },
      ],
    },
  });
  expect(await call('/v1/tasks/2/ship', instead)).toMatchObject({ body: { lines: [{}, { units: 0, handed: 1 }] } });
});
