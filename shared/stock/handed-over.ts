import type { FactContent } from '../protocol/fact.ts';

/** A line of a fact that hands reserved units over: its movement takes them, and the hold goes with it (M6). */
export interface HandedOverLine {
  /** Place of the line in the fact, from 0. */
  readonly line: number;
  readonly sku: string;
  readonly units: number;
  /** The reservation's key, or its number. */
  readonly reservation: string | number;
  /** The order that the number was given to; absent: the fact does not say. */
  readonly order?: { readonly channel: string; readonly id: string } | undefined;
}

/** The lines of a fact that name a reservation. A kind that hands units over to customers belongs here. */
export function handedOverLines({ kind, body }: FactContent): HandedOverLine[] {
  switch (kind) {
    case 'sale':
      return body.lines.flatMap(({ sku, quantity: units, reservation, service }, line) =>
        reservation === undefined || service === true ? [] : [{ line, sku, units, reservation }],
      );
    case 'task':
      if (body.step !== 'handedOver' && body.step !== 'shipped') return [];
      return body.lines.flatMap(({ sku, quantity: units, reservation }, line) =>
        reservation === undefined ? [] : [{ line, sku, units, reservation, order: body.order }],
      );
    case 'return':
    case 'receipt':
    case 'adjustment':
    case 'transferOut':
    case 'transferIn':
    case 'count':
    case 'void':
      return [];
    default:
      return kind satisfies never;
  }
}
