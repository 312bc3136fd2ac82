import { erpnextExample } from '#hub/connectors/erp/erpnext/erpnext-example.ts';
import { restExample } from '#hub/connectors/erp/rest/rest-example.ts';
import { systemRandom } from '#shared/runtime/random.ts';
import type { EmulatedChannel } from './emulated-channel.ts';
import { ErpNext } from './erp-erpnext.ts';
import { RestErp } from './erp-rest.ts';
import { CHANNEL_EMULATORS } from './registry.ts';

/** An emulator that is used by hand. */
export interface Alone {
  /** Where it listens itself. */
  readonly url: string;
  /** Calls that enter it at a hub, once it is reached at `url`: paths and bodies. */
  entering(url: string): readonly { readonly path: string; readonly body: unknown }[];
  /** Where customers order; undefined: nobody does. */
  readonly shop?: EmulatedChannel | undefined;
  /** Lines that say what has changed since they were asked for last. */
  news(): string[];
  stop(): Promise<void>;
}

export interface AloneOptions {
  readonly channel: string | undefined;
  readonly skus: readonly string[];
  readonly stock: number;
}

/** Undefined: there is no such kind. */
export async function startAlone(kind: string, options: AloneOptions): Promise<Alone | undefined> {
  const emulator = CHANNEL_EMULATORS[kind];
  if (emulator !== undefined)
    return channelAlone(kind, await emulator.start(systemRandom), options, emulator.takesOrders);
  if (kind === 'rest') {
    const erp = await RestErp.start();
    const credentials = { bearer: erp.token };
    return erpAlone(kind, { url: erp.server.url, credentials, mapping: restExample, keys: () => erp.documents }, erp);
  }
  if (kind === 'erpnext') {
    const erp = await ErpNext.start();
    for (const sku of options.skus) erp.items.add(sku);
    const [apiKey, apiSecret] = erp.token.split(':');
    const credentials = { apiKey, apiSecret };
    return erpAlone(kind, { url: erp.server.url, credentials, mapping: erpnextExample, keys: () => erp.keys }, erp);
  }
  return undefined;
}

export const ALONE_KINDS = [...Object.keys(CHANNEL_EMULATORS), 'rest', 'erpnext'];

function channelAlone(
  kind: string,
  channel: EmulatedChannel,
  { channel: code, skus, stock }: AloneOptions,
  takesOrders: boolean,
): Alone {
  channel.list(skus, stock);
  const said = new Map<string, number>();
  return {
    url: channel.server.url,
    shop: takesOrders ? channel : undefined,
    entering: (url) => [
      {
        path: '/v1/channel-accounts',
        body: { ...channel.account, channel: code ?? 'CODE', name: `${kind} emulator`, baseUrl: url },
      },
    ],
    news: () =>
      skus.flatMap((sku) => {
        const now = channel.says(sku) ?? 0;
        if (said.get(sku) === now) return [];
        said.set(sku, now);
        return [`${sku} says ${now}`];
      }),
    stop: () => channel.stop(),
  };
}

function erpAlone(
  kind: string,
  { url, credentials, mapping, keys }: { url: string; credentials: object; mapping: object; keys: () => string[] },
  erp: { stop(): Promise<void> },
): Alone {
  let told = 0;
  return {
    url,
    entering: (at) => [
      { path: '/v1/erps', body: { kind, code: 'emulator', name: 'Emulator', settings: { url: at }, credentials } },
      { path: '/v1/erps/emulator/mappings', body: { document: mapping } },
    ],
    news() {
      const fresh = keys().slice(told);
      told += fresh.length;
      return fresh.map((key) => `has ${key}`);
    },
    stop: () => erp.stop(),
  };
}
