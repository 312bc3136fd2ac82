import type { TaskStep } from '#shared/protocol/facts/task.ts';
import type { SomeUnits, UnitsAt } from '../states/line-units.ts';
import type { Order } from '../states/order.ts';

/** What a store has said of a task. */
export interface Answer {
  readonly step: TaskStep;
  readonly lines: readonly { readonly line: string; readonly quantity: number }[];
  readonly voided: boolean;
}

export const isHandOver = (step: TaskStep): boolean => step === 'handedOver' || step === 'shipped';

/**
 * Units to be picked now, after all that was said of the task: what is handed over was picked as well, so the order in which
 * picking and handing over are heard of makes no difference (M1).
 */
export function toPick(order: Order, location: string, answers: readonly Answer[]): UnitsAt[] {
  return atPlace(
    order,
    location,
    said(answers, (step) => step === 'picked'),
    (units, place) => Math.min(place.reserved, units - place.picked - place.handed),
  );
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
export function toHand(order: Order, location: string, left: readonly SomeUnits[]): UnitsAt[] {
  const units = new Map(left.map((one) => [one.line, one.units]));
  return atPlace(order, location, units, (wanted, place) => Math.min(wanted, place.reserved + place.picked));
}

/** Units that stores say are with customers and the order does not count so: nobody asked for them any more. */
export function beyondOrder(
  order: Order,
  location: string,
  answers: readonly Answer[],
  handedBefore: ReadonlyMap<string, number>,
): SomeUnits[] {
  return [...said(answers, isHandOver)].flatMap(([line, units]) => {
    const place = order.lines.find((one) => one.line === line)?.places.find((one) => one.location === location);
    const counted = Math.max(place?.handed ?? 0, handedBefore.get(line) ?? 0);
    return units > counted ? [{ line, units: units - counted }] : [];
  });
}

/** Units by line. */
function said(answers: readonly Answer[], isMeant: (step: TaskStep) => boolean): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { step, lines, voided } of answers) {
    if (voided || !isMeant(step)) continue;
    for (const { line, quantity } of lines) sums.set(line, (sums.get(line) ?? 0) + quantity);
  }
  return sums;
}

interface PlaceUnits {
  readonly reserved: number;
  readonly picked: number;
  readonly handed: number;
}

function atPlace(
  { lines }: Order,
  location: string,
  wanted: ReadonlyMap<string, number>,
  most: (units: number, place: PlaceUnits) => number,
): UnitsAt[] {
  return [...wanted].flatMap(([line, units]) => {
    const place = lines.find((one) => one.line === line)?.places.find((one) => one.location === location);
    const taken = place === undefined ? 0 : most(units, place);
    return taken > 0 ? [{ line, location, units: taken }] : [];
  });
}
