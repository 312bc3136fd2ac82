import { stateAt, type Reservation } from './act.ts';
import type { ReservationState } from './reservation.ts';

/** Units of a line at one location, as they are. */
export interface PartView {
  readonly location: string;
  /** Held now. */
  readonly units: number;
  readonly handedOver: number;
  /** Of the held ones: not there, and nowhere else for the channel. */
  readonly short: number;
}

export interface LineView {
  readonly line: number;
  readonly sku: string;
  readonly held: number;
  readonly handedOver: number;
  readonly short: number;
  readonly parts: readonly PartView[];
}

/** A reservation as it is. Instants: ms since 1970. */
export interface ReservationView {
  readonly reservation: number;
  readonly state: ReservationState;
  /** Null: it waits for ever, or has ended. */
  readonly expiresAt: number | null;
  readonly lines: readonly LineView[];
}

export function viewOf(reservation: Reservation, now: number): ReservationView {
  const { holds, expiresAt } = reservation;
  const lines = [...Map.groupBy(holds, ({ line }) => line)].map(([line, own]): LineView => {
    const sum = (field: 'held' | 'handed' | 'short'): number => own.reduce((total, hold) => total + hold[field], 0);
    const parts = own
      .filter(({ held, handed }) => held + handed > 0)
      .map(({ code, held, handed, short }) => ({ location: code, units: held, handedOver: handed, short }));
    return { line, sku: own[0]?.sku ?? '', held: sum('held'), handedOver: sum('handed'), short: sum('short'), parts };
  });
  const state = stateAt(reservation, now);
  return { reservation: reservation.reservation, state, expiresAt: state === 'pending' ? expiresAt : null, lines };
}
