import { restExample } from '#hub/connectors/erp/rest/rest-example.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import type { EmulatedChannel } from '#test/support/emulators/emulated-channel.ts';
import { RestErp } from '#test/support/emulators/erp-rest.ts';
import { CHANNEL_EMULATORS } from '#test/support/emulators/registry.ts';
import type { HubProcess } from '#test/support/hub-process.ts';
import type { Plan } from '../input/plan.ts';
import { STORES } from '../input/rules.ts';
import { CHANNEL } from '../oracle/verify.ts';

/** Each channel lists so many, those that sell most often. */
const LISTINGS_MAX = 400;

export interface Placed {
  readonly id: string;
  readonly sku: string;
  readonly units: number;
}

/** A channel of the demo. */
export interface Shop {
  readonly code: string;
  readonly title: string;
  readonly account: number;
  readonly takesOrders: boolean;
  readonly channel: EmulatedChannel;
  readonly orders: Placed[];
}

/** What is around the hub: channels and an ERP, as servers of this process. */
export interface Outside {
  readonly skus: readonly string[];
  readonly shops: readonly Shop[];
  readonly erp: RestErp;
  readonly stop: () => Promise<void>;
}

/** Options that a hub needs to reach what runs on this machine. */
export const OUTSIDE_OPTIONS = ['--private-webhooks', '--private-erps'] as const;

/** Starts channels and ERP, and enters them at the hub by its API, as an operator would. */
export async function openOutside(
  plan: Plan,
  hub: HubProcess,
  { seed, kinds: wanted }: { readonly seed: number; readonly kinds?: readonly string[] | undefined },
): Promise<Outside> {
  const skus = bestSellers(plan);
  const erp = await RestErp.start();
  const stops: (() => Promise<unknown>)[] = [() => erp.stop()];
  const stop = async (): Promise<void> => {
    for (const one of stops.splice(0).toReversed()) await one();
  };
  try {
    const kinds = Object.entries(CHANNEL_EMULATORS).filter(([kind]) => wanted?.includes(kind) ?? true);
    const codes = kinds.map(([kind]) => kind.toUpperCase());
    const locations = [...STORES];
    await hub.post('/v1/rules', {
      document: {
        rules: 1,
        channels: [CHANNEL, ...codes].map((code) => ({ code, name: code, locations })),
        listings: codes.flatMap((channel) => skus.map((sku) => ({ channel, channelSku: sku, sku }))),
      },
    });
    await hub.post('/v1/erps', {
      kind: 'rest',
      code: 'main',
      name: 'ERP',
      settings: { url: erp.server.url },
      credentials: { bearer: erp.token },
      pace: { timeoutMs: 2_000 },
    });
    await hub.post('/v1/erps/main/mappings', { document: restExample });
    const shops: Shop[] = [];
    for (const [place, [kind, { title, takesOrders, start }]] of kinds.entries()) {
      const channel = await start(seededRandom(seed + place));
      stops.push(() => channel.stop());
      channel.list(skus, 0);
      const code = codes[place] ?? kind;
      const made = await hub.post('/v1/channel-accounts', {
        ...channel.account,
        channel: code,
        name: title,
        baseUrl: channel.server.url,
      });
      shops.push({ code, title, account: Number(made['account']), takesOrders, channel, orders: [] });
    }
    return { skus, shops, erp, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

function bestSellers({ facts }: Plan): string[] {
  const sales = new Map<string, number>();
  for (const fact of STORES.flatMap((store) => facts[store])) {
    if (fact.kind !== 'sale') continue;
    for (const { sku } of fact.body.lines) sales.set(sku, (sales.get(sku) ?? 0) + 1);
  }
  const ranked = [...sales].toSorted(([skuA, a], [skuB, b]) => b - a || (skuA < skuB ? -1 : 1));
  return ranked.slice(0, LISTINGS_MAX).map(([sku]) => sku);
}
