import { expect, it } from 'vitest';
import { runAgent } from '#test/support/running-agent.ts';
import { signIn } from '#test/support/signed-in.ts';

const OPENING = { id: 'count-0001', name: 'Morning', zone: 'Window', blind: true, expected: { kind: 'all' } };
const scan = (key: string, more: Record<string, unknown> = {}) => ({
  key,
  do: 'scan',
  code: '4006381333931',
  zone: 'Window',
  ...more,
});

it('X1 X2 CN6 a count over the loopback API: for people, each by their role, and what is wrong refused with its code', async () => {
  const agent = await runAgent();
  const receipt = { kind: 'receipt', key: 'in', body: { lines: [{ sku: 'LAMP', quantity: 4_711 }] } };
  await agent.call('/v1/facts', { method: 'POST', body: JSON.stringify(receipt) });
  await agent.daemon.store.db.products.upsert({ id: ':LAMP', sku: 'LAMP', name: 'Lamp', gtin: '04006381333931' });
  const ada = await signIn(agent, 'Ada', 'clerk');
  const mia = await signIn(agent, 'Mia', 'manager');

  expect((await agent.call('/v1/counts')).status).toBe(403);
  expect((await fetch(`${agent.url}/v1/counts`)).status).toBe(401);
  expect(await ada.call('/v1/counts', OPENING)).toMatchObject({
    status: 201,
    body: { state: 'open', openedBy: 'Ada' },
  });
  expect(await ada.call('/v1/counts', OPENING)).toMatchObject({ status: 201 });
  expect(await ada.call('/v1/counts', { ...OPENING, zone: 'Back' })).toMatchObject({
    status: 409,
    body: { code: 'KEY_REUSED' },
  });
  expect(
    await ada.call('/v1/counts/count-0001/acts', { acts: [scan('scan-0001'), scan('scan-0002', { quantity: 3 })] }),
  ).toMatchObject({
    status: 200,
    body: { version: 3, acts: [{ status: 'taken', sku: 'LAMP', name: 'Lamp' }, { quantity: 4 }] },
  });

  const wrong: [string, unknown, number, string][] = [
    ['/v1/counts', '{', 400, 'BODY_NOT_JSON'],
    ['/v1/counts', ' '.repeat(1_100_000), 413, 'BODY_TOO_LARGE'],
    ['/v1/counts', { ...OPENING, id: 'short' }, 400, 'REQUEST_INVALID'],
    ['/v1/counts', { ...OPENING, id: 'count-0002', zone: ' ' }, 400, 'REQUEST_INVALID'],
    ['/v1/counts', { ...OPENING, id: 'count-0002', expected: { kind: 'listed', skus: [] } }, 400, 'REQUEST_INVALID'],
    ['/v1/counts/count-0009/acts', { acts: [scan('scan-0003')] }, 404, 'NOT_FOUND'],
    ['/v1/counts/count-0001/acts', { acts: [] }, 400, 'REQUEST_INVALID'],
    ['/v1/counts/count-0001/acts', { acts: [scan('_approve')] }, 400, 'REQUEST_INVALID'],
    ['/v1/counts/count-0001/acts', { acts: [scan('scan-0003', { quantity: 1.5 })] }, 400, 'REQUEST_INVALID'],
    ['/v1/counts/count-0001/acts', { acts: [scan('scan-0003', { by: 'Mia' })] }, 400, 'REQUEST_INVALID'],
    ['/v1/counts/count-0001/acts', { acts: [scan('scan-0003', { ageMs: 1e12 })] }, 400, 'REQUEST_INVALID'],
    ['/v1/counts/count-0001/approve', { version: 3 }, 403, 'FORBIDDEN'],
    ['/v1/counts/count-0001/cancel', {}, 400, 'REQUEST_INVALID'],
  ];
  for (const [path, body, status, code] of wrong) {
    expect({ path, ...(await ada.call(path, body)) }).toMatchObject({ path, status, body: { code } });
  }
  expect(await ada.call('/v1/counts?limit=0')).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
  expect(await ada.call('/v1/counts/count-0001/review')).toMatchObject({ status: 403, body: { code: 'FORBIDDEN' } });
  for (const path of ['/v1/counts', '/v1/counts/count-0001']) {
    const { text, status } = await ada.call(path);
    expect([status, text.includes('4711')]).toEqual([200, false]);
  }

  // CN4: a window that still shows Ada, in a browser where Mia has signed in since, would make of two counters one.
  const stale = { by: 'Ada', acts: [scan('scan-0004')] };
  expect(await mia.call('/v1/counts/count-0001/acts', stale)).toMatchObject({
    status: 401,
    body: { code: 'UNAUTHORIZED' },
  });

  const { body: review } = await mia.call('/v1/counts/count-0001/review');
  expect(review).toMatchObject({ version: 3, lines: [{ counted: 4, expected: 4_711 }], missingItems: 0 });
  expect(await mia.call('/v1/counts/count-0001/approve', { version: 2 })).toMatchObject({
    status: 409,
    body: { code: 'COUNT_MOVED_ON' },
  });
  const approved = await Promise.all([1, 2].map(() => mia.call('/v1/counts/count-0001/approve', { version: 3 })));
  expect(approved).toMatchObject(
    [1, 2].map(() => ({ status: 200, body: { state: 'approved', outcome: { short: 4_707 } } })),
  );
  expect((await ada.call('/v1/counts?state=ended')).text).not.toContain('4707');
  expect(await ada.call('/v1/stock/LAMP')).toMatchObject({ body: { onHand: 4 } });
  expect(agent.daemon.store.journal.lastSeq).toBe(2);
  expect(await mia.call('/v1/counts?state=ended&limit=1')).toMatchObject({
    body: { items: [{ id: 'count-0001' }], nextCursor: null },
  });
});
