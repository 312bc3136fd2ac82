import { describe, expect, it } from 'vitest';
import { itemSteps, type ItemEvent } from './item-steps.ts';

const moved = (at: number, units: number, isVoided = false): ItemEvent => ({
  at,
  moved: units,
  counted: null,
  isVoided,
});
const counted = (at: number, units: number, isVoided = false): ItemEvent => ({
  at,
  moved: 0,
  counted: units,
  isVoided,
});
const read = (events: ItemEvent[], onHand: number) => {
  const { steps, ...rest } = itemSteps(events, onHand);
  return { ...rest, changes: steps.map(({ change }) => change), after: steps.map(({ after }) => after) };
};

describe('the stock of one item after each event', () => {
  it('M2 begins with the first count, and says that nothing is known before it', () => {
    expect(read([moved(1, -2), counted(2, 10), moved(3, -3), counted(4, 6), moved(5, 4)], 10)).toEqual({
      changes: [-2, null, -3, -1, 4],
      after: [null, 10, 7, 6, 10],
      knownSince: 2,
      elsewhere: 0,
    });
  });

  it('is reckoned back from what is there now where nobody has counted', () => {
    expect(read([moved(1, 5), moved(2, -1)], 7)).toEqual({
      changes: [5, -1],
      after: [8, 7],
      knownSince: 1,
      elsewhere: 0,
    });
    expect(read([], 7)).toEqual({ changes: [], after: [], knownSince: null, elsewhere: 0 });
  });

  it('names what the events do not come to, and leaves out what was taken back', () => {
    expect(read([counted(1, 10), moved(2, -4, true), moved(3, -1), counted(4, 99, true)], 12)).toEqual({
      changes: [null, 0, -1, 0],
      after: [10, 10, 9, 9],
      knownSince: 1,
      elsewhere: 3,
    });
  });
});
