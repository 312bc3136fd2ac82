import { describe, expect, it } from 'vitest';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { receive } from './receive.ts';
import { settings } from './settings.ts';

const own = settings.parse({ sellerId: 'SELLER1', marketplaceId: 'MARKET1', country: 'DE' });
const KEY = 'a-key-of-ours';
const change = {
  SellerId: 'SELLER1',
  AmazonOrderId: '028-1',
  Summary: { MarketplaceId: 'MARKET1', FulfillmentType: 'MFN' },
};
const notification = (parts: object = {}, type = 'ORDER_CHANGE') => ({
  NotificationType: type,
  NotificationMetadata: { NotificationId: 'n-1' },
  Payload: { OrderChangeNotification: { ...change, ...parts } },
});
const take = (body: unknown, headers: Record<string, string> = { 'x-api-key': KEY }) =>
  receive({ headers, body: Buffer.from(typeof body === 'string' ? body : JSON.stringify(body)) }, KEY, own);
const codeOf = (work: () => unknown) => {
  try {
    return work();
  } catch (error) {
    return error instanceof ShelfwireError ? error.code : error;
  }
};

describe('notifications of Amazon', () => {
  it('are hints of an order to be read, as EventBridge wraps them and without', () => {
    const expected = { ids: ['n-1'], orderIds: ['028-1'], listings: [], orders: [] };
    expect(take({ version: '0', id: 'e-1', detail: notification() })).toEqual(expected);
    expect(take(notification())).toEqual(expected);
  });

  it('S4 of another seller, another marketplace, another kind or what Amazon sends itself say nothing', () => {
    for (const other of [
      notification({ SellerId: 'SELLER2' }),
      notification({ Summary: { ...change.Summary, MarketplaceId: 'MARKET2' } }),
      notification({ Summary: { ...change.Summary, FulfillmentType: 'AFN' } }),
      { ...notification({}, 'FEED_PROCESSING_FINISHED'), Payload: {} },
    ]) {
      expect(take(other)).toEqual({ ids: ['n-1'], orderIds: [], listings: [], orders: [] });
    }
  });

  it('X1 are refused without the key of the account', () => {
    for (const headers of [{}, { 'x-api-key': '' }, { 'x-api-key': `${KEY}x` }, { authorization: KEY }]) {
      expect(codeOf(() => take(notification(), headers as Record<string, string>))).toBe('CHANNEL_SIGNATURE_INVALID');
    }
  });

  it('X2 that cannot be read are refused with a code', () => {
    for (const bad of ['x', '[]', '{}', notification({ AmazonOrderId: 7 }), { detail: {} }]) {
      expect(codeOf(() => take(bad))).toBe('CHANNEL_MESSAGE_INVALID');
    }
  });
});
