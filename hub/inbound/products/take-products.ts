import type { PoolClient } from 'pg';
import { ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import { transaction, withRetries, type Within } from '#hub/db/transaction.ts';
import { readProductItem } from '../items/product-item.ts';
import { insertRejects, type Reject, type Way } from '../rejects.ts';
import { noteHeard, type Source } from '../source.ts';
import { countOf, type Item, type TakeParts } from '../take-facts.ts';
import { sayProducts, type Said } from './say.ts';

/** What became of an item: the product is another one now, only what is said is noted, or it said nothing new. */
export type ProductResult =
  | { readonly status: 'changed' | 'noted' | 'unchanged'; readonly sku: string }
  | { readonly status: 'rejected'; readonly sku: string | null; readonly code: ErrorCode; readonly detail: string };

type Reading = readonly Said[] | ShelfwireError;

/** Takes what a source says of products, each item alone; results in their order. Of one sku twice the later word counts. */
export async function takeProducts(
  parts: TakeParts,
  source: Source,
  items: readonly Item[],
  way: Way,
  within?: Within,
): Promise<ProductResult[]> {
  const now = parts.clock.now();
  const readings = items.map(({ given }): Reading => {
    try {
      return readProductItem(given, { now });
    } catch (error) {
      if (error instanceof ShelfwireError) return error;
      throw error;
    }
  });
  const results = await withRetries(() =>
    transaction(parts.pool, async (client) => {
      const taken = await taking(client, source, items, readings, way);
      await within?.(client);
      return taken;
    }),
  );
  await noteHeard(parts.pool, source).catch(() => undefined);
  parts.observe?.(source.code, countOf(results));
  return results;
}

async function taking(
  client: PoolClient,
  { source }: Source,
  items: readonly Item[],
  readings: readonly Reading[],
  way: Way,
): Promise<ProductResult[]> {
  const said = new Map<string, Said>();
  for (const reading of readings) {
    if (reading instanceof ShelfwireError) continue;
    for (const one of reading) {
      const name = `${one.field} ${one.sku}`;
      if ((said.get(name)?.saidAt ?? 0) <= one.saidAt) said.set(name, one);
    }
  }
  const { fresh, changed } = await sayProducts(client, source, [...said.values()]);
  const rejects: Reject[] = [];
  const results = readings.map((reading, place): ProductResult => {
    const item = items[place];
    if (reading instanceof ShelfwireError) {
      const { code, message: detail } = reading;
      rejects.push({ way, line: item?.line ?? null, code, detail, verbatim: item?.verbatim() ?? '' });
      return { status: 'rejected', sku: skuOf(item?.given), code, detail };
    }
    const sku = reading[0]?.sku ?? '';
    return { status: changed.has(sku) ? 'changed' : fresh.has(sku) ? 'noted' : 'unchanged', sku };
  });
  await insertRejects(client, source, rejects);
  return results;
}

function skuOf(given: unknown): string | null {
  const sku = (given as { sku?: unknown } | null)?.sku;
  return typeof sku === 'string' ? sku.slice(0, 64) : null;
}
