import type { ComingView } from '#shared/agent-api/answers.ts';
import type { FactBodies } from '#shared/protocol/fact.ts';
import type { Coming, ComingTransfer } from '#shared/protocol/messages/questions.ts';
import { comparePlace, type Place } from '../stock-place.ts';

/** A receipt of this store's own journal, and the void of it, if there is one. */
export interface OwnArrival {
  readonly place: Place;
  readonly voidPlace: Place | undefined;
  readonly body: FactBodies['transferIn'];
}

export const nameOf = (from: string, transfer: string): string => `${from}\n${transfer}`;

/**
 * What is on its way here: the hub's answer with this store's own receipts on top that it does not contain. A transfer of which
 * all has come, or that somebody has said is over, is not in it.
 *
 * @param contained up to which place of this store's journals the answer has its facts
 */
export function comingTransfers(
  { transfers }: Pick<Coming, 'transfers'>,
  contained: Place,
  own: ReadonlyMap<string, readonly OwnArrival[]>,
): ComingView[] {
  return transfers.flatMap((transfer) => {
    const arrivals = own.get(nameOf(transfer.from, transfer.transfer)) ?? [];
    const isOver = arrivals.some(({ body, voidPlace }) => body.final === true && voidPlace === undefined);
    if (isOver) return [];
    const lines = viewed(transfer, contained, arrivals);
    return lines.some((line) => line.coming > 0) ? [{ ...transfer, lines }] : [];
  });
}

function viewed({ lines }: ComingTransfer, contained: Place, arrivals: readonly OwnArrival[]): ComingView['lines'] {
  const isContained = (place: Place) => comparePlace(place, contained) <= 0;
  const beyond = new Map<string, number>();
  for (const { place, voidPlace, body } of arrivals) {
    const countsHere = voidPlace === undefined;
    const countsThere = isContained(place) && !(voidPlace !== undefined && isContained(voidPlace));
    if (countsHere === countsThere) continue;
    for (const { sku, quantity } of body.lines) {
      beyond.set(sku, (beyond.get(sku) ?? 0) + (countsHere ? quantity : -quantity));
    }
  }
  return lines.map(({ sku, sent, received, coming }) => {
    const more = beyond.get(sku) ?? 0;
    return { sku, sent, received: received + more, coming: Math.max(0, coming - more) };
  });
}
