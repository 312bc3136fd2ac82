import { ShelfwireError } from '#shared/protocol/errors.ts';

/** Units of a line at one location, of the line's own sku or of one that replaces it. */
export interface PlacedUnits {
  readonly location: string;
  /** The sku that the store gives instead of the line's; absent: the line's own. */
  readonly substitute?: string | undefined;
  /** Held there for the line, and not picked yet. Substitutes are picked from the begin. */
  readonly reserved: number;
  /** Taken from the shelf, still held. */
  readonly picked: number;
  /** With the customer or the carrier. */
  readonly handed: number;
}

/**
 * Where the units of a line stand. Each unit is in exactly one place:
 *
 *     ordered = open + reserved + picked + handed + cancelled + returned
 *
 * `open` is what is left: nobody has it for us yet. No part is ever below zero.
 */
export interface LineUnits {
  readonly line: string;
  readonly ordered: number;
  readonly cancelled: number;
  /** Of the cancelled: those that were taken out at the channel, whose money is the channel's. Absent: none. */
  readonly calledOff?: number | undefined;
  readonly returned: number;
  readonly places: readonly PlacedUnits[];
}

export interface UnitSums {
  readonly open: number;
  readonly reserved: number;
  readonly picked: number;
  readonly handed: number;
  readonly cancelled: number;
  readonly returned: number;
}

/** Units of a line. */
export interface SomeUnits {
  readonly line: string;
  readonly units: number;
}
/** Units of a line at a location. */
export interface UnitsAt extends SomeUnits {
  readonly location: string;
  /** Absent: of the line's own sku. */
  readonly substitute?: string | undefined;
}
/** Units of a line that are replaced by another sku. */
export interface ReplacedUnits extends UnitsAt {
  readonly substitute: string;
}

export function newLine(line: string, ordered: number, calledOff = 0): LineUnits {
  return { line, ordered, cancelled: calledOff, ...(calledOff > 0 && { calledOff }), returned: 0, places: [] };
}

export function sumsOf({ ordered, cancelled, returned, places }: LineUnits): UnitSums {
  const total = (part: 'reserved' | 'picked' | 'handed') => places.reduce((sum, place) => sum + place[part], 0);
  const [reserved, picked, handed] = [total('reserved'), total('picked'), total('handed')];
  const open = ordered - reserved - picked - handed - cancelled - returned;
  return { open, reserved, picked, handed, cancelled, returned };
}

export function sumsOfAll(lines: readonly LineUnits[]): UnitSums {
  const all = { open: 0, reserved: 0, picked: 0, handed: 0, cancelled: 0, returned: 0 };
  for (const line of lines) {
    const sums = sumsOf(line);
    for (const part of Object.keys(all) as (keyof UnitSums)[]) all[part] += sums[part];
  }
  return all;
}

/** Each of these gives new lines, or throws ORDER_UNITS when there are fewer units to move than are named. */

export function reserveUnits(lines: readonly LineUnits[], parts: readonly UnitsAt[]): readonly LineUnits[] {
  return change(lines, parts, (line, { location, units }) => {
    require(units, sumsOf(line).open, 'wait for a hold', line.line);
    return at(line, { location }, { reserved: units });
  });
}

export function pickUnits(lines: readonly LineUnits[], parts: readonly UnitsAt[]): readonly LineUnits[] {
  return change(lines, parts, (line, { location, units }) => {
    require(units, placeOf(line, { location }).reserved, `are reserved at ${location}`, line.line);
    return at(line, { location }, { reserved: -units, picked: units });
  });
}

/** The store gives another sku for these units, which it has in its hand. Those of them not picked yet go first. */
export function replaceUnits(lines: readonly LineUnits[], parts: readonly ReplacedUnits[]): readonly LineUnits[] {
  return change(lines, parts, (line, { location, units, substitute }) => {
    const { picked, reserved } = placeOf(line, { location });
    require(units, picked + reserved, `are held at ${location}`, line.line);
    const fromReserved = Math.min(units, reserved);
    const left = at(line, { location }, { reserved: -fromReserved, picked: fromReserved - units });
    return at(left, { location, substitute }, { picked: units });
  });
}

/** What was not picked by a step of its own was picked with the handing over. */
export function handUnits(lines: readonly LineUnits[], parts: readonly UnitsAt[]): readonly LineUnits[] {
  return change(lines, parts, (line, { units, ...place }) => {
    const { picked, reserved } = placeOf(line, place);
    require(units, picked + reserved, `are held at ${nameOf(place)}`, line.line);
    const fromPicked = Math.min(units, picked);
    return at(line, place, { picked: -fromPicked, reserved: fromPicked - units, handed: units });
  });
}

/** A location cannot give these units: they are open again. Those not picked yet go first. */
export function putBackUnits(lines: readonly LineUnits[], parts: readonly UnitsAt[]): readonly LineUnits[] {
  return change(lines, parts, (line, { units, ...place }) => {
    const { picked, reserved } = placeOf(line, place);
    require(units, picked + reserved, `are held at ${nameOf(place)}`, line.line);
    const fromReserved = Math.min(units, reserved);
    return at(line, place, { reserved: -fromReserved, picked: fromReserved - units });
  });
}

export interface Cancelled {
  readonly lines: readonly LineUnits[];
  /** Holds that are not needed any more. */
  readonly freed: readonly UnitsAt[];
}

/** Open units go first, then those that nobody has touched yet; never those that were handed over. */
export function cancelUnits(lines: readonly LineUnits[], parts: readonly SomeUnits[]): Cancelled {
  const freed: UnitsAt[] = [];
  const changed = change(lines, parts, (line, { units }) => {
    const { open, reserved, picked } = sumsOf(line);
    require(units, open + reserved + picked, 'can be cancelled', line.line);
    let left = units - Math.min(units, open);
    let next: LineUnits = { ...line, cancelled: line.cancelled + units };
    for (const part of ['reserved', 'picked'] as const) {
      for (const place of line.places) {
        const taken = Math.min(left, place[part]);
        if (taken === 0) continue;
        left -= taken;
        next = at(next, place, { [part]: -taken });
        freed.push({ line: line.line, ...placeName(place), units: taken });
      }
    }
    return next;
  });
  return { lines: changed, freed: together(freed) };
}

/** The same with units that were taken out at the channel: they count among the cancelled. */
export function callOffUnits(lines: readonly LineUnits[], parts: readonly SomeUnits[]): Cancelled {
  const { lines: cancelled, freed } = cancelUnits(lines, parts);
  const counted = change(cancelled, parts, (line, { units }) => ({
    ...line,
    calledOff: (line.calledOff ?? 0) + units,
  }));
  return { lines: counted, freed };
}

/** More of these lines is wanted: what was called off before is wanted again first. They are open. */
export function addUnits(lines: readonly LineUnits[], parts: readonly SomeUnits[]): readonly LineUnits[] {
  return change(lines, parts, ({ calledOff = 0, ...line }, { units }) => {
    const again = Math.min(units, calledOff);
    const left = calledOff - again;
    return {
      ...line,
      ordered: line.ordered + units - again,
      cancelled: line.cancelled - again,
      ...(left > 0 && { calledOff: left }),
    };
  });
}

/** No location gives any of them: all that are held are open again. */
export function putAllBack(lines: readonly LineUnits[]): Cancelled {
  const held = lines.flatMap(({ line, places }) =>
    places.flatMap(({ reserved, picked, ...place }) =>
      reserved + picked === 0 ? [] : [{ line, ...placeName(place), units: reserved + picked }],
    ),
  );
  return { lines: putBackUnits(lines, held), freed: held };
}

export function returnUnits(lines: readonly LineUnits[], parts: readonly SomeUnits[]): readonly LineUnits[] {
  return change(lines, parts, (line, { units }) => {
    require(units, sumsOf(line).handed, 'were handed over', line.line);
    let left = units;
    let next: LineUnits = { ...line, returned: line.returned + units };
    for (const place of line.places) {
      const taken = Math.min(left, place.handed);
      left -= taken;
      next = at(next, place, { handed: -taken });
    }
    return next;
  });
}

/** What stores give, or gave, instead of the line's own sku. */
export function substitutesOf({ places }: LineUnits): { readonly sku: string; readonly units: number }[] {
  const sums = new Map<string, number>();
  for (const { substitute, picked, handed } of places) {
    if (substitute !== undefined) sums.set(substitute, (sums.get(substitute) ?? 0) + picked + handed);
  }
  return [...sums].map(([sku, units]) => ({ sku, units }));
}

/** What is neither handed over nor cancelled yet, by line. */
export function liveUnits(lines: readonly LineUnits[]): SomeUnits[] {
  return lines.flatMap((line) => {
    const { open, reserved, picked } = sumsOf(line);
    const units = open + reserved + picked;
    return units === 0 ? [] : [{ line: line.line, units }];
  });
}

/** What nobody has for us, by line. */
export function openUnits(lines: readonly LineUnits[]): SomeUnits[] {
  return lines.flatMap((line) => {
    const { open } = sumsOf(line);
    return open === 0 ? [] : [{ line: line.line, units: open }];
  });
}

/** One entry a line, location and sku. */
export function together(parts: readonly UnitsAt[]): UnitsAt[] {
  const sums = new Map<string, UnitsAt>();
  for (const part of parts) {
    const name = JSON.stringify([part.line, part.location, part.substitute]);
    sums.set(name, { ...part, units: part.units + (sums.get(name)?.units ?? 0) });
  }
  return [...sums.values()];
}

function change<Part extends SomeUnits>(
  lines: readonly LineUnits[],
  parts: readonly Part[],
  turn: (line: LineUnits, part: Part) => LineUnits,
): readonly LineUnits[] {
  const byLine = new Map(lines.map((line) => [line.line, line]));
  for (const part of parts) {
    const line = byLine.get(part.line);
    if (line === undefined) throw new ShelfwireError('ORDER_UNITS', `The order has no line ${part.line}.`);
    byLine.set(part.line, turn(line, part));
  }
  return [...byLine.values()];
}

const NOTHING_AT = { reserved: 0, picked: 0, handed: 0 };

/** Where units of a line are, and of which sku. */
type PlaceName = Pick<PlacedUnits, 'location' | 'substitute'>;

export const isSamePlace = (a: PlaceName, b: PlaceName): boolean =>
  a.location === b.location && a.substitute === b.substitute;

/** Without a substitute that is not there: what is saved reads back the same. */
export const placeName = ({ location, substitute }: PlaceName): PlaceName =>
  substitute === undefined ? { location } : { location, substitute };

const nameOf = ({ location, substitute }: PlaceName): string =>
  substitute === undefined ? location : `${location} of its substitute "${substitute}"`;

function placeOf(line: LineUnits, place: PlaceName): PlacedUnits {
  return line.places.find((one) => isSamePlace(one, place)) ?? { ...placeName(place), ...NOTHING_AT };
}

function at(line: LineUnits, place: PlaceName, by: Partial<typeof NOTHING_AT>): LineUnits {
  const was = placeOf(line, place);
  const now: PlacedUnits = {
    ...placeName(place),
    reserved: was.reserved + (by.reserved ?? 0),
    picked: was.picked + (by.picked ?? 0),
    handed: was.handed + (by.handed ?? 0),
  };
  const isEmpty = now.reserved + now.picked + now.handed === 0;
  const others = line.places.filter((one) => !isSamePlace(one, place));
  return { ...line, places: isEmpty ? others : [...others, now].sort(byName) };
}

/** By location, the line's own sku first. */
function byName(a: PlacedUnits, b: PlacedUnits): number {
  if (a.location !== b.location) return a.location < b.location ? -1 : 1;
  return (a.substitute ?? '') < (b.substitute ?? '') ? -1 : 1;
}

function require(units: number, there: number, what: string, line: string): void {
  if (Number.isSafeInteger(units) && units >= 1 && units <= there) return;
  throw new ShelfwireError('ORDER_UNITS', `Line ${line}: ${units} units are named, and ${there} ${what}.`);
}
