import { generateKeyPairSync } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { publishNow } from '#test/support/publish-now.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { GoogleMerchant, type GoogleMerchantOptions } from '#test/support/emulators/google-merchant.ts';
import { ChannelFailure } from '../../channel-failure.ts';
import type { ChannelSession } from '../../connector.ts';
import { createHttp, type Http, type HttpAnswer } from '../../http/http.ts';
import type { QuotaSeen } from '../../publishing/quota.ts';
import { googleLocal } from './google-local.ts';

async function failure(work: Promise<unknown>): Promise<unknown> {
  const error = await work.then(() => undefined).catch((thrown: unknown) => thrown);
  return error instanceof ChannelFailure ? [error.code, error.inDoubt, error.retryAfterMs] : error;
}

const call = (...items: readonly (readonly [sku: string, quantity: number])[]) => ({
  number: 1,
  key: 'k',
  shape: 'insert',
  items: items.map(([channelSku, quantity]) => ({ channelSku, quantity, changeFrom: null, reference: null })),
});
const asked = (...skus: string[]) => skus.map((channelSku) => ({ channelSku, reference: null }));

describe('against the Merchant API', () => {
  let google: GoogleMerchant;
  let http: Http & { close(): void };
  beforeEach(() => {
    http = createHttp({ toPrivate: true, timeoutMs: 20_000, clock: systemClock });
  });
  afterEach(async () => {
    http.close();
    await google.stop();
  });
  const open = async (options: GoogleMerchantOptions = {}): Promise<ChannelSession> => {
    google = await GoogleMerchant.start(seededRandom(1), { readLagMs: 0, ...options });
    return again();
  };
  const again = (): ChannelSession => {
    const { settings, credentials } = google.account;
    const access = { channel: 'store', baseUrl: google.server.url, settings, credentials };
    return googleLocal.open(access, { http, clock: systemClock, seen: () => undefined, pay: () => Promise.resolve() });
  };

  it('a resource that is replaced as a whole keeps what else it says; names that an address cannot hold are encoded', async () => {
    const session = await open();
    const sku = 'a/b~c? "ü"%';
    google.list([sku, 'B'], 4);
    expect(await publishNow(session, call([sku, 7], ['B', 0], ['GHOST', 1]))).toMatchObject([
      { outcome: 'taken' },
      { outcome: 'taken' },
      { outcome: 'refused', code: 'CHANNEL_SKU_UNKNOWN' },
    ]);
    const price = { amountMicros: '5000000', currencyCode: 'USD' };
    expect(google.attributesOf(sku)).toEqual({ price, availability: 'IN_STOCK', quantity: '7' });
    expect(google.attributesOf('B')).toEqual({ price, availability: 'OUT_OF_STOCK', quantity: '0' });
    expect(await session.readBack(asked(sku, 'B', 'GHOST'))).toMatchObject([
      { says: 7 },
      { says: 0 },
      { code: 'CHANNEL_SKU_UNKNOWN' },
    ]);
    expect(google.violations).toEqual([]);
  });

  it('sends no more than its own word where nothing else is to be kept', async () => {
    const session = await open({ keepOthers: false });
    google.list(['A'], 4);
    await publishNow(session, call(['A', 2]));
    expect([google.attributesOf('A'), google.requests]).toEqual([{ availability: 'IN_STOCK', quantity: '2' }, 1]);
  });

  it('what Google has forgotten after 30 days is 0, and is there again when it is sent again', async () => {
    let now = Date.now();
    const session = await open({ clock: () => now });
    google.list(['A'], 0);
    await publishNow(session, call(['A', 5]));
    now += 31 * 86_400_000;
    expect(await session.readBack(asked('A'))).toMatchObject([{ says: 0 }]);
    await publishNow(session, call(['A', 5]));
    expect(await session.readBack(asked('A'))).toMatchObject([{ says: 5 }]);
  });

  it('X1 a token is asked for once for many calls and sessions, and again when it is taken back', async () => {
    const session = await open();
    google.list(['A', 'B', 'C'], 4);
    await Promise.all([session.readBack(asked('A', 'B', 'C')), again().publish(call(['A', 1], ['B', 2]))]);
    expect(google.tokens.granted).toBe(1);
    google.tokens.revokeAll();
    expect(await session.readBack(asked('A', 'B'))).toMatchObject([{ says: 1 }, { says: 2 }]);
    expect(google.tokens.granted).toBe(2);
  });

  it("X1 a key that is not the account's, or none at all, has its code and shows nothing of itself", async () => {
    await open();
    const { privateKey: other } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
    const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
    const broken = '-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n';
    for (const privateKey of [other, ec].map((key) => key.export({ type: 'pkcs8', format: 'pem' })).concat(broken)) {
      const credentials = { ...google.account.credentials, privateKey };
      const access = { channel: 'store', baseUrl: google.server.url, settings: google.account.settings, credentials };
      const session = googleLocal.open(access, {
        http,
        clock: systemClock,
        seen: () => undefined,
        pay: () => Promise.resolve(),
      });
      const told = await session.readBack(asked('A')).catch((error: unknown) => error);
      expect(told).toMatchObject({ code: 'CHANNEL_UNAUTHORIZED', inDoubt: false });
      expect(String(told)).not.toMatch(/BEGIN|AAAA|[A-Za-z0-9+/]{40}/);
    }
  });

  it('X1 takes no orders, and nothing that comes to the hub in its name is believed', async () => {
    const session = await open();
    expect(session.capabilities).toMatchObject({ takesOrders: false, orders: null });
    const request = { headers: {}, body: Buffer.from('{}') };
    expect(() => session.receive(request, 0)).toThrow(expect.objectContaining({ code: 'CHANNEL_SIGNATURE_INVALID' }));
    const effect = { kind: 'refund' as const, amountMinor: 1, currency: 'EUR', lines: [] };
    expect(await failure(session.perform({ key: 'k', channelOrderId: '1', effect }))).toMatchObject([
      'CHANNEL_REFUSED',
      false,
      undefined,
    ]);
  });

  it('an LFP provider submits for its merchant, and cannot read', async () => {
    const session = await open({ mode: 'lfp' });
    expect(session.capabilities.reads).toBeNull();
    expect(await publishNow(session, call(['A', 3], ['B', 0]))).toMatchObject([
      { outcome: 'taken' },
      { outcome: 'taken' },
    ]);
    expect([google.says('A'), google.says('B'), google.violations]).toEqual([3, 0, []]);
  });
});

describe('answers of the Merchant API', () => {
  const google = (status: number, name: string, details: readonly object[] = []): Partial<HttpAnswer> => ({
    status,
    text: JSON.stringify({ error: { code: status, status: name, message: 'x', details } }),
  });
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 });
  /** A session whose listings get these answers. */
  const answering = (answers: Readonly<Record<string, Partial<HttpAnswer>>>) => {
    const seen: QuotaSeen[] = [];
    const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
    const settings = {
      mode: 'lfp',
      storeCode: 'S',
      contentLanguage: 'en',
      regionCode: 'US',
      providerAccount: '1',
      targetAccount: '2',
    };
    const credentials = { clientEmail: 'a@b.example', privateKey: pem };
    const session = googleLocal.open(
      { channel: 'store', baseUrl: 'https://google.example', settings, credentials },
      {
        clock: systemClock,
        seen: (_, one) => void seen.push(one),
        pay: () => Promise.resolve(),
        async http({ url, body = '' }) {
          const ok = { status: 200, headers: {}, text: '{"access_token":"t","expires_in":3600}' };
          if (url.endsWith('/token')) return ok;
          return { ...ok, ...answers[(JSON.parse(body) as { offerId: string }).offerId] };
        },
      },
    );
    return { session, seen };
  };

  it('P3 of requests that were sent together each has its own end: taken, refused, not done, in doubt', async () => {
    const { session, seen } = answering({
      b: google(400, 'INVALID_ARGUMENT'),
      c: google(429, 'RESOURCE_EXHAUSTED'),
      d: google(503, 'UNAVAILABLE'),
      e: { text: '<html>' },
    });
    const answers = await publishNow(session, call(['a', 1], ['b', 1], ['c', 1], ['d', 1], ['e', 1]));
    expect(answers.map(({ channelSku, outcome }) => [channelSku, outcome])).toEqual([
      ['a', 'taken'],
      ['b', 'refused'],
      ['c', 'again'],
    ]);
    // The quota is used up, whatever we thought was left.
    expect(seen).toEqual([{ left: 0 }]);
  });

  it('P2 what meets all of them is the failure of the call, with the wait that Google asks for', async () => {
    const retry = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '1.5s' };
    const wholly = (answer: Partial<HttpAnswer>) =>
      failure(publishNow(answering({ a: answer }).session, call(['a', 1])));
    expect(await wholly(google(429, 'RESOURCE_EXHAUSTED', [retry]))).toEqual(['CHANNEL_THROTTLED', false, 1_500]);
    expect(await wholly({ status: 429, text: '' })).toEqual(['CHANNEL_THROTTLED', false, undefined]);
    expect(await wholly(google(403, 'PERMISSION_DENIED'))).toEqual(['CHANNEL_UNAUTHORIZED', false, undefined]);
    expect(await wholly(google(401, 'UNAUTHENTICATED'))).toEqual(['CHANNEL_UNAUTHORIZED', false, undefined]);
    expect(await wholly(google(500, 'INTERNAL'))).toEqual(['CHANNEL_FAILED', true, undefined]);
    expect(await wholly({ text: '<html>' })).toEqual(['CHANNEL_ANSWER_INVALID', true, undefined]);
    const both = answering({ a: google(429, 'RESOURCE_EXHAUSTED'), b: google(500, 'INTERNAL') }).session;
    expect(await failure(both.publish(call(['a', 1], ['b', 1])))).toEqual(['CHANNEL_FAILED', true, undefined]);
  });
});
