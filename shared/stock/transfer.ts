import type { FactContent } from '../protocol/fact.ts';

/** What one fact says of a transfer: sent at `from`, or received at `place`. */
export interface TransferNote {
  /** Code of the sending store, whose id the transfer's is. */
  readonly from: string;
  readonly transfer: string;
  /** Where it was sent to, or where it was received. */
  readonly place: string;
  readonly way: 'out' | 'in';
  readonly final: boolean;
  readonly expectedAt: number | null;
  readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
}

/** Units of one sku of one transfer at one place. Open are inTransit and discrepancy (missing > 0, over < 0). */
export interface TransferLine {
  readonly sku: string;
  readonly place: string;
  readonly sent: number;
  readonly received: number;
  /** By decisions: above zero units that are lost, below zero units that came without having been sent. */
  readonly writtenOff: number;
  readonly inTransit: number;
  readonly discrepancy: number;
  /** When what is sent there should all have arrived; null when a fact does not say. */
  readonly expectedAt: number | null;
}

/** What a fact of this store says of a transfer; undefined for other kinds. */
export function transferNote(store: string, { kind, body }: FactContent): TransferNote | undefined {
  if (kind === 'transferOut') {
    const { transfer, to: place, expectedAt = null, lines } = body;
    return { from: store, transfer, place, way: 'out', final: false, expectedAt, lines };
  }
  if (kind !== 'transferIn') return undefined;
  const { transfer, from, final = false, lines } = body;
  return { from, transfer, place: store, way: 'in', final, expectedAt: null, lines };
}

/** Whether both ends are this store: its units would leave and hang in transit, or come out of nothing. */
export function isToItself(store: string, content: FactContent): boolean {
  const note = transferNote(store, content);
  return note !== undefined && note.from === note.place;
}

interface Sums {
  sent: number;
  received: number;
  writtenOff: number;
  /** One for each line that was sent. */
  expected: (number | null)[];
}

/**
 * One transfer: what was sent and what arrived, by sku and place, whichever was told first (M7).
 *
 *     sent at A  ----> in transit to B ----> received at B        sent - received - writtenOff = inTransit + discrepancy
 *
 * - What was sent to one place and received at another does not come any more: units that are awaited are counted over all
 *   places. Both places show it, one as missing and the other as over, until somebody settles it or the facts are mended.
 * - What is open and was sent there is in transit, until the place has said that nothing more will come: then it is missing.
 * - What was received beyond what was sent is a surplus; its transferOut may still come.
 */
export class Transfer {
  readonly #sums = new Map<string, Map<string, Sums>>();
  readonly #finals = new Map<string, number>();

  /** @param sign -1 takes a note back that was added */
  add({ place, way, final, expectedAt, lines }: TransferNote, sign: 1 | -1): void {
    if (final) this.#finals.set(place, (this.#finals.get(place) ?? 0) + sign);
    for (const { sku, quantity } of lines) {
      const sums = this.#at(sku, place);
      if (way === 'in') sums.received += sign * quantity;
      else {
        sums.sent += sign * quantity;
        if (sign > 0) sums.expected.push(expectedAt);
        else sums.expected.splice(sums.expected.indexOf(expectedAt), 1);
      }
    }
  }

  writeOff(sku: string, place: string, units: number): void {
    this.#at(sku, place).writtenOff += units;
  }

  /** By sku and place. */
  lines(): TransferLine[] {
    return [...this.#sums].sort(byName).flatMap(([sku, places]) => {
      const sorted = [...places].sort(byName);
      const open = openUnits(sorted.map(([, { sent, received, writtenOff }]) => sent - received - writtenOff));
      return sorted.map(([place, { sent, received, writtenOff, expected }], index): TransferLine => {
        const units = open[index] ?? 0;
        const isAwaited = (this.#finals.get(place) ?? 0) === 0;
        const inTransit = isAwaited ? Math.max(0, Math.min(units, sent - received)) : 0;
        const latest = expected.reduce((a, b) => (a === null || b === null ? null : Math.max(a, b)), 0);
        return {
          sku,
          place,
          sent,
          received,
          writtenOff,
          inTransit,
          discrepancy: sent - received - writtenOff - inTransit,
          expectedAt: expected.length === 0 ? null : latest,
        };
      });
    });
  }

  #at(sku: string, place: string): Sums {
    let places = this.#sums.get(sku);
    if (!places) this.#sums.set(sku, (places = new Map()));
    let sums = places.get(place);
    if (!sums) places.set(place, (sums = { sent: 0, received: 0, writtenOff: 0, expected: [] }));
    return sums;
  }
}

/** Which may still come: what is missing at some places less what is over at others; the rest stays with the first places. */
function openUnits(differences: readonly number[]): number[] {
  let rest = differences.reduce((sum, units) => sum + units, 0);
  const sign = Math.sign(rest);
  return differences.map((units) => {
    const taken = sign * Math.max(0, Math.min(sign * units, sign * rest));
    rest -= taken;
    return taken + 0;
  });
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}
