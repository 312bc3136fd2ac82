import { describe, expect, it } from 'vitest';
import { AmazonTest, itemOf } from '#test/support/amazon-session.ts';
import type { PublishItem } from '../../connector.ts';

const at = new AmazonTest({ mode: 'externalFulfillment' });

describe('an external fulfilment location of Amazon', () => {
  const set = (items: readonly PublishItem[]) => at.session.publish(at.callOf('inventory', items));

  it('takes ten at once; each is answered by itself', async () => {
    at.seller.inventory.failing = 1;
    expect(await set(['A', 'B', 'GHOST', 'D/ä ?'].map((sku) => itemOf(sku)))).toMatchObject([
      { channelSku: 'A', outcome: 'again' },
      { channelSku: 'B', outcome: 'taken' },
      { channelSku: 'GHOST', outcome: 'refused', code: 'CHANNEL_SKU_UNKNOWN' },
      { channelSku: 'D/ä ?', outcome: 'taken' },
    ]);
    const read = await at.session.readBack(['B', 'GHOST'].map((channelSku) => ({ channelSku, reference: null })));
    expect(read).toMatchObject([
      { channelSku: 'B', says: 3 },
      { channelSku: 'GHOST', code: 'CHANNEL_SKU_UNKNOWN' },
    ]);
    expect(at.seller.violations).toEqual([]);
  });

  it('P3 the number of the call is the fence: an older one changes nothing', async () => {
    const older = at.callOf('inventory', [itemOf('A', { quantity: 9 })]);
    await set([itemOf('A', { quantity: 4 })]);
    expect(await at.session.publish(older)).toEqual([{ channelSku: 'A', outcome: 'stale' }]);
    expect(at.seller.says('A')).toBe(4);
  });
});
