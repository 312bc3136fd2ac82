/** Units of a reservation's line at one location. */
export interface HandedHold {
  readonly line: number;
  readonly location: number;
  readonly units: number;
  /** How many `fulfil` said are handed over. */
  readonly told: number;
}

/** Units that facts handed over of the reservation's sku, by where. */
export interface SoldUnits {
  readonly location: number;
  readonly units: number;
}

/** How many units of each hold are handed over, and how many sold ones found none. */
export interface HandedOver {
  readonly handed: readonly number[];
  readonly beyond: number;
}

/**
 * What of one sku's holds is handed over: a function of the set of holds and sales, so the order in which sales and their
 * voids come makes no difference (M1, M6).
 *
 * - What a location sold takes its own hold first; what it sold beyond that takes other holds, in the order of lines and
 *   locations: the hold goes where it was held.
 * - Units that `fulfil` told of are the same units as those that facts tell of: the greater number counts. It settles what
 *   facts had told before it: a later void of those gives nothing back.
 *
 * @param holds of one sku, in the order of (line, location)
 */
export function handedOver(holds: readonly HandedHold[], sold: readonly SoldUnits[]): HandedOver {
  const handed = holds.map(() => 0);
  const fill = (units: number, isOpen: (hold: HandedHold) => boolean, most: (hold: HandedHold) => number): number => {
    let rest = units;
    for (const [place, hold] of holds.entries()) {
      if (!isOpen(hold)) continue;
      const taken = Math.min(rest, Math.max(0, most(hold) - (handed[place] ?? 0)));
      handed[place] = (handed[place] ?? 0) + taken;
      rest -= taken;
    }
    return rest;
  };
  const all = (hold: HandedHold): number => hold.units;
  const byLocation = new Map<number, number>();
  for (const { location, units } of sold) byLocation.set(location, (byLocation.get(location) ?? 0) + units);
  let elsewhere = 0;
  for (const [location, units] of byLocation) elsewhere += fill(units, (hold) => hold.location === location, all);
  const beyond = fill(elsewhere, () => true, all);
  const soldInAll = sold.reduce((sum, { units }) => sum + units, 0);
  const toldInAll = holds.reduce((sum, { told }) => sum + told, 0);
  const rest = fill(
    Math.max(0, toldInAll - soldInAll),
    () => true,
    ({ told }) => told,
  );
  fill(rest, () => true, all);
  return { handed, beyond };
}
