import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { ReservationState } from './reservation.ts';

/** What can be done to a reservation. */
export type Act =
  | { readonly kind: 'confirm' }
  /** Without lines all that it holds; of lines no more than they still hold, which may be nothing. */
  | { readonly kind: 'release'; readonly lines?: readonly FulfilledLine[] | undefined }
  /** Its time ends so long from now, or when it would have, whichever is later. */
  | { readonly kind: 'extend'; readonly ttlSeconds: number }
  /** Units that are handed over, as facts tell that do not name it; without lines all that it holds. */
  | { readonly kind: 'fulfil'; readonly lines?: readonly FulfilledLine[] | undefined }
  /** By the sweep. */
  | { readonly kind: 'expire' };

export interface FulfilledLine {
  readonly line: number;
  readonly units: number;
  /** From there; absent: wherever it is held. */
  readonly location?: string | undefined;
}

export interface Hold {
  readonly line: number;
  readonly location: number;
  readonly code: string;
  readonly sku: string;
  readonly units: number;
  readonly told: number;
  readonly handed: number;
  readonly held: number;
  readonly short: number;
}

/** A reservation under its lock. Instants: ms since 1970. */
export interface Reservation {
  readonly reservation: number;
  readonly state: ReservationState;
  readonly expiresAt: number;
  readonly confirmedAt: number | null;
  readonly endedAt: number | null;
  /** In the order of (line, location). */
  readonly holds: readonly Hold[];
}

type Outcome = 'does' | 'repeats' | 'isEnded' | 'conflicts';

/**
 * What an act does in a state: every pair. A repeated act answers what it came to; what has ended stays ended. Units that
 * were handed over cannot be released, and what is fulfilled has nothing left to fulfil.
 */
const TABLE: Readonly<Record<ReservationState, Readonly<Record<Act['kind'], Outcome>>>> = {
  pending: { confirm: 'does', release: 'does', extend: 'does', fulfil: 'does', expire: 'does' },
  confirmed: { confirm: 'repeats', release: 'does', extend: 'conflicts', fulfil: 'does', expire: 'repeats' },
  fulfilled: { confirm: 'does', release: 'conflicts', extend: 'conflicts', fulfil: 'repeats', expire: 'repeats' },
  released: { confirm: 'isEnded', release: 'repeats', extend: 'isEnded', fulfil: 'isEnded', expire: 'repeats' },
  expired: { confirm: 'isEnded', release: 'repeats', extend: 'isEnded', fulfil: 'isEnded', expire: 'repeats' },
};

/** Acts of a reservation whose time is over, before the sweep has come by. */
const OVERDUE = TABLE.expired;

/** The state that a reservation shows: what is pending beyond its time is expired, whether the sweep has come or not. */
export function stateAt({ state, expiresAt }: Pick<Reservation, 'state' | 'expiresAt'>, now: number): ReservationState {
  return state === 'pending' && expiresAt <= now ? 'expired' : state;
}

/** The reservation after an act; the same object when it changes nothing. Throws RESERVATION_ENDED, CONFLICT. */
export function perform(reservation: Reservation, act: Act, now: number): Reservation {
  const overdue = stateAt(reservation, now) !== reservation.state;
  if (act.kind === 'expire' && !overdue) return reservation;
  const outcome = overdue && act.kind !== 'expire' ? OVERDUE[act.kind] : TABLE[reservation.state][act.kind];
  // A release of what nobody wants any more need not wait for the sweep.
  if (overdue && act.kind === 'release') return ended(reservation, 'expired', now);
  switch (outcome) {
    case 'repeats':
      if (act.kind === 'fulfil' && act.lines !== undefined) throw conflict(reservation, act.kind);
      return reservation;
    case 'isEnded':
      throw new ShelfwireError(
        'RESERVATION_ENDED',
        `Reservation ${reservation.reservation} is ${overdue ? 'expired' : reservation.state}.`,
      );
    case 'conflicts':
      throw conflict(reservation, act.kind);
    case 'does':
      return done(reservation, act, now);
    default:
      return outcome satisfies never;
  }
}

function done(reservation: Reservation, act: Act, now: number): Reservation {
  switch (act.kind) {
    case 'confirm':
      return settled({ ...reservation, confirmedAt: reservation.confirmedAt ?? now }, now);
    case 'release':
      return act.lines === undefined ? ended(reservation, 'released', now) : lessened(reservation, act.lines, now);
    case 'expire':
      return ended(reservation, 'expired', now);
    case 'extend':
      return { ...reservation, expiresAt: Math.max(reservation.expiresAt, now + act.ttlSeconds * 1_000) };
    case 'fulfil':
      return settled({ ...reservation, holds: fulfilled(reservation, act.lines) }, now);
    default:
      return act satisfies never;
  }
}

/** The state of a live reservation by what it holds: a void may have given units back. */
export function settled(reservation: Reservation, now: number): Reservation {
  const { holds, confirmedAt, state } = reservation;
  if (state === 'released' || state === 'expired') return reservation;
  if (holds.every(({ held }) => held === 0)) {
    return state === 'fulfilled' ? reservation : { ...reservation, state: 'fulfilled', endedAt: now };
  }
  return { ...reservation, state: confirmedAt === null ? 'pending' : 'confirmed', endedAt: null };
}

function ended(reservation: Reservation, state: 'released' | 'expired', now: number): Reservation {
  const holds = reservation.holds.map((hold) => ({ ...hold, held: 0, short: 0 }));
  return { ...reservation, state, endedAt: now, holds };
}

/** As if so many units had never been asked for. */
function lessened(reservation: Reservation, lines: readonly FulfilledLine[], now: number): Reservation {
  const holds = reservation.holds.map((hold) => ({ ...hold }));
  for (const { line, units, location } of lines) {
    let rest = units;
    for (const hold of holds) {
      if (hold.line !== line || (location !== undefined && hold.code !== location)) continue;
      const taken = Math.min(rest, hold.held);
      hold.units -= taken;
      hold.held -= taken;
      hold.short = Math.min(hold.short, hold.held);
      rest -= taken;
    }
  }
  const isNothing = holds.every(({ held, handed }) => held + handed === 0);
  return isNothing ? ended({ ...reservation, holds }, 'released', now) : settled({ ...reservation, holds }, now);
}

function fulfilled({ reservation, holds }: Reservation, lines: readonly FulfilledLine[] | undefined): Hold[] {
  const next = holds.map((hold) => ({ ...hold }));
  const take = (own: typeof next, units: number): number => {
    let rest = units;
    for (const hold of own) {
      const taken = Math.min(rest, hold.held);
      hold.held -= taken;
      hold.handed += taken;
      hold.short = Math.min(hold.short, hold.held);
      rest -= taken;
    }
    return rest;
  };
  for (const { line, units, location } of lines ?? []) {
    const own = next.filter((hold) => hold.line === line && (location === undefined || hold.code === location));
    const held = own.reduce((sum, hold) => sum + hold.held, 0);
    if (take(own, units) > 0) {
      const where = location === undefined ? '' : ` at ${location}`;
      throw new ShelfwireError(
        'CONFLICT',
        `Line ${line} of reservation ${reservation} holds ${held} units${where}, not ${units}.`,
      );
    }
  }
  if (lines === undefined) take(next, Infinity);
  // What facts told of before are other units than those told of now: all of them are settled by this.
  const touched = new Set(
    next.filter(({ line }) => lines?.some((one) => one.line === line) ?? true).map(({ sku }) => sku),
  );
  for (const hold of next) if (touched.has(hold.sku)) hold.told = hold.handed;
  return next;
}

function conflict({ reservation, state }: Reservation, kind: Act['kind']): ShelfwireError {
  const remedy = {
    confirm: undefined,
    expire: undefined,
    release: 'Its units were handed over: a void of the sale gives them back, a return brings them in.',
    extend: 'Only a pending reservation has a time.',
    fulfil: 'It holds nothing more.',
  }[kind];
  const done = {
    confirm: 'confirmed',
    expire: 'expired',
    release: 'released',
    extend: 'extended',
    fulfil: 'fulfilled further',
  };
  const detail = `Reservation ${reservation} is ${state}: it cannot be ${done[kind]}.`;
  return new ShelfwireError('CONFLICT', detail, remedy === undefined ? {} : { remedy });
}
