import { downId } from '#agent/store/collections/fields.ts';
import { openStore } from '#agent/store/store.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { makeSales, skuName } from '../sales.ts';

const AT_ONCE = 1_000;
const JOURNAL = 1;
const WORDS = ['Lamp', 'Kettle', 'Mug', 'Clock', 'Basket', 'Mirror', 'Blanket', 'Shelf', 'Candle', 'Frame'];
const KINDS = ['oak', 'steel', 'red', 'green', 'small', 'large', 'retro', 'plain', 'striped', 'round'];

export interface FilledStore {
  readonly products: number;
  readonly facts: number;
  /** Those of them that the hub has not acknowledged yet. */
  readonly unsent: number;
}

/** A data folder as a store has it after weeks: products and positions from the hub, and its own sales. */
export async function fillStore(folder: string, { products, facts, unsent }: FilledStore): Promise<void> {
  let now = Date.now() - facts * 500 - 60_000;
  const store = await openStore({ folder, logger: silentLogger, clock: { ...systemClock, now: () => now } });
  const skus = Array.from({ length: products }, (_, place) => skuName(place));
  for (let from = 0; from < products; from += AT_ONCE) {
    const some = skus.slice(from, from + AT_ONCE).map((sku, place) => ({ sku, place: from + place }));
    await store.db.products.bulkUpsert(
      some.map(({ sku, place }) => ({ id: downId(sku), sku, name: nameOf(place), gtin: null })),
    );
  }
  const sales = makeSales(facts, { beginAt: now, prefix: 'till', skus: products });
  for (let from = 0; from < facts; from += AT_ONCE) {
    const some = sales.slice(from, from + AT_ONCE);
    now = some.at(-1)?.at ?? now;
    await store.journal.append(some.map(({ key, content }) => ({ ...content, key, source: 'http:till' })));
  }
  const { epoch } = store.journal;
  const acked = facts - unsent;
  await store.device.update({ journalNumbers: [{ epoch, journal: JOURNAL }] });
  for (let from = 0; from < products; from += AT_ONCE) {
    await store.db.positions.bulkUpsert(
      skus.slice(from, from + AT_ONCE).map((sku) => ({
        id: downId(sku),
        sku,
        onHand: 40,
        damaged: 0,
        quarantined: 0,
        anchor: null,
        journal: JOURNAL,
        watermark: acked,
      })),
    );
  }
  store.device.mark({ ackedSeq: acked, pulledAt: now });
  await store.stockView.settled();
  await store.saveMarks();
  await store.close();
}

function nameOf(place: number): string {
  return `${WORDS[place % 10]} ${KINDS[Math.floor(place / 10) % 10]} no. ${place}`;
}
