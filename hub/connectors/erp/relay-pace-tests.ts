import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { spreadDocuments } from '#hub/outbox/documents/spread.ts';
import { makeErp, nothingKept } from '#test/support/erps.ts';
import { sold, type RelayTest } from '#test/support/relay-test.ts';
import { Erps } from './admin/erps.ts';

/** Windows, rates, how many at once, what goes first. */
export function paceTests(here: RelayTest): void {
  const { pool, surroundings, relay, documents, keysOf, tell, moreStores } = here;

  it('O1 paused, and in a maintenance window, everything waits', async () => {
    await makeErp(pool(), surroundings(), here.erp.server.url, {
      pace: { quiet: [{ from: '00:00', until: '00:00' }] },
    });
    const erps = new Erps(pool(), surroundings());
    relay();
    await tell(1, 1, sold('one'));
    await expect.poll(() => documents()).toHaveLength(1);
    await delay(150);
    expect(here.erp.server.requests).toBe(0);
    await erps.pause('main', nothingKept);
    const { settings, pace } = await erps.find('main');
    await erps.change('main', { kind: 'rest', settings, pace: { ...pace, quiet: [] } }, nothingKept);
    await delay(150);
    expect(here.erp.server.requests).toBe(0);
    await erps.resume('main', nothingKept);
    await here.settled();
    expect(here.erp.keys).toEqual(['sale S1/one']);
  });

  it('O1 no more a second than the ERP stands, over two hubs', async () => {
    await makeErp(pool(), surroundings(), here.erp.server.url, { pace: { perSecond: 40 } });
    const sentAt: number[] = [];
    here.erp.server.faults = () => void sentAt.push(performance.now());
    await tell(1, 1, ...Array.from({ length: 20 }, (_, place) => sold(`a${place}`)));
    await tell(2, 3, ...Array.from({ length: 20 }, (_, place) => sold(`b${place}`)));
    relay();
    relay();
    await here.settled();
    expect(here.erp.keys).toHaveLength(40);
    // The first at once, then one in 25 ms; timers may be early by a little, never by much.
    expect(sentAt.at(-1)! - sentAt[0]!).toBeGreaterThan(39 * 25 * 0.9);
  });

  it('O1 at once no more streams than the ERP stands; of each one document at a time', async () => {
    await moreStores(6);
    await makeErp(pool(), surroundings(), here.erp.server.url, { pace: { atOnce: 2 } });
    for (let store = 1; store <= 6; store += 1)
      await tell(2 + store, 3 + store, ...Array.from({ length: 30 }, (_, place) => sold(`k${place}`)));
    here.erp.server.latencyMs = 3;
    let now = 0;
    let most = 0;
    const refuse = here.erp.refuse;
    here.erp.server.faults = () => {
      now += 1;
      most = Math.max(most, now);
      return undefined;
    };
    here.erp.refuse = (...given) => {
      now -= 1;
      return refuse(...given);
    };
    relay();
    relay();
    await here.settled();
    expect(here.erp.keys).toHaveLength(180);
    expect(most).toBe(2);
  });

  it('O1 what is worth most goes first between stores, and within a store nothing is passed over', async () => {
    await makeErp(pool(), surroundings(), here.erp.server.url, { pace: { atOnce: 1, highValueMinor: 10_000 } });
    await tell(1, 1, ...Array.from({ length: 70 }, (_, place) => sold(`low${place}`)));
    await tell(2, 3, sold('small'), sold('dear', 'A', 100));
    await spreadDocuments(pool(), () => Date.now());
    relay();
    await here.settled();
    const order = [...here.erp.kept.values()].map(({ key }) => key);
    expect(order.slice(0, 2)).toEqual(['S2/small', 'S2/dear']);
    expect(keysOf('S1')).toHaveLength(70);
  });
}
