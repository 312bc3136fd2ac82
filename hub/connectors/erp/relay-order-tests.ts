import { expect, it } from 'vitest';
import { runJobs } from '#hub/availability/engine/recompute-jobs.ts';
import { spreadDocuments } from '#hub/outbox/documents/spread.ts';
import { makeErp } from '#test/support/erps.ts';
import { plain, startApi } from '#test/support/hub-api.ts';
import { type RelayTest } from '#test/support/relay-test.ts';

/** What documents come of orders. */
export function orderTests(here: RelayTest): void {
  const { pool, surroundings, relay, tell, stops } = here;

  const orderOf = (channelOrderId: string, lane = 'standard') => ({
    channel: 'web',
    channelOrderId,
    orderedAt: '2026-11-01T10:00:00Z',
    currency: 'EUR',
    taxIncluded: true,
    lines: [{ line: 'a', sku: 'A', units: 1, priceMinor: 100 }],
    totalMinor: 100,
    payment: 'paid',
    delivery: { kind: 'ship', country: 'DE' },
    promise: { lane },
    customer: { reference: 'c-77', contact: { name: 'Ada Lovelace' } },
  });

  it('O1 what is for good, has left, is cancelled or refunded, in the order of each order; same-day ones before others', async () => {
    await makeErp(pool(), surroundings(), here.erp.server.url, { pace: { atOnce: 1 } });
    const api = await startApi(pool());
    stops.push(() => api.stop());
    await tell(1, 1, ['receipt', 'r', plain({ sku: 'A', quantity: 9 })]);
    await pool().query(`INSERT INTO products (sku, name) VALUES ('A', 'a') ON CONFLICT DO NOTHING`);
    expect(
      (await api.call('PUT', '/v1/channels/web', { body: { name: 'Web', locations: ['S1'] } })).status,
    ).toBeLessThan(300);
    await runJobs(pool());
    const take = async (id: string, lane?: string) => {
      const taken = await api.call('POST', '/v1/orders', { body: orderOf(id, lane) });
      expect(taken.status).toBe(201);
      return Number(taken.body['id']);
    };
    const act = (order: number, body: object) => api.call('POST', `/v1/orders/${order}/acts`, { body });
    const shipped = await take('shipped');
    const cancelled = await take('cancelled');
    const urgent = await take('urgent', 'sameDay');
    const ended = async (order: number) => (await api.call('GET', `/v1/orders/${order}`)).body['state'];
    await expect.poll(() => ended(urgent)).toBe('released');
    await act(shipped, { act: 'hand', parts: [{ line: 'a', location: 'S1', units: 1 }] });
    await act(cancelled, { act: 'cancel', reason: 'customer' });
    await spreadDocuments(pool(), () => Date.now());
    relay();
    await here.settled();
    const told = [...here.erp.kept.values()].map(({ key }) => key).filter((key) => key.startsWith('order/'));
    expect(told[0]).toBe(`order/${urgent}/orderConfirmed`);
    const of = (order: number) =>
      told.filter((key) => key.startsWith(`order/${order}/`)).map((key) => key.split('/')[2]);
    expect([of(shipped), of(cancelled), of(urgent)]).toEqual([
      ['orderConfirmed', 'orderShipped'],
      ['orderConfirmed', 'orderCancelled', 'orderRefunded'],
      ['orderConfirmed'],
    ]);
    const refund = [...here.erp.kept.values()].find(({ target }) => target === 'orderRefunded');
    expect(refund?.payload).toMatchObject({
      order: cancelled,
      channelOrderId: 'cancelled',
      amountMinor: 100,
      currency: 'EUR',
    });
    expect(JSON.stringify([...here.erp.kept.values()])).not.toMatch(/Lovelace|c-77/);
  });
}
