import type { PoolClient } from 'pg';
import { joined, literal } from '#hub/db/array-parameter.ts';
import type { Move, StockObserver } from '#hub/ledger/moves.ts';
import { applyInbound } from './follow-inbound.ts';
import { FirstRules } from './first-rules.ts';
import { addTerms } from './new-terms.ts';
import { poolsText } from './pools-sql.ts';
import { savedAndTold } from './save-sql.ts';
import { insertMissingSkus, lockSkus } from './sku-locks.ts';
import { allocatedParts, eachSlot, sellable, widest, type SqlShape } from './slot-sql.ts';

/**
 * Keeps what channels may sell in the ledger's own transaction: whoever sees a sale sees what it leaves to sell, and
 * the other way round. Adds to each pool what the position gives now less what it gave before, both by the terms that
 * are in force: work per moved position, however many locations carry the sku. What is on its way is worked out for the
 * skus of which a transfer says something new, as of `now` (ms since 1970); absent: by PostgreSQL's clock.
 */
export function followMoves(now?: () => number): StockObserver {
  const firstRules = new FirstRules();
  return {
    async moved(client, moves, inbound) {
      if (!(await firstRules.areThere(client))) return;
      const mayBeNew = moves.filter((move) => move.mayBeNew);
      if (mayBeNew.length > 0) await insertMissingSkus(client, skusOf(mayBeNew));
      const skus = skusOf([...moves, ...inbound]);
      const locked = await lockSkus(client, skus);
      if (locked.locked < skus.length) {
        await adopt(client, moves, skus, now?.() ?? null);
        return;
      }
      const shape = mayBeNew.length > 0 ? widest(locked, await addTerms(client, mayBeNew)) : locked;
      if (shape.slots === 0) return;
      if (moves.length > 0) {
        await applyMoves(client, moves, { ...shape, single: skusOf(moves).length === moves.length });
      }
      if (inbound.length > 0) {
        await applyInbound(client, skusOf(inbound), { asOf: now?.() ?? null, inMerge: true, shape });
      }
    },
  };
}

/**
 * Positions that came into the database by another way than a merge: they get what one would have made, and their skus'
 * pools from scratch. Locks are taken out of order here; should two such merges wait for each other, one is tried again.
 */
async function adopt(
  client: PoolClient,
  moves: readonly Move[],
  skus: readonly string[],
  asOf: number | null,
): Promise<void> {
  await insertMissingSkus(client, skus);
  const shape = widest(await lockSkus(client, skus), await addTerms(client, moves));
  if (shape.slots === 0) return;
  await applyInbound(client, skus, { asOf, inMerge: true, shape });
  await client.query(poolsText(shape), [joined(skus)]);
}

/** A statement is written for a shape, and for whether each sku moves at one location only. */
interface MoveShape extends SqlShape {
  readonly single: boolean;
}

async function applyMoves(client: PoolClient, moves: readonly Move[], shape: MoveShape): Promise<void> {
  const name = `move-availability-${shape.slots}-${shape.allocations}-${shape.limited}-${shape.single}`;
  await client.query({
    name,
    text: textOf(name, shape),
    values: [
      literal(moves.map(({ location }) => location)),
      joined(moves.map(({ sku }) => sku)),
      literal(moves.map(({ change }) => change)),
    ],
  });
}

const texts = new Map<string, string>();

function textOf(name: string, shape: MoveShape): string {
  let text = texts.get(name);
  if (text === undefined) texts.set(name, (text = moveText(shape)));
  return text;
}

/** $1-$3: location_no, sku, change of onHand, each position once. */
function moveText(shape: MoveShape): string {
  const change = (slot: number): string => {
    const [now, before] = [sellable(shape, slot, 'b.now', 'now'), sellable(shape, slot, 'b.before', 'before')];
    return shape.single ? `${now} - ${before} AS c${slot}` : `sum(${now} - ${before})::bigint AS c${slot}`;
  };
  return `
WITH change AS MATERIALIZED (
  SELECT t.sku, ${eachSlot(shape, change)}
  FROM unnest($1::int[], string_to_array($2, E'\\n'), $3::bigint[]) AS m (location_no, sku, change)
  JOIN positions p ON p.location_no = m.location_no AND p.sku = m.sku COLLATE "C"
  JOIN shelf_terms t ON t.sku = m.sku COLLATE "C" AND t.location_no = m.location_no
  CROSS JOIN LATERAL (
    SELECT greatest(0, p.on_hand) AS now, greatest(0, p.on_hand - m.change) AS before OFFSET 0
  ) AS b${allocatedParts(shape, 'now', 'b.now')}${allocatedParts(shape, 'before', 'b.before')}
  ${shape.single ? '' : 'GROUP BY t.sku'}
), pooled AS MATERIALIZED (
  SELECT a.sku, a.ctid AS row_id, a.pool AS pool_before, a.ats AS ats_before, a.holdback, a.cap, a.min_publish,
    ARRAY[${eachSlot(shape, (slot) => `coalesce(a.pool[${slot}], 0) + c${slot}`)}]::bigint[] AS pool
  FROM change JOIN availability a USING (sku)
), ${savedAndTold(shape)}`;
}

function skusOf(moves: readonly Pick<Move, 'sku'>[]): string[] {
  return [...new Set(moves.map(({ sku }) => sku))];
}
