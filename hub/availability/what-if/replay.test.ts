import { describe, expect, it } from 'vitest';
import { policySchema } from './policy.ts';
import { Replay } from './replay.ts';
import type { Past, StockEvent } from './stock-event.ts';

const HOUR_MS = 3_600_000;
const MONDAY = Date.UTC(2026, 0, 5);
const at = (hours: number) => MONDAY + hours * HOUR_MS;

/** One shelf with ten units, whose store is silent from hour 100 to 148. */
const PAST: Past = {
  from: at(0),
  measuredFrom: at(0),
  to: at(200),
  locations: ['S1'],
  channels: [{ code: 'market', locations: new Set([0]) }],
  shelves: [{ location: 0, sku: 0, firstAt: at(0), wanted: 0, sales: 0 }],
  outages: [[{ from: at(100), to: at(148) }]],
  opening: Float64Array.of(10),
};
const NONE = { name: 'none', rule: 'none' };
const event = (hours: number, kind: StockEvent['kind'], quantity: number): StockEvent => {
  return { at: at(hours), shelf: 0, kind, quantity, channel: kind === 'order' ? 0 : -1 };
};
function replay(policy: unknown, events: readonly StockEvent[], past = PAST): Replay {
  const replay = new Replay(past, policySchema.parse(policy), { calibrates: true });
  for (const one of events) replay.take(one);
  return replay.finish();
}

describe('a replay', () => {
  it('oversells what left the shelf while the store was silent', () => {
    const tally = replay(NONE, [event(110, 'walkIn', 8), event(120, 'order', 5)]).ledger.total();
    expect(tally).toMatchObject({
      accepted: 1,
      acceptedInSilence: 1,
      cancelled: 1,
      cancelledUnits: 5,
      oversoldUnits: 3,
    });
  });

  it('takes no order that a buffer covers, and counts it in vain when the store could have shipped', () => {
    const fixed = { name: 'fixed', rule: 'fixed', units: 6 };
    const orders = [event(110, 'order', 5), event(111, 'walkIn', 8), event(120, 'order', 5)];
    expect(replay(fixed, orders).ledger.total()).toMatchObject({
      accepted: 0,
      cancelled: 0,
      refused: 2,
      refusedInVain: 1,
    });
  });

  it('knows at once what happens in a store that is heard, and after a silence what happened in it', () => {
    const events = [event(10, 'walkIn', 3), event(11, 'order', 8), event(110, 'walkIn', 5), event(150, 'order', 3)];
    expect(replay(NONE, events).ledger.total()).toMatchObject({ accepted: 0, refused: 2, refusedInVain: 0 });
  });

  it('takes an accepted order off the number at once: two orders never promise the same unit', () => {
    const events = [event(110, 'order', 7), event(111, 'order', 7), event(112, 'order', 3)];
    expect(replay(NONE, events).ledger.total()).toMatchObject({
      accepted: 2,
      acceptedUnits: 10,
      cancelled: 0,
      refused: 1,
    });
  });

  it('learns of supply and counts as of sales: late from a silent store', () => {
    const events = [event(110, 'supply', 5), event(111, 'order', 12), event(150, 'order', 12), event(160, 'count', 1)];
    const tally = replay(NONE, [...events, event(161, 'order', 2)]).ledger.total();
    expect(tally).toMatchObject({ accepted: 1, refused: 2, refusedInVain: 1, cancelled: 0 });
  });

  it('is causal: what is sold later changes no decision before it', () => {
    const policy = { name: 'ours', rule: 'lagBuffer', epsilon: 0.01 };
    const before = [event(5, 'walkIn', 1), event(40, 'walkIn', 1), event(120, 'order', 2)];
    const after = [event(121, 'walkIn', 7), event(160, 'walkIn', 50)];
    const decided = (events: readonly StockEvent[]) => replay(policy, events).ledger.total();
    const [alone, followed] = [decided(before), decided([...before, ...after])];
    expect([followed.accepted, followed.refused]).toEqual([alone.accepted, alone.refused]);
  });

  it('withholds with the lag buffer only while the store is silent, and more the longer it is', () => {
    const policy = { name: 'ours', rule: 'lagBuffer', epsilon: 0.01 };
    const sales = Array.from({ length: 20 }, (_, index) => event(index * 4, 'walkIn', 1));
    const rich = { ...PAST, opening: Float64Array.of(100) };
    const largest = (hours: number) =>
      [...Array(90).keys()].findLast(
        (quantity) => replay(policy, [...sales, event(hours, 'order', quantity)], rich).ledger.total().accepted === 1,
      );
    expect(largest(95)).toBe(80);
    expect(largest(104)).toBeLessThan(80);
    expect(largest(147)).toBeLessThan(largest(104) ?? 0);
    expect(largest(149)).toBe(80);
  });

  it('tallies unit-hours: what is published and what is withheld make up what is known', () => {
    const { offeredUnitHours, withheldUnitHours } = replay({ name: 'f', rule: 'fixed', units: 4 }, []).ledger.total();
    expect(offeredUnitHours / withheldUnitHours).toBeCloseTo(6 / 4, 9);
    expect((offeredUnitHours + withheldUnitHours) / 200).toBeCloseTo(10, 9);
  });

  it.for([
    ['three minutes', 0.05],
    ['a day', 24],
    ['twelve days', 288],
    ['a year', 8_760],
  ] as const)('publishes what is there all the time, on the mean of %s, whatever was learnt before', ([, hours]) => {
    const past = { ...PAST, measuredFrom: at(30), to: at(30 + hours), outages: [[]] };
    expect(replay(NONE, [], past).ledger.total().offeredUnitHours / hours).toBeCloseTo(10, 9);
  });

  it.for([1, 5, 12, 14, 30, 365])('of %d days whose mornings sell out, the mean is of morning and evening', (days) => {
    const emptied = [...Array(days).keys()].flatMap((day) => [
      event(day * 24, 'count', 10),
      event(day * 24 + 9, 'count', 0),
    ]);
    const past = { ...PAST, to: at(days * 24), outages: [[]] };
    const { offeredUnitHours } = replay(NONE, emptied, past).ledger.total();
    expect(offeredUnitHours / (days * 24) / 10).toBeCloseTo(9 / 24, 1);
  });

  it('tallies nothing while it only learns', () => {
    const later = { ...PAST, measuredFrom: at(115) };
    const tally = replay(NONE, [event(110, 'order', 5), event(120, 'order', 5)], later).ledger.total();
    expect(tally).toMatchObject({ accepted: 1 });
  });

  it('compares buffer and unseen demand at the end of each silence', () => {
    const [calibration] = replay(NONE, [event(110, 'walkIn', 8)]).calibration;
    expect(calibration).toMatchObject({ windows: 1, exceeded: 1, buffered: 0 });
  });
});
