import { afterEach, beforeEach } from 'vitest';
import { amazon } from '#hub/connectors/channel/amazon/amazon.ts';
import { ChannelFailure } from '#hub/connectors/channel-failure.ts';
import type { ChannelSession, PublishCall, PublishItem } from '#hub/connectors/connector.ts';
import { createHttp } from '#hub/connectors/http/http.ts';
import type { QuotaSeen } from '#hub/connectors/publishing/quota.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { AmazonSeller, type SellerOptions } from './emulators/amazon-seller.ts';

const stopping = new AbortController();
const http = createHttp({ toPrivate: true, timeoutMs: 20_000, clock: systemClock, signal: stopping.signal });

/** A seller with some listings, and a session with it, new for each test of a file. What is told and paid is kept. */
export class AmazonTest {
  seller!: AmazonSeller;
  session!: ChannelSession;
  readonly seen: [string, QuotaSeen][] = [];
  readonly paid: string[] = [];
  #number = 0;

  constructor(options: SellerOptions = {}) {
    beforeEach(() => this.begin(options));
    afterEach(() => this.seller.stop());
  }

  /** Another seller in place of the one that there is. */
  async begin(options: SellerOptions): Promise<void> {
    await this.seller?.stop();
    this.seller = await AmazonSeller.start(seededRandom(1), { readLagMs: 0, applyMs: 0, ...options });
    this.seller.list(['A', 'B', 'C,1', 'D/ä ?'], 5);
    this.session = this.open();
    this.seen.length = 0;
    this.paid.length = 0;
  }

  open({ settings = {}, credentials = {} }: { settings?: object; credentials?: object } = {}): ChannelSession {
    const { account, server } = this.seller;
    const access = {
      channel: 'shop',
      baseUrl: server.url,
      settings: { ...account.settings, ...settings },
      credentials: { ...account.credentials, ...credentials },
    };
    return amazon.open(access, {
      http,
      clock: systemClock,
      seen: (quota, one) => void this.seen.push([quota, one]),
      pay: async (quota) => void this.paid.push(quota),
    });
  }

  callOf(shape: string, items: readonly PublishItem[], parts: Partial<PublishCall> = {}): PublishCall {
    this.#number += 1;
    return { number: this.#number, key: `k-${this.#number}`, shape, items, ...parts };
  }

  publish(items: readonly PublishItem[], parts: Partial<PublishCall> = {}) {
    return this.session.publish(this.callOf('patch', items, parts));
  }
}

export const itemOf = (channelSku: string, parts: Partial<PublishItem> = {}): PublishItem => ({
  channelSku,
  reference: null,
  quantity: 3,
  changeFrom: 5,
  ...parts,
});

/** What comes of it, or how it failed: code, doubt and what was asked to wait. */
export async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ChannelFailure)) throw error;
    return [error.code, error.inDoubt ? 'in doubt' : 'not done', error.retryAfterMs];
  }
}
