import { z } from 'zod';
import type { ReadAnswer, ReadItem } from '../../connector.ts';
import { problemsOf, readOk, said, type Ask } from './ask.ts';

const OFFERS = 'sell/inventory/v1/offer';
const AT_ONCE = 5;

const offer = z.object({
  offerId: z.string().min(1).max(64),
  status: z.string(),
  format: z.string().optional(),
  availableQuantity: z.int().min(0).optional(),
});
const offers = z.object({ offers: z.array(offer) });

/** An offer that can be bought: its name, and how many it offers of what there is; null: all of it. */
export interface LiveOffer {
  readonly offerId: string;
  readonly available: number | null;
}
export type Missing = Extract<ReadAnswer, { code: unknown }>;

/** The one published offer at a fixed price of each listing, by its name where that is known. */
export async function findOffers(
  ask: Ask,
  marketplaceId: string,
  items: readonly ReadItem[],
): Promise<Map<string, LiveOffer | Missing>> {
  const found = new Map<string, LiveOffer | Missing>();
  for (let from = 0; from < items.length; from += AT_ONCE) {
    const some = items.slice(from, from + AT_ONCE);
    const answers = await Promise.all(some.map((item) => findOffer(ask, marketplaceId, item)));
    for (const [place, { channelSku }] of some.entries()) {
      const answer = answers[place];
      if (answer !== undefined) found.set(channelSku, answer);
    }
  }
  return found;
}

async function findOffer(ask: Ask, marketplaceId: string, item: ReadItem): Promise<LiveOffer | Missing> {
  const { channelSku, reference } = item;
  if (reference !== null) {
    const known = await ask({ method: 'GET', path: `${OFFERS}/${encodeURIComponent(reference)}` });
    // An offer that was withdrawn and made anew has another name.
    if (known.status < 400) {
      const own = readOk(known, offer);
      if (isLive(own)) return live(own);
    } else if (problemsOf(known) === undefined) readOk(known, offer);
  }
  const query = { sku: channelSku, marketplace_id: marketplaceId, limit: '25' };
  const answer = await ask({ method: 'GET', path: OFFERS, query });
  const problems = answer.status < 400 ? [] : problemsOf(answer);
  if (answer.status >= 400 && problems !== undefined) {
    return {
      channelSku,
      code: answer.status === 404 ? 'CHANNEL_SKU_UNKNOWN' : 'CHANNEL_REFUSED',
      detail: said(problems),
    };
  }
  const own = readOk(answer, offers).offers.filter(isLive);
  const [first] = own;
  if (first === undefined) {
    const detail = `"${channelSku}" has no published offer at ${marketplaceId}.`;
    return { channelSku, code: 'CHANNEL_SKU_UNKNOWN', detail };
  }
  if (own.length > 1) {
    const detail = `"${channelSku}" has ${own.length} published offers at ${marketplaceId}.`;
    return { channelSku, code: 'CHANNEL_SKU_AMBIGUOUS', detail };
  }
  return live(first);
}

const isLive = ({ status, format }: z.output<typeof offer>): boolean => status === 'PUBLISHED' && format !== 'AUCTION';

const live = ({ offerId, availableQuantity }: z.output<typeof offer>): LiveOffer => ({
  offerId,
  available: availableQuantity ?? null,
});
