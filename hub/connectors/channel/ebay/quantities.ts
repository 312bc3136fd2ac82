import { z } from 'zod';
import type { ItemAnswer, PublishCall, PublishItem, ReadAnswer, ReadItem } from '../../connector.ts';
import { problem, readOk, type Ask } from './ask.ts';
import { judgeItem, judgeRead } from './judge.ts';
import { findOffers } from './offers.ts';

/** eBay takes no more in a call. */
export const ITEMS_MAX = 25;
const API = 'sell/inventory/v1';

const errors = z.array(problem).optional();
const items = z.object({
  responses: z.array(
    z.object({
      statusCode: z.int(),
      sku: z.string().optional(),
      inventoryItem: z
        .object({
          availability: z
            .object({ shipToLocationAvailability: z.object({ quantity: z.int().min(0).optional() }).optional() })
            .optional(),
        })
        .optional(),
      errors,
    }),
  ),
});
const updated = z.object({
  responses: z.array(
    z.object({ statusCode: z.int(), sku: z.string().optional(), offerId: z.string().optional(), errors }),
  ),
});

/** What there is of each, or why that is not known. */
async function readTotals(ask: Ask, skus: readonly string[]): Promise<Map<string, number | ReadAnswer>> {
  const answer = await ask({
    method: 'POST',
    path: `${API}/bulk_get_inventory_item`,
    body: { requests: skus.map((sku) => ({ sku })) },
  });
  const totals = new Map<string, number | ReadAnswer>();
  for (const { statusCode, sku, inventoryItem, errors: found = [] } of readOk(answer, items).responses) {
    if (sku === undefined) continue;
    const total = inventoryItem?.availability?.shipToLocationAvailability?.quantity ?? 0;
    totals.set(sku, statusCode < 300 ? total : judgeRead(sku, statusCode, found));
  }
  for (const sku of skus) if (!totals.has(sku)) totals.set(sku, judgeRead(sku, 404, []));
  return totals;
}

/** What can be bought of each: of what there is no more than its offer offers. */
export async function readQuantities(
  ask: Ask,
  marketplaceId: string,
  asked: readonly ReadItem[],
): Promise<ReadAnswer[]> {
  const totals = await readTotals(
    ask,
    asked.map(({ channelSku }) => channelSku),
  );
  const there = asked.filter(({ channelSku }) => typeof totals.get(channelSku) === 'number');
  const offers = await findOffers(ask, marketplaceId, there);
  return asked.map(({ channelSku }): ReadAnswer => {
    const total = totals.get(channelSku);
    if (typeof total !== 'number') return total ?? judgeRead(channelSku, 404, []);
    const offer = offers.get(channelSku);
    if (offer === undefined || 'code' in offer) return offer ?? judgeRead(channelSku, 404, []);
    return { channelSku, reference: offer.offerId, says: Math.min(total, offer.available ?? total) };
  });
}

/** Pays for calls beyond those that a call of this shape makes anyway. */
export type Pay = (calls: number) => Promise<void>;

/**
 * Sets what there is of each and what its offer offers of it, both to the same. eBay compares nothing: what can be bought is
 * read just before, and what is not as it is believed to be is left alone.
 */
export async function setQuantities(
  ask: Ask,
  { marketplaceId, pay }: { marketplaceId: string; pay: Pay },
  call: PublishCall,
): Promise<ItemAnswer[]> {
  const totals = await readTotals(
    ask,
    call.items.map(({ channelSku }) => channelSku),
  );
  const isOther = ({ channelSku, changeFrom }: PublishItem): boolean =>
    changeFrom !== null && typeof totals.get(channelSku) === 'number' && totals.get(channelSku) !== changeFrom;
  // Where there is more than was believed, the offer may hold it back; and its name may be wanted.
  const wanted = call.items.filter((item) => item.reference === null || isOther(item));
  if (wanted.length > 0) await pay(wanted.length);
  const offers = await findOffers(ask, marketplaceId, wanted);
  const answers: ItemAnswer[] = [];
  const due: Named[] = [];
  for (const item of call.items) {
    const { channelSku, quantity, changeFrom, reference } = item;
    const total = totals.get(channelSku) ?? judgeRead(channelSku, 404, []);
    const offer = offers.get(channelSku);
    if (typeof total !== 'number')
      answers.push('code' in total ? { ...total, outcome: 'refused' } : { channelSku, outcome: 'again' });
    else if (offer !== undefined && 'code' in offer) answers.push({ ...offer, outcome: 'refused' });
    else {
      const says = Math.min(total, offer?.available ?? total);
      const offerId = offer?.offerId ?? reference;
      // It was sent before, and this is what came of it: then it does no harm once more.
      const isSent = call.isAgain === true && says === quantity;
      if (offerId === null) answers.push({ channelSku, outcome: 'again' });
      else if (changeFrom !== null && says !== changeFrom && !isSent) answers.push({ channelSku, outcome: 'stale' });
      else due.push({ channelSku, quantity, offerId });
    }
  }
  return due.length === 0 ? answers : [...answers, ...(await update(ask, due))];
}

interface Named extends Pick<PublishItem, 'channelSku' | 'quantity'> {
  readonly offerId: string;
}

async function update(ask: Ask, named: readonly Named[]): Promise<ItemAnswer[]> {
  const answer = await ask({
    method: 'POST',
    path: `${API}/bulk_update_price_quantity`,
    body: {
      requests: named.map(({ channelSku: sku, quantity, offerId }) => ({
        sku,
        shipToLocationAvailability: { quantity },
        offers: [{ offerId, availableQuantity: quantity }],
      })),
    },
  });
  const { responses } = readOk(answer, updated);
  return named.map(({ channelSku, offerId }) => {
    const own = responses.filter((one) => one.sku === channelSku || one.offerId === offerId);
    // The item and its offer each have an answer: the listing stands as the worse of them.
    const worst = own.reduce((most, { statusCode }) => Math.max(most, statusCode), own.length === 0 ? 500 : 0);
    const judged = judgeItem(
      channelSku,
      worst,
      own.flatMap(({ errors: found = [] }) => found),
    );
    return judged.outcome === 'taken' ? { ...judged, reference: offerId } : judged;
  });
}
