import { expect, it } from 'vitest';
import type { Clock } from '#shared/runtime/clock.ts';
import { HubContact } from './hub-contact.ts';

const NOON = 1_790_000_000_000;
const MINUTE_MS = 60_000;

/** A machine: its system clock can be set, its monotonic one begins anew with each process. */
function machine() {
  let system = NOON;
  let monotonic = 0;
  const saved: number[] = [];
  const clock: Clock = {
    now: () => system,
    monotonic: () => monotonic,
    after: () => () => undefined,
  };
  return {
    saved,
    pass: (ms: number): void => {
      system += ms;
      monotonic += ms;
    },
    set: (to: number) => void (system = to),
    /** A process that begins, whatever became of the one before. */
    start: (): HubContact => {
      monotonic = 5;
      return new HubContact(clock, saved.at(-1) ?? null, (at) => void saved.push(at));
    },
  };
}

it('is never, before there was one, and now while it lasts', () => {
  const { pass, saved, start } = machine();
  const contact = start();
  expect(contact.lastAt).toBeNull();
  contact.ended();
  contact.lasts();
  expect([contact.lastAt, saved]).toEqual([null, []]);
  contact.began();
  pass(5_000);
  expect(contact.lastAt).toBe(NOON + 5_000);
});

it('is when the line went, however long ago, also for the processes that start after it', () => {
  const { pass, saved, start } = machine();
  const contact = start();
  contact.began();
  pass(1_000);
  contact.ended();
  expect(saved.at(-1)).toBe(NOON + 1_000);
  for (let restart = 0; restart < 3; restart += 1) {
    pass(20 * MINUTE_MS);
    expect(start().lastAt).toBe(NOON + 1_000);
  }
});

it('is on disk at most a minute old while it lasts, and written no more often: kill -9 takes no more', () => {
  const { pass, saved, start } = machine();
  const contact = start();
  contact.began();
  for (let second = 0; second < 300; second += 1) {
    pass(1_000);
    contact.lasts();
    expect(NOON + (second + 1) * 1_000 - saved.at(-1)!).toBeLessThan(MINUTE_MS);
  }
  expect(saved).toHaveLength(6);
  // Killed; the line went with it.
  pass(10 * MINUTE_MS);
  expect(start().lastAt).toBe(NOON + 275_000);
});

it('S5 is as long ago as it was when the clock is set meanwhile, back or ahead', () => {
  const { pass, set, start } = machine();
  const contact = start();
  contact.began();
  contact.ended();
  pass(10 * MINUTE_MS);
  for (const now of [NOON - 86_400_000, NOON + 86_400_000]) {
    set(now);
    expect(contact.lastAt).toBe(now - 10 * MINUTE_MS);
  }
});

it('S5 is never in the future: a clock that was set back while nothing ran counts from the start, and the next contact sets it right', () => {
  const { pass, set, saved, start } = machine();
  const first = start();
  first.began();
  first.ended();
  set(NOON - 3_600_000);
  const contact = start();
  pass(5 * MINUTE_MS);
  expect(contact.lastAt).toBe(NOON - 3_600_000);
  contact.began();
  expect(saved.at(-1)).toBe(NOON - 3_600_000 + 5 * MINUTE_MS);
});
