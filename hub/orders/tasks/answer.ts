import type { TaskStep } from '#shared/protocol/facts/task.ts';
import { isSamePlace, placeName, type ReplacedUnits, type SomeUnits, type UnitsAt } from '../states/line-units.ts';
import type { Order } from '../states/order.ts';

/** What a store has said of a task. A sku that is not the line's own replaces it. */
export interface Answer {
  readonly step: TaskStep;
  readonly lines: readonly { readonly line: string; readonly sku: string; readonly quantity: number }[];
  readonly voided: boolean;
}

/** Units of a line, of its own sku or of a substitute. */
export interface SaidUnits extends SomeUnits {
  readonly sku: string;
}

export const isHandOver = (step: TaskStep): boolean => step === 'handedOver' || step === 'shipped';
const isPicked = (step: TaskStep): boolean => step === 'picked';

/**
 * Units to be picked now, after all that was said of the task: what is handed over was picked as well, so the order in which
 * picking and handing over are heard of makes no difference (M1). Substitutes are picked with what they replace.
 */
export function toPick(order: Order, location: string, answers: readonly Answer[]): UnitsAt[] {
  const own = said(answers, isPicked).filter((one) => substituteOf(order, one) === undefined);
  return atPlace(order, location, own, (units, place) => Math.min(place.reserved, units - place.picked - place.handed));
}

/**
 * Units that an answer says are replaced, of those that the order has at the place still. What was picked before it was
 * handed over was replaced by then, and the other way round: whichever is heard of first brings it (M1).
 *
 * @param before what the store has said of the task before this
 */
export function toReplace(order: Order, location: string, before: readonly Answer[], answer: Answer): ReplacedUnits[] {
  const own = new Map<string, number>();
  for (const { line, places } of order.lines) {
    const place = places.find((one) => isSamePlace(one, { location }));
    own.set(line, place === undefined ? 0 : place.reserved + place.picked);
  }
  const was = replaced(before);
  return replaced([...before, answer]).flatMap(({ line, sku, units }) => {
    if (substituteOf(order, { line, sku }) === undefined) return [];
    const left = own.get(line) ?? 0;
    const taken = Math.min(left, units - unitsOf(was, { line, sku }));
    own.set(line, left - Math.max(0, taken));
    return taken > 0 ? [{ line, location, substitute: sku, units: taken }] : [];
  });
}

/** Of units that the store says it cannot give, those that it has been asked for still. */
export function toPutBack(order: Order, location: string, answer: Answer): UnitsAt[] {
  return atPlace(
    order,
    location,
    said([answer], () => true),
    (units, place) => Math.min(units, place.reserved + place.picked),
  );
}

/** Of units that left without a hold of theirs, those that the order has at the place still. */
export function toHand(order: Order, location: string, left: readonly SaidUnits[]): UnitsAt[] {
  return atPlace(order, location, left, (wanted, place) => Math.min(wanted, place.reserved + place.picked));
}

/** Units that stores say are with customers and the order does not count so: nobody asked for them any more. */
export function beyondOrder(
  order: Order,
  location: string,
  answers: readonly Answer[],
  handedBefore: readonly SaidUnits[],
): SaidUnits[] {
  return said(answers, isHandOver).flatMap(({ units, ...one }) => {
    const counted = Math.max(placeOf(order, location, one)?.handed ?? 0, unitsOf(handedBefore, one));
    return units > counted ? [{ ...one, units: units - counted }] : [];
  });
}

/** Undefined: the sku is the line's own. */
function substituteOf({ skus }: Order, { line, sku }: Omit<SaidUnits, 'units'>): string | undefined {
  return sku === skus[line] ? undefined : sku;
}

/** Units by line and sku that were picked or, without that, handed over. */
function replaced(answers: readonly Answer[]): SaidUnits[] {
  const handed = said(answers, isHandOver);
  const picked = said(answers, isPicked);
  const onlyHanded = handed.filter((one) => !picked.some(({ line, sku }) => line === one.line && sku === one.sku));
  return [...picked, ...onlyHanded].map((one) => ({ ...one, units: Math.max(one.units, unitsOf(handed, one)) }));
}

/** Units by line and sku. */
function said(answers: readonly Answer[], isMeant: (step: TaskStep) => boolean): SaidUnits[] {
  const sums = new Map<string, SaidUnits>();
  for (const { step, lines, voided } of answers) {
    if (voided || !isMeant(step)) continue;
    for (const { line, sku, quantity } of lines) {
      const name = JSON.stringify([line, sku]);
      sums.set(name, { line, sku, units: quantity + (sums.get(name)?.units ?? 0) });
    }
  }
  return [...sums.values()];
}

const unitsOf = (parts: readonly SaidUnits[], { line, sku }: Omit<SaidUnits, 'units'>): number =>
  parts.find((one) => one.line === line && one.sku === sku)?.units ?? 0;

interface PlaceUnits {
  readonly reserved: number;
  readonly picked: number;
  readonly handed: number;
}

function placeOf(order: Order, location: string, one: Omit<SaidUnits, 'units'>): PlaceUnits | undefined {
  const name = { location, substitute: substituteOf(order, one) };
  return order.lines.find(({ line }) => line === one.line)?.places.find((place) => isSamePlace(place, name));
}

function atPlace(
  order: Order,
  location: string,
  wanted: readonly SaidUnits[],
  most: (units: number, place: PlaceUnits) => number,
): UnitsAt[] {
  return wanted.flatMap(({ units, ...one }) => {
    const place = placeOf(order, location, one);
    const taken = place === undefined ? 0 : most(units, place);
    const name = placeName({ location, substitute: substituteOf(order, one) });
    return taken > 0 ? [{ line: one.line, ...name, units: taken }] : [];
  });
}
