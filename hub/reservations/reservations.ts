import type { Pool } from 'pg';
import { expireDue } from './expire.ts';
import { mendShortfalls } from './mend-shortfalls.ts';
import { createActs, type ActRequest } from './perform-acts.ts';
import type { ReservationAnswer, ReservationRequest } from './reservation.ts';
import { createReserve } from './reserve.ts';
import { fewestParcels, type Sourcing } from './sourcing.ts';
import type { ReservationView } from './view.ts';

/** What channels and orders do with reservations. */
export interface Reservations {
  /**
   * Holds units. Throws RESERVATION_SHORT with what could be had, NOT_FOUND without such a channel, KEY_REUSED for a key
   * that other content has.
   */
  reserve(request: ReservationRequest): Promise<ReservationAnswer>;
  /** Throws NOT_FOUND, RESERVATION_ENDED, CONFLICT, KEY_REUSED. */
  act(request: ActRequest): Promise<ReservationView>;
}

/** Something that is done again and again. Each may run in every hub at once. */
export interface ReservationTask {
  readonly name: string;
  readonly everyMs: number;
  readonly firstAfterMs: number;
  turn(): Promise<void>;
}

/**
 * @param pool   pipelining
 * @param source from where lines are taken
 */
export function createReservations(pool: Pool, source: Sourcing = fewestParcels): Reservations {
  return { reserve: createReserve({ pool, source }), act: createActs(pool, source) };
}

/** What time does to reservations, and shortfalls. */
export function reservationTasks(pool: Pool, source: Sourcing = fewestParcels): ReservationTask[] {
  return [
    {
      name: 'reservations whose time is over',
      everyMs: 1_000,
      firstAfterMs: 0,
      turn: async () => void (await expireDue(pool)),
    },
    {
      name: 'reserved units that are not there',
      everyMs: 1_000,
      firstAfterMs: 0,
      turn: async () => void (await mendShortfalls(pool, source)),
    },
  ];
}
