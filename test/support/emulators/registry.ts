import type { Random } from '#shared/runtime/random.ts';
import { AdobeShop } from './adobe-shop.ts';
import { AmazonSeller } from './amazon-seller.ts';
import { EbaySeller } from './ebay-seller.ts';
import type { EmulatedChannel } from './emulated-channel.ts';
import { GoogleMerchant } from './google-merchant.ts';
import { ShopifyShop } from './shopify-shop.ts';
import { SignedReceiver } from './signed-receiver.ts';
import { WalmartSeller } from './walmart-seller.ts';

export interface ChannelEmulator {
  readonly title: string;
  /** Whether customers order there: a channel that only shows what is in stock has no orders. */
  readonly takesOrders: boolean;
  readonly start: (random: Random) => Promise<EmulatedChannel>;
}

/** Every kind of channel that can be emulated, as it is by default. A new one is one line. */
export const CHANNEL_EMULATORS: Readonly<Record<string, ChannelEmulator>> = {
  signedWebhook: {
    title: 'Signed webhook',
    takesOrders: true,
    start: (random) => SignedReceiver.start(random, { countsDown: true, pollOrdersSeconds: 5 }),
  },
  shopify: { title: 'Shopify', takesOrders: true, start: (random) => ShopifyShop.start(random) },
  amazon: {
    title: 'Amazon',
    takesOrders: true,
    start: (random) => AmazonSeller.start(random, { pollOrdersSeconds: 10 }),
  },
  walmart: { title: 'Walmart', takesOrders: true, start: (random) => WalmartSeller.start(random) },
  ebay: { title: 'eBay', takesOrders: true, start: (random) => EbaySeller.start(random) },
  adobeCommerce: { title: 'Adobe Commerce', takesOrders: true, start: (random) => AdobeShop.start(random) },
  googleLocal: { title: 'Google local', takesOrders: false, start: (random) => GoogleMerchant.start(random) },
};
