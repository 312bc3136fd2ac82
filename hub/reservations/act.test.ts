import { describe, expect, it } from 'vitest';
import type { ShelfwireError } from '#shared/protocol/errors.ts';
import { perform, type Act, type Hold, type Reservation } from './act.ts';
import type { ReservationState } from './reservation.ts';

const NOW = 1_000_000;
const hold = (line: number, location: number, held: number, handed = 0): Hold => {
  return {
    line,
    location,
    code: `S${location}`,
    sku: `SKU-${line}`,
    units: held + handed,
    told: 0,
    handed,
    held,
    short: 0,
  };
};
const reservation = (state: ReservationState, holds: readonly Hold[], expiresAt = NOW + 60_000): Reservation => ({
  reservation: 7,
  state,
  expiresAt,
  confirmedAt: state === 'confirmed' ? NOW - 1 : null,
  endedAt: null,
  holds,
});
const held = ({ holds }: Reservation): number => holds.reduce((sum, hold) => sum + hold.held, 0);

const ACTS = {
  confirm: { kind: 'confirm' },
  release: { kind: 'release' },
  extend: { kind: 'extend', ttlSeconds: 600 },
  fulfil: { kind: 'fulfil' },
  expire: { kind: 'expire' },
} as const satisfies Record<Act['kind'], Act>;
const HOLDS: Readonly<Record<ReservationState, readonly Hold[]>> = {
  pending: [hold(1, 1, 2), hold(1, 2, 1)],
  confirmed: [hold(1, 1, 2), hold(1, 2, 1)],
  fulfilled: [hold(1, 1, 0, 2)],
  released: [hold(1, 1, 0, 1)],
  expired: [hold(1, 1, 0)],
};

/** What becomes of each state by each act: the next state, or the refusal's code. Overdue: pending beyond its time. */
const BECOMES = {
  pending: { confirm: 'confirmed', release: 'released', extend: 'pending', fulfil: 'fulfilled', expire: 'pending' },
  overdue: {
    confirm: 'RESERVATION_ENDED',
    release: 'expired',
    extend: 'RESERVATION_ENDED',
    fulfil: 'RESERVATION_ENDED',
    expire: 'expired',
  },
  confirmed: {
    confirm: 'confirmed',
    release: 'released',
    extend: 'CONFLICT',
    fulfil: 'fulfilled',
    expire: 'confirmed',
  },
  fulfilled: {
    confirm: 'fulfilled',
    release: 'CONFLICT',
    extend: 'CONFLICT',
    fulfil: 'fulfilled',
    expire: 'fulfilled',
  },
  released: {
    confirm: 'RESERVATION_ENDED',
    release: 'released',
    extend: 'RESERVATION_ENDED',
    fulfil: 'RESERVATION_ENDED',
    expire: 'released',
  },
  expired: {
    confirm: 'RESERVATION_ENDED',
    release: 'expired',
    extend: 'RESERVATION_ENDED',
    fulfil: 'RESERVATION_ENDED',
    expire: 'expired',
  },
} as const satisfies Record<ReservationState | 'overdue', Record<Act['kind'], string>>;

const pairs = Object.entries(BECOMES).flatMap(([state, byAct]) =>
  Object.entries(byAct).map(([act, becomes]) => [state, act, becomes] as const),
);
const given = (state: string): Reservation =>
  state === 'overdue'
    ? reservation('pending', HOLDS.pending, NOW)
    : reservation(state as ReservationState, HOLDS[state as ReservationState]);

/** The reservation as it is then, refused or not. */
function attempt(before: Reservation, act: Act, now: number): Reservation & { becomes: string; isRefused: boolean } {
  try {
    const after = perform(before, act, now);
    return { ...after, becomes: after.state, isRefused: false };
  } catch (error) {
    return { ...before, becomes: (error as ShelfwireError).code, isRefused: true };
  }
}

describe('perform', () => {
  it.for(pairs)('R2 %s, %s: %s', ([state, kind, becomes]) => {
    const act = ACTS[kind as Act['kind']];
    const before = given(state);
    const after = attempt(before, act, NOW);
    expect(after.becomes).toBe(becomes);
    // Live ones hold what they held, ended ones nothing; and what was handed over stays so.
    const isLive = becomes === 'pending' || becomes === 'confirmed';
    expect(held(after)).toBe(isLive || after.isRefused ? held(before) : 0);
    expect(after.holds.filter(({ handed, held, units }) => handed + held > units)).toEqual([]);
    // Again, at another time, it comes to the same.
    const again = attempt(after, act, NOW + 1);
    expect([again.becomes, again.endedAt]).toEqual([becomes, after.endedAt]);
  });

  it('extends from now on, and never shortens', () => {
    expect(perform(given('pending'), ACTS.extend, NOW).expiresAt).toBe(NOW + 600_000);
    expect(perform(given('pending'), { kind: 'extend', ttlSeconds: 5 }, NOW).expiresAt).toBe(NOW + 60_000);
  });

  it('fulfils lines in parts, from where they are held, and no more than that', () => {
    const begun = reservation('confirmed', [hold(1, 1, 2), hold(1, 2, 1), hold(2, 1, 1)]);
    const fulfil = (lines: readonly { line: number; units: number; location?: string }[]): Act => ({
      kind: 'fulfil',
      lines,
    });
    const one = perform(begun, fulfil([{ line: 1, units: 1, location: 'S2' }]), NOW);
    expect(one.holds.map(({ held }) => held)).toEqual([2, 0, 1]);
    expect(one.state).toBe('confirmed');
    expect(() => perform(one, fulfil([{ line: 1, units: 1, location: 'S2' }]), NOW)).toThrow(
      'holds 0 units at S2, not 1',
    );
    expect(() => perform(one, fulfil([{ line: 1, units: 3 }]), NOW)).toThrow('holds 2 units, not 3');
    expect(() => perform(one, fulfil([{ line: 9, units: 1 }]), NOW)).toThrow('holds 0 units, not 1');
    const all = perform(
      one,
      fulfil([
        { line: 1, units: 2 },
        { line: 2, units: 1 },
      ]),
      NOW,
    );
    expect(all).toMatchObject({ state: 'fulfilled', endedAt: NOW });
    expect(() => perform(all, fulfil([{ line: 2, units: 1 }]), NOW)).toThrow('cannot be fulfilled further');
  });
});
