import { expect, it } from 'vitest';
import { RecordedOutages, simulateOutages } from './outages.ts';

const DAY_MS = 86_400_000;
const PERIOD = { from: Date.UTC(2026, 0, 7, 15), to: Date.UTC(2026, 5, 1) };

it('simulated silences are in order, never overlap, and are the same for the same seed', () => {
  for (const kind of ['random', 'nightly', 'weekend'] as const) {
    const outages = simulateOutages(kind, PERIOD, 5);
    expect(outages.length).toBeGreaterThan(5);
    expect(simulateOutages(kind, PERIOD, 5)).toEqual(outages);
    for (const [place, { from, to }] of outages.entries()) {
      expect(from).toBeGreaterThanOrEqual(outages[place - 1]?.to ?? PERIOD.from);
      expect(to).toBeGreaterThan(from);
    }
  }
});

it('nightly stores are heard once a day, and weekends last from Friday evening to Monday morning', () => {
  for (const { to } of simulateOutages('nightly', PERIOD, 1)) expect(to % DAY_MS).toBe(2 * 3_600_000);
  for (const { from, to } of simulateOutages('weekend', PERIOD, 1)) {
    expect([new Date(from).getUTCDay(), new Date(to).getUTCDay()]).toEqual([5, 1]);
  }
});

it('recorded silences are where facts came late, joined where they touch', () => {
  const recorded = new RecordedOutages();
  for (const [at, receivedAt] of [
    [0, 10],
    [1_000, 500_000],
    [2_000, 600_000],
    [700_000, 700_100],
    [800_000, 900_000],
  ] as const) {
    recorded.add(at, receivedAt);
  }
  expect(recorded.outages).toEqual([
    { from: 1_000, to: 600_000 },
    { from: 800_000, to: 900_000 },
  ]);
});
