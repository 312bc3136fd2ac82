import { beforeEach, expect, it } from 'vitest';
import { FirstPull } from './first-pull.ts';

let isKnown: boolean;
let again: number;
let first: FirstPull;
beforeEach(() => {
  isKnown = false;
  again = 0;
  const parts = { isKnown: () => isKnown, mark: () => (isKnown = true), pullAgain: () => (again += 1) };
  first = new FirstPull({ ...parts, mark: () => void parts.mark(), pullAgain: () => void parts.pullAgain() });
});

it('positions that come while facts are sent once more do not count, and are pulled again when all is acknowledged', () => {
  first.online({ lastSeq: 10, ackedSeq: 0, earlier: 0 });
  first.acked(4);
  first.pulled();
  first.acked(9);
  expect([isKnown, again]).toEqual([false, 0]);
  first.acked(10);
  first.acked(12);
  expect([isKnown, again]).toEqual([false, 1]);
  first.pulled();
  expect([isKnown, again]).toEqual([true, 1]);
});

it('nor do those that come while facts of an earlier epoch are moved up to be sent', () => {
  first.online({ lastSeq: 10, ackedSeq: 10, earlier: 1 });
  first.pulled();
  first.moved(15);
  expect([isKnown, again]).toEqual([false, 0]);
  first.acked(15);
  expect([isKnown, again]).toEqual([false, 1]);
  first.pulled();
  first.online({ lastSeq: 20, ackedSeq: 15, earlier: 1 });
  // Known already: what the store sells since is on top, as ever.
  first.pulled();
  expect([isKnown, again]).toEqual([true, 1]);
});

it('a connection that ends meanwhile leaves it to the next one', () => {
  first.online({ lastSeq: 10, ackedSeq: 0, earlier: 1 });
  first.pulled();
  first.online({ lastSeq: 10, ackedSeq: 10, earlier: 0 });
  first.pulled();
  expect([isKnown, again]).toEqual([true, 0]);
});
