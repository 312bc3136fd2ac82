import { expect, it } from 'vitest';
import { StepKeys } from './step-keys.ts';

it('F4 what is said again without an answer has its key, what follows it has not, and so is not taken for it', () => {
  let made = 0;
  const keys = new StepKeys(() => `key ${(made += 1)}`);
  const pick = { step: 'pick', body: { lines: [{ line: 'a', quantity: 1 }] } };
  expect([keys.of(pick), keys.of(structuredClone(pick))]).toEqual(['key 1', 'key 1']);
  // Its answer was lost, though it was taken: under its key the hand-over would be refused until the page is opened anew.
  expect(keys.of({ step: 'hand-over', body: {} })).toBe('key 2');
  keys.answered();
  expect(keys.of({ step: 'hand-over', body: {} })).toBe('key 3');
});
