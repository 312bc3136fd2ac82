import type { PoolClient } from 'pg';
import { joined, literal } from '#hub/db/array-parameter.ts';
import { savedAndTold } from './save-sql.ts';
import { allocatedParts, base, eachSlot, sellable, type SqlShape } from './slot-sql.ts';

/** By how much onHand of one position changed; the position has it already. */
export interface OnHandChange {
  readonly location: number;
  readonly sku: string;
  readonly change: number;
}

export type HoldReason =
  | 'reserved'
  | 'released'
  | 'expired'
  | 'fulfilled'
  | 'handedOver'
  | 'takenBack'
  | 'movedAway'
  | 'movedHere';

/** By how much a reservation changes what is reserved at one position, and why. */
export interface HoldChange {
  readonly location: number;
  readonly sku: string;
  readonly change: number;
  readonly reservation: number;
  readonly why: HoldReason;
}

/**
 * Adds to each pool what positions give now less what they gave before, both by the terms in force: work per position,
 * however many locations carry the sku. What is reserved changes with it, and is written down. Under the skus' locks.
 *
 * @param inMerge changes of what is reserved are known from when the transaction began, as its facts are
 */
export async function changePools(
  client: PoolClient,
  onHand: readonly OnHandChange[],
  holds: readonly HoldChange[],
  { shape, inMerge }: { shape: SqlShape; inMerge: boolean },
): Promise<void> {
  const positions = byPosition(onHand, holds);
  if (positions.length === 0) return;
  const single = new Set(positions.map(({ sku }) => sku)).size === positions.length;
  const kind = holds.length > 0 ? 'change-holds' : 'move-availability';
  const name = `${kind}-${shape.slots}-${shape.allocations}-${shape.limited}-${single}`;
  await client.query({
    name,
    text: textOf(name, { ...shape, single, held: holds.length > 0 }),
    values: [
      literal(positions.map(({ location }) => location)),
      joined(positions.map(({ sku }) => sku)),
      literal(positions.map(({ change }) => change)),
      ...(holds.length > 0 ? [literal(positions.map(({ held }) => held)), ...holdColumns(holds), inMerge] : []),
    ],
  });
}

interface PositionChange extends OnHandChange {
  readonly held: number;
}

function byPosition(onHand: readonly OnHandChange[], holds: readonly HoldChange[]): readonly PositionChange[] {
  if (holds.length === 0) return onHand.map(({ location, sku, change }) => ({ location, sku, change, held: 0 }));
  const sums = new Map<string, PositionChange>();
  const add = (location: number, sku: string, change: number, held: number): void => {
    const name = `${location} ${sku}`;
    const known = sums.get(name);
    sums.set(name, { location, sku, change: change + (known?.change ?? 0), held: held + (known?.held ?? 0) });
  };
  for (const { location, sku, change } of onHand) add(location, sku, change, 0);
  for (const { location, sku, change } of holds) add(location, sku, 0, change);
  return [...sums.values()];
}

function holdColumns(holds: readonly HoldChange[]): string[] {
  return [
    literal(holds.map(({ location }) => location)),
    joined(holds.map(({ sku }) => sku)),
    literal(holds.map(({ change }) => change)),
    literal(holds.map(({ reservation }) => reservation)),
    literal(holds.map(({ why }) => why)),
  ];
}

/** A statement is written for a shape, for whether each sku changes at one location only, and for whether holds change. */
interface ChangeShape extends SqlShape {
  readonly single: boolean;
  readonly held: boolean;
}

const texts = new Map<string, string>();

function textOf(name: string, shape: ChangeShape): string {
  let text = texts.get(name);
  if (text === undefined) texts.set(name, (text = shape.held ? holdsText(shape) : movesText(shape)));
  return text;
}

/** $1-$3: location_no, sku, change of onHand, each position once. */
function movesText(shape: ChangeShape): string {
  return `
WITH m AS (
  SELECT * FROM unnest($1::int[], string_to_array($2, E'\\n'), $3::bigint[]) AS m (location_no, sku, change)
), ${changedText(shape, base('p.on_hand'))}, pooled AS MATERIALIZED (
  SELECT ${pooledColumns(shape)}
  FROM changed JOIN availability a USING (sku)
), ${savedAndTold(shape)}`;
}

/**
 * $1-$4: as above, and the change of what is reserved. $5-$9 the changes of reservations that make it: location_no, sku,
 * change, reservation_no, why. $10: in a merge.
 */
function holdsText(shape: ChangeShape): string {
  return `
WITH m AS MATERIALIZED (
  SELECT * FROM unnest($1::int[], string_to_array($2, E'\\n'), $3::bigint[], $4::bigint[])
    AS m (location_no, sku, change, held)
), noted AS (
  INSERT INTO reservation_moves (location_no, sku, change, reservation_no, why, moved_at)
  SELECT h.*, CASE WHEN $10 THEN now() ELSE clock_timestamp() END
  FROM unnest($5::int[], string_to_array($6, E'\\n'), $7::int[], $8::bigint[], $9::reservation_move[]) AS h
), marked AS (
  UPDATE shelf_terms t SET reserved = t.reserved + m.held
  FROM m WHERE m.held <> 0 AND t.sku = m.sku COLLATE "C" AND t.location_no = m.location_no
), ${changedText(shape, 'greatest(0, p.on_hand - t.reserved - m.held)')}, pooled AS MATERIALIZED (
  SELECT ${pooledColumns(shape)}, a.reserved + changed.held AS reserved
  FROM changed JOIN availability a USING (sku)
), ${savedAndTold(shape, ['reserved'])}`;
}

/** What each slot's pool changes by, by sku. */
function changedText(shape: ChangeShape, now: string): string {
  const change = (slot: number): string => {
    const [after, before] = [sellable(shape, slot, 'b.now', 'now'), sellable(shape, slot, 'b.before', 'before')];
    return shape.single ? `${after} - ${before} AS c${slot}` : `sum(${after} - ${before})::bigint AS c${slot}`;
  };
  const held = shape.single ? ', m.held' : ', sum(m.held)::bigint AS held';
  return `changed AS MATERIALIZED (
  SELECT t.sku, ${eachSlot(shape, change)}${shape.held ? held : ''}
  FROM m
  JOIN positions p ON p.location_no = m.location_no AND p.sku = m.sku COLLATE "C"
  JOIN shelf_terms t ON t.sku = m.sku COLLATE "C" AND t.location_no = m.location_no
  CROSS JOIN LATERAL (
    SELECT ${now} AS now, ${base('(p.on_hand - m.change)')} AS before OFFSET 0
  ) AS b${allocatedParts(shape, 'now', 'b.now')}${allocatedParts(shape, 'before', 'b.before')}
  ${shape.single ? '' : 'GROUP BY t.sku'}
)`;
}

function pooledColumns(shape: ChangeShape): string {
  return `a.sku, a.ctid AS row_id, a.pool AS pool_before, a.ats AS ats_before, a.holdback, a.cap, a.min_publish,
    ARRAY[${eachSlot(shape, (slot) => `coalesce(a.pool[${slot}], 0) + c${slot}`)}]::bigint[] AS pool`;
}
