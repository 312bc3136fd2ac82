import type { PoolClient } from 'pg';
import { lockMaster, sayProducts, type Said } from './say.ts';
import { saveProducts } from './product-row.ts';
import type { Weighed } from './weigh.ts';

const SPOKEN_OF = `
  SELECT g.sku FROM unnest($1::text[]) AS g (sku)
  WHERE EXISTS (SELECT FROM product_statements s WHERE s.sku = g.sku)`;

/**
 * Enters products by hand. Where nobody else has spoken of one it is as entered; where sources have, what is entered is one word
 * among theirs, and the rules say what is believed. Gives how many changed.
 */
export async function enterByHand(client: PoolClient, products: readonly Weighed[], now: number): Promise<number> {
  await lockMaster(client);
  const { rows } = await client.query<{ sku: string }>(SPOKEN_OF, [products.map(({ sku }) => sku)]);
  const spokenOf = new Set(rows.map(({ sku }) => sku));
  const plain = await saveProducts(
    client,
    products.filter(({ sku }) => !spokenOf.has(sku)),
  );
  const said = products.filter(({ sku }) => spokenOf.has(sku)).flatMap((product) => sayingsOf(product, now));
  return plain.size + (await sayProducts(client, 0, said)).changed.size;
}

function sayingsOf({ sku, name, gtin, category, priceMinor, currency, deleted }: Weighed, saidAt: number): Said[] {
  const price = priceMinor === null || currency === null ? null : `${priceMinor} ${currency}`;
  return [
    { sku, saidAt, field: 'name', value: name },
    { sku, saidAt, field: 'gtin', value: gtin },
    { sku, saidAt, field: 'category', value: category },
    { sku, saidAt, field: 'price', value: price },
    { sku, saidAt, field: 'deleted', value: deleted ? 'true' : null },
  ];
}
