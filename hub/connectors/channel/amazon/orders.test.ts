import { describe, expect, it } from 'vitest';
import { AmazonTest, failureOf } from '#test/support/amazon-session.ts';

const at = new AmazonTest();

describe('orders of Amazon', () => {
  const tell = (id: string, line: Partial<Record<'handed' | 'cancelled', number>>, why = 'unavailable') => ({
    key: 'effect-1',
    channelOrderId: id,
    effect: {
      kind: 'tell' as const,
      state: 'any',
      why,
      lines: [{ line: at.seller.orders.get(id)!.item, handed: 0, cancelled: 0, returned: 0, substitutes: [], ...line }],
    },
  });

  it('are asked for page by page, by when they changed', async () => {
    const ids = Array.from({ length: 130 }, () => at.seller.buy('A', 1));
    const first = await at.session.pollOrders(new Date(Date.now() - 60_000), null);
    const second = await at.session.pollOrders(new Date(Date.now() - 60_000), first.next);
    expect([...first.orders, ...second.orders].map(({ id }) => id)).toEqual(ids);
    expect(second.next).toBeNull();
    expect((await at.session.pollOrders(new Date(Date.now() + 1_000), null)).orders).toEqual([]);
    expect((await at.session.readOrders(['nobody', ids[0]!])).map(({ id }) => id)).toEqual([ids[0]]);
    expect(at.seller.violations).toEqual([]);
  });

  it('a parcel is confirmed once, however often it is told, and the next one apart', async () => {
    const id = at.seller.buy('A', 3);
    for (let time = 0; time < 3; time += 1) await at.session.perform(tell(id, { handed: 2 }));
    expect(at.seller.toldOf(id).handed).toBe(2);
    await at.session.perform(tell(id, { handed: 3 }));
    expect([...at.seller.orders.get(id)!.parcels]).toEqual([
      ['1', 2],
      ['2', 1],
    ]);
    expect(at.seller.violations).toEqual([]);
  });

  it('P2 what Amazon need not know of an order costs nothing', async () => {
    const id = at.seller.buy('A', 3);
    await at.session.perform(tell(id, {}));
    expect([at.paid, at.seller.requests]).toEqual([[], 0]);
    await at.session.perform(tell(id, { handed: 1 }));
    expect(at.paid).toEqual(['getOrder', 'confirmShipment']);
  });

  it('is cancelled by a feed, asked for once, and done when Amazon says so', async () => {
    const id = at.seller.buy('A', 2);
    const cancel = () => failureOf(() => at.session.perform(tell(id, { cancelled: 2 })));
    expect(await cancel()).toEqual(['CHANNEL_LATER', 'not done', undefined]);
    expect(await cancel()).toEqual(['CHANNEL_LATER', 'not done', undefined]);
    await expect.poll(cancel).toBeUndefined();
    expect(at.seller.feeds.all.map(({ type }) => type)).toEqual(['POST_ORDER_ACKNOWLEDGEMENT_DATA']);
    expect(at.seller.toldOf(id).cancelled).toBe(true);
    expect(at.seller.violations).toEqual([]);
  });

  it('money is given back by nobody where nothing was sent, else by people', async () => {
    const id = at.seller.buy('A', 2);
    const refund = {
      key: 'effect-2',
      channelOrderId: id,
      effect: { kind: 'refund' as const, amountMinor: 500, currency: 'EUR', lines: [] },
    };
    await at.session.perform(refund);
    await at.session.perform(tell(id, { handed: 1 }));
    expect(await failureOf(() => at.session.perform(refund))).toEqual(['CHANNEL_REFUSED', 'not done', undefined]);
  });

  it("a buyer's request to cancel is told with the order", async () => {
    const id = at.seller.buy('A', 2);
    at.seller.orders.get(id)!.cancelAsked = true;
    expect(await at.session.readOrders([id])).toMatchObject([{ id, cancelled: null, cancelAsked: 'customer' }]);
  });
});
