import { z } from 'zod';
import type { ItemAnswer, PublishCall, ReadAnswer, ReadItem } from '../../connector.ts';
import type { Reserved } from './reserved.ts';
import type { Rest } from './rest.ts';
import { anyOf, searchPairs } from './search.ts';

/** Addresses have a length; what is encoded is up to three times as long. */
const SKU_CHARS_A_SEARCH = 1_200;

const sourceItems = z.object({
  items: z
    .array(z.object({ sku: z.string(), quantity: z.coerce.number(), status: z.coerce.number() }))
    .nullable()
    .default([]),
});
/** It answers an empty list, or nothing at all by some versions. */
const saved = z.unknown();

/** A shop: its API, the source, what it has promised. */
export interface Source {
  readonly rest: Rest;
  readonly code: string;
  readonly reserved: Reserved;
}

/** What the shop can sell of each: the source's quantity less what it has promised and not shipped. */
export async function readQuantities(source: Source, items: readonly ReadItem[]): Promise<ReadAnswer[]> {
  const salable = await readSalable(source, items);
  return items.map(({ channelSku }) => {
    const known = salable.get(channelSku);
    return known === undefined ? { channelSku, ...unknown(source, channelSku) } : { channelSku, says: known.says };
  });
}

/**
 * Sets what can be sold: the source's quantity is that and what is promised, so that an order takes its units off by its own
 * reservation and leaves the source alone until it is shipped. Adobe has no compare-and-set: what is there is read just before,
 * and a number that is not the expected one is left as it is. An order that comes in between is not overwritten.
 */
export async function setQuantities(source: Source, call: PublishCall): Promise<ItemAnswer[]> {
  const salable = await readSalable(source, call.items);
  const sent: { sku: string; source_code: string; quantity: number; status: 0 | 1 }[] = [];
  const answers = call.items.flatMap(({ channelSku, quantity, changeFrom }): ItemAnswer[] => {
    const known = salable.get(channelSku);
    if (known === undefined) return [{ channelSku, outcome: 'refused', ...unknown(source, channelSku) }];
    // What was sent before and is there, perhaps came through that: it is in doubt, so it is read against what was sent.
    if (call.isAgain === true && known.says === quantity) return [];
    if (changeFrom !== null && known.says !== changeFrom) return [{ channelSku, outcome: 'stale' }];
    const whole = Math.max(0, quantity + known.reserved);
    sent.push({ sku: channelSku, source_code: source.code, quantity: whole, status: whole > 0 ? 1 : 0 });
    return [{ channelSku, outcome: 'taken' }];
  });
  if (sent.length > 0) {
    await source.rest.post('inventory/source-items', { sourceItems: sent }, saved, `${call.number} ${call.key}`);
  }
  return answers;
}

interface Salable {
  readonly says: number;
  readonly reserved: number;
}

/** Only the very sku counts: Adobe's searches do not mind capitals. */
async function readSalable(
  { rest, code, reserved }: Source,
  items: readonly { readonly channelSku: string }[],
): Promise<Map<string, Salable>> {
  const salable = new Map<string, Salable>();
  const wanted = new Set(items.map(({ channelSku }) => channelSku));
  const promised = await reserved.units();
  for (const [place, skus] of chunksOf([...wanted]).entries()) {
    if (place > 0) await rest.pay();
    const search = searchPairs({
      groups: [[{ field: 'source_code', is: 'eq', value: code }], anyOf('sku', skus)],
      // Of each sku perhaps several that differ by capitals.
      pageSize: 300,
      fields: 'items[sku,quantity,status]',
    });
    for (const { sku, quantity, status } of (await rest.get('inventory/source-items', search, sourceItems)).items ??
      []) {
      if (!wanted.has(sku)) continue;
      const own = Math.ceil(promised.get(sku) ?? 0);
      // What is out of stock by its status is not sold, whatever its quantity is.
      salable.set(sku, { says: Math.floor(status === 1 ? quantity : 0) - own, reserved: own });
    }
  }
  return salable;
}

function chunksOf(skus: readonly string[]): string[][] {
  const chunks: string[][] = [];
  let chars = Infinity;
  for (const sku of skus) {
    if (chars + sku.length > SKU_CHARS_A_SEARCH) {
      chunks.push([]);
      chars = 0;
    }
    chunks.at(-1)?.push(sku);
    chars += sku.length + 1;
  }
  return chunks;
}

const unknown = ({ code }: Source, sku: string) => ({
  code: 'CHANNEL_SKU_UNKNOWN' as const,
  detail: `The source "${code}" has no item "${sku}": assign the product to it.`,
});
