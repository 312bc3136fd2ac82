import { z } from 'zod';
import type { ChannelTools, ItemAnswer, PublishCall } from '../../connector.ts';
import { setEach } from './each.ts';
import type { Ask } from './merchant-api.ts';
import type { PartnerSettings } from './settings.ts';

/** Submits what a merchant's store has, as a provider of the Local Feeds Partnership. What Google has of it cannot be read. */
export function submitInventories(
  ask: Ask,
  settings: PartnerSettings,
  tools: ChannelTools,
  call: PublishCall,
): Promise<ItemAnswer[]> {
  const { providerAccount, targetAccount, storeCode, regionCode, contentLanguage, feedLabel } = settings;
  return setEach(call.items, tools, ({ channelSku, quantity }) =>
    ask(
      {
        method: 'POST',
        path: `lfp/v1/accounts/${providerAccount}/lfpInventories:insert`,
        body: {
          targetAccount,
          storeCode,
          offerId: channelSku,
          regionCode,
          contentLanguage,
          availability: quantity > 0 ? 'in_stock' : 'out_of_stock',
          quantity: String(quantity),
          ...(feedLabel !== undefined && { feedLabel }),
        },
        mark: `${call.number}-${call.key}`,
      },
      z.unknown(),
    ),
  );
}
