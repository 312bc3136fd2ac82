import { expect, it } from 'vitest';
import { timeLeft, urgencyOf } from './time-left.ts';

const MINUTE = 60_000;

it('says how urgent a task is, and how much time is left', () => {
  expect([null, 0, 59 * MINUTE, 61 * MINUTE].map((dueAt) => urgencyOf(dueAt, 0))).toEqual([
    'none',
    'late',
    'soon',
    'fine',
  ]);
  expect([5, -20, 60, 200, 60 * 40].map((minutes) => timeLeft(minutes * MINUTE, 0, 'en'))).toEqual([
    'in 5 minutes',
    '20 minutes ago',
    'in 60 minutes',
    'in 3 hours',
    'in 2 days',
  ]);
});
