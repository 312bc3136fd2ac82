import type { Pool, PoolClient } from 'pg';
import { joined } from '#hub/db/array-parameter.ts';
import { transaction } from '#hub/db/transaction.ts';
import { inboundMovedText } from './inbound-sql.ts';
import { lockSkus } from './sku-locks.ts';
import type { SqlShape } from './slot-sql.ts';

/** Skus that one transaction looks at: while it holds them, merges of them wait. */
const SKUS_A_TURN = 500;

const DUE = 'SELECT sku FROM availability WHERE inbound_until <= $1 ORDER BY inbound_until, sku LIMIT $2';

/** Works out what is inbound of skus whose locks are held, and what that gives to sell. */
export async function applyInbound(
  client: PoolClient,
  skus: readonly string[],
  { asOf, inMerge, shape }: { asOf: number | null; inMerge: boolean; shape: SqlShape },
): Promise<void> {
  const name = `move-inbound-${shape.slots}-${shape.limited}`;
  await client.query({ name, text: textOf(name, shape), values: [joined(skus), asOf, inMerge] });
}

const texts = new Map<string, string>();

function textOf(name: string, shape: SqlShape): string {
  let text = texts.get(name);
  if (text === undefined) texts.set(name, (text = inboundMovedText(shape)));
  return text;
}

/**
 * Looks again at skus of which units have come within a channel's horizon, or are overdue, by now (ms since 1970), and at
 * no others. When each is due stands in its row: nothing is lost with a hub, and several hubs may look at once. Gives how
 * many were due.
 */
export async function sweepInbound(pool: Pool, now: number): Promise<number> {
  let total = 0;
  for (;;) {
    const due = await transaction(pool, async (client) => {
      const { rows } = await client.query<{ sku: string }>(DUE, [now, SKUS_A_TURN]);
      if (rows.length === 0) return 0;
      const skus = rows.map((row) => row.sku);
      const shape = await lockSkus(client, skus);
      await applyInbound(client, skus, { asOf: now, inMerge: false, shape });
      return skus.length;
    });
    total += due;
    if (due < SKUS_A_TURN) return total;
  }
}
