import { expect, it } from 'vitest';
import { compare, plainTitle } from './compare.ts';

it('blames an engine only for what the control passes, also when its run ended early', () => {
  const control = [
    { title: 'a', state: 'passed' },
    { title: 'b', state: 'failed', error: 'also here' },
    { title: 'c', state: 'passed' },
    { title: 'd', state: 'skipped' },
  ] as const;
  const engine = [
    { title: 'a', state: 'passed' },
    { title: 'b', state: 'failed' },
    { title: 'e', state: 'passed' },
  ] as const;
  const faults = compare(control, engine).map(({ title, control, engine, fault }) => [title, control, engine, fault]);
  expect(faults).toEqual([
    ['a', 'passed', 'passed', false],
    ['b', 'failed', 'failed', false],
    ['c', 'passed', 'absent', true],
    ['d', 'skipped', 'absent', false],
    ['e', 'absent', 'passed', false],
  ]);
});

it('takes the name of the storage out of titles', () => {
  expect(plainTitle('x (implementation: sqlite) > y', 'sqlite')).toBe('x (implementation) > y');
});
