import type { Shelves } from './decide.ts';
import type { Sourcing } from './sourcing.ts';

/** Units that a reservation holds where there are too few. */
export interface ShortHold {
  readonly reservation: number;
  readonly line: number;
  /** Of its channel. */
  readonly slot: number;
  readonly held: number;
}

export interface MovedUnits {
  readonly reservation: number;
  readonly line: number;
  readonly to: number;
  readonly units: number;
}

export interface MovePlan {
  readonly moved: readonly MovedUnits[];
  /** What stays where it is not, for want of another place. */
  readonly short: readonly { readonly reservation: number; readonly line: number; readonly units: number }[];
}

/** A position that has fewer units than are reserved there. */
export interface ShortPosition {
  readonly sku: string;
  readonly location: number;
  /** How many are missing. */
  readonly units: number;
  /** In the order in which they give way. */
  readonly holds: readonly ShortHold[];
}

/**
 * Finds other places for units that are not where they are reserved: those of the channel's locations that have some to
 * sell to it. What is moved is held there at once, so the next one does not find it.
 */
export function moveShort(
  shelves: Shelves,
  { sku, location, units, holds }: ShortPosition,
  source: Sourcing,
): MovePlan {
  const moved: MovedUnits[] = [];
  const short: { reservation: number; line: number; units: number }[] = [];
  let rest = units;
  for (const { reservation, line, slot, held } of holds) {
    const wanted = Math.min(rest, held);
    if (wanted <= 0) break;
    rest -= wanted;
    const candidates = shelves.offer(sku, slot).candidates.filter((one) => one.location !== location);
    const there = candidates.reduce((sum, one) => sum + one.units, 0);
    const most = Math.min(wanted, there);
    const placed =
      most === 0 ? [] : source([{ line, sku, units: most, location: undefined }], new Map([[sku, candidates]]));
    for (const part of placed) {
      const has = candidates.find((one) => one.location === part.location)?.units ?? 0;
      if (part.units > has) throw new Error(`the sourcing placed ${part.units} units where ${has} are`);
      moved.push({ reservation, line, to: part.location, units: part.units });
    }
    shelves.hold(placed.map((part) => ({ ...part, sku })));
    const left = wanted - placed.reduce((sum, part) => sum + part.units, 0);
    if (left > 0) short.push({ reservation, line, units: left });
  }
  return { moved, short };
}
