import { seededRandom } from '#shared/runtime/random.ts';
import type { EmulatedChannel } from '#test/support/emulators/emulated-channel.ts';
import { ShopifyShop } from '#test/support/emulators/shopify-shop.ts';
import { SignedReceiver } from '#test/support/emulators/signed-receiver.ts';
import { serve } from './bench-process.ts';

/** Channels under the limits that a small one has. */
const KINDS = {
  signedWebhook: () => SignedReceiver.start(seededRandom(1), { itemsMax: 200, perSecond: 10, burst: 20 }),
  shopify: () => ShopifyShop.start(seededRandom(2), { restoreRate: 100, maximum: 2_000, readLagMs: 0 }),
} as const;

export interface StartedChannel {
  readonly url: string;
  readonly account: EmulatedChannel['account'];
}

let channel: EmulatedChannel | undefined;

const commands = {
  async start(given: { kind: keyof typeof KINDS; skus: readonly string[]; quantity: number }): Promise<StartedChannel> {
    channel = await KINDS[given.kind]();
    channel.list(given.skus, given.quantity);
    return { url: channel.server.url, account: channel.account };
  },
  /** Every call takes so long from now on, ms. */
  async slow(latencyMs: number): Promise<void> {
    if (channel !== undefined) channel.server.latencyMs = latencyMs;
  },
  /** Listings that do not say so many. */
  async differing({ skus, quantity }: { skus: readonly string[]; quantity: number }): Promise<string[]> {
    return skus.filter((sku) => channel?.says(sku) !== quantity);
  },
  async violations(): Promise<readonly string[]> {
    return channel?.violations ?? [];
  },
};
export type ChannelCommands = typeof commands;
export type BenchChannelKind = keyof typeof KINDS;

serve(commands, async () => channel?.stop());
