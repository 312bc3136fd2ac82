import { expect, it } from 'vitest';
import { correlationIdFrom, toCorrelationHeader } from './correlation.ts';

it.each([
  ['story-1', 'story-1'],
  ['50 % off', '50 % off'],
  [undefined, undefined],
  ['', undefined],
  ['x'.repeat(200), undefined],
])('the correlation id of header %j is %j', (header, id) => {
  expect(correlationIdFrom(header)).toBe(id);
});

it('an id comes back as it was given; in another script it comes back escaped', () => {
  expect(toCorrelationHeader('50 % off')).toBe('50 % off');
  expect(toCorrelationHeader('façade')).toBe('fa%C3%A7ade');
});
