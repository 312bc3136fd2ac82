import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { ChannelKind } from './connector.ts';
import { adobeCommerce } from './channel/adobe-commerce/adobe-commerce.ts';
import { googleLocal } from './channel/google-local/google-local.ts';
import { ebay } from './channel/ebay/ebay.ts';
import { shopify } from './channel/shopify/shopify.ts';
import { amazon } from './channel/amazon/amazon.ts';
import { signedWebhook } from './channel/signed-webhook/signed-webhook.ts';
import { walmart } from './channel/walmart/walmart.ts';

/** Every kind of channel. A new one is one folder under channel/ and one line here. */
export const CHANNEL_KINDS: readonly ChannelKind[] = [
  signedWebhook,
  shopify,
  amazon,
  walmart,
  ebay,
  adobeCommerce,
  googleLocal,
];

/** Throws CHANNEL_KIND_UNKNOWN. */
export function requireKind(kind: string): ChannelKind {
  const found = CHANNEL_KINDS.find((one) => one.kind === kind);
  if (found !== undefined) return found;
  const known = CHANNEL_KINDS.map((one) => one.kind).join(', ');
  throw new ShelfwireError('CHANNEL_KIND_UNKNOWN', `There is no kind "${kind}" of channels; there are: ${known}.`);
}
