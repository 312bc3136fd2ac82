import type { PoolClient } from 'pg';
import { joined } from '#hub/db/array-parameter.ts';
import type { Move, StockChange, StockObserver } from '#hub/ledger/moves.ts';
import { changePools, type HoldChange } from './change-pools.ts';
import { applyInbound } from './follow-inbound.ts';
import { FirstRules } from './first-rules.ts';
import { addTerms } from './new-terms.ts';
import { poolsText } from './pools-sql.ts';
import { insertMissingSkus, lockSkus, type LockedSkus } from './sku-locks.ts';
import { widest, type SqlShape } from './slot-sql.ts';

/** Follows reserved units through a merge. Both are called under the locks of all skus of the merge. */
export interface HoldFollower {
  /** Writes down who handed over what; gives by how much it changes what is reserved. */
  handOver(client: PoolClient, change: Pick<StockChange, 'handedOver' | 'takenBack'>): Promise<readonly HoldChange[]>;
  /** What is reserved at these positions beyond what is there goes elsewhere, or is written down as short. */
  mendShort(client: PoolClient, moves: readonly Move[], shape: SqlShape): Promise<void>;
}

export interface FollowOptions {
  /** ms since 1970; absent: by PostgreSQL's clock. */
  readonly now?: () => number;
  /** Absent: no reservation is followed. */
  readonly holds?: HoldFollower;
}

/**
 * Keeps what channels may sell in the ledger's own transaction: whoever sees a sale sees what it leaves to sell, and
 * the other way round. A sale of reserved units takes the hold with it in the same statement, so they are never
 * subtracted twice, nor zero times (M6). What is on its way is worked out for the skus of which a transfer says something
 * new, as of now.
 */
export function followMoves({ now, holds }: FollowOptions = {}): StockObserver {
  const firstRules = new FirstRules();
  return {
    async moved(client, change) {
      const { moves, inbound } = change;
      const hasHandOvers = change.handedOver.length + change.takenBack.length > 0;
      if (!(await firstRules.areThere(client))) {
        // Nobody could reserve anything yet: that they name a reservation is kept.
        if (hasHandOvers) await holds?.handOver(client, change);
        return;
      }
      const mayBeNew = moves.filter((move) => move.mayBeNew);
      if (mayBeNew.length > 0) await insertMissingSkus(client, skusOf(mayBeNew));
      const skus = skusOf([...moves, ...inbound, ...change.handedOver, ...change.takenBack]);
      const locked = await lockSkus(client, skus);
      const held = hasHandOvers ? ((await holds?.handOver(client, change)) ?? []) : [];
      if (locked.locked < skus.length) {
        await adopt(client, change, held, skus, now?.() ?? null);
        return;
      }
      const shape = mayBeNew.length > 0 ? widest(locked, await addTerms(client, mayBeNew)) : locked;
      if (shape.slots === 0) return;
      await changePools(client, moves, held, { shape, inMerge: true });
      if (inbound.length > 0) {
        await applyInbound(client, skusOf(inbound), { asOf: now?.() ?? null, inMerge: true, shape });
      }
      await mendShort(client, moves, held, { ...locked, ...shape }, holds);
    },
  };
}

/** Where nothing is reserved of any sku of the merge, it costs nothing to know it. */
async function mendShort(
  client: PoolClient,
  moves: readonly Move[],
  held: readonly HoldChange[],
  locked: LockedSkus,
  holds: HoldFollower | undefined,
): Promise<void> {
  if (holds === undefined || locked.reserved + held.reduce((sum, { change }) => sum + change, 0) === 0) return;
  // Units that are taken back may come to a position that has none.
  const back = held.filter(({ change }) => change > 0).map((hold) => ({ ...hold, mayBeNew: false }));
  await holds.mendShort(client, [...moves, ...back], locked);
}

/**
 * Positions that came into the database by another way than a merge: they get what one would have made, and their skus'
 * pools from scratch. Locks are taken out of order here; should two such merges wait for each other, one is tried again.
 */
async function adopt(
  client: PoolClient,
  { moves }: StockChange,
  held: readonly HoldChange[],
  skus: readonly string[],
  asOf: number | null,
): Promise<void> {
  await insertMissingSkus(client, skus);
  const shape = widest(await lockSkus(client, skus), await addTerms(client, moves));
  if (shape.slots === 0) return;
  await applyInbound(client, skus, { asOf, inMerge: true, shape });
  await changePools(client, [], held, { shape, inMerge: true });
  await client.query(poolsText(shape), [joined(skus)]);
}

function skusOf(moves: readonly { readonly sku: string }[]): string[] {
  return [...new Set(moves.map(({ sku }) => sku))];
}
