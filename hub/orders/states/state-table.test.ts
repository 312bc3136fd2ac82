import { describe, expect, it } from 'vitest';
import { MILESTONES, ORDER_ACTS, ORDER_STATES, type OrderEvent, type OrderState } from './order-state.ts';
import { answerTo } from './state-table.ts';

const EVENTS: readonly OrderEvent[] = [...ORDER_ACTS, ...MILESTONES];

/** By state: the first two letters of the next one; `<` too early, `>` too late, `x` ended. */
const EXPECTED = `
            re va al po rd pi ry sh co ca rt
accept      va >  >  >  >  >  >  >  >  x  x
fault       re >  >  >  >  >  >  >  >  x  x
reserve     <  va al po rd pi pi >  >  x  x
wait        <  va al po rd pi ry >  >  x  x
post        <  <  po po rd pi ry sh co ca rt
pick        <  <  <  <  pi pi >  >  >  x  x
substitute  <  <  <  <  pi pi ry >  >  x  x
hand        <  <  pi pi pi pi ry >  >  x  x
short       <  va al po rd pi pi >  >  x  x
cancel      re va al po rd pi ry >  >  ca x
expire      <  <  <  <  <  <  ry >  >  x  x
pay         re va al po rd pi ry sh co ca rt
failPayment re va al po rd pi ry sh co ca rt
deliver     <  <  <  <  <  <  <  co co x  x
return      <  <  <  <  <  pi ry sh co x  x
edit        re va al po rd pi ry sh co ca rt
name        <  va al po rd pi ry >  >  x  x
allocate    <  al >  >  >  >  >  >  >  x  x
release     <  <  <  rd >  >  >  >  >  x  x
withhold    <  <  <  <  po >  >  >  >  x  x
pack        <  <  <  <  <  ry >  >  >  x  x
ship        <  <  <  <  <  sh sh >  >  x  x
fetch       <  <  <  <  <  co co >  >  x  x
empty       ca ca ca ca ca ca ca >  >  x  x
takeBack    <  <  <  <  <  rt rt rt rt x  x`;

const SHORT: Readonly<Record<OrderState, string>> = {
  received: 're',
  validated: 'va',
  allocated: 'al',
  posted: 'po',
  released: 'rd',
  picking: 'pi',
  ready: 'ry',
  shipped: 'sh',
  completed: 'co',
  cancelled: 'ca',
  returned: 'rt',
};
const REFUSED = { ORDER_TOO_EARLY: '<', ORDER_TOO_LATE: '>', ORDER_ENDED: 'x' };

const cells = EXPECTED.trim()
  .split('\n')
  .slice(1)
  .flatMap((row) => {
    const [event, ...columns] = row.trim().split(/ +/);
    return columns.map((cell, place) => ({ event: event as OrderEvent, state: ORDER_STATES[place]!, cell }));
  });

const nextOf = (state: OrderState, event: OrderEvent): OrderState | undefined => {
  const answer = answerTo(state, event);
  return 'next' in answer ? answer.next : undefined;
};

/** States that can follow by any events. */
function reachable(from: OrderState): Set<OrderState> {
  const found = new Set([from]);
  for (const state of found) {
    for (const event of EVENTS) {
      const next = nextOf(state, event);
      if (next !== undefined) found.add(next);
    }
  }
  return found;
}

describe('the table of states and events', () => {
  it('has every pair', () => {
    expect(cells).toHaveLength(ORDER_STATES.length * EVENTS.length);
    expect(new Set(cells.map(({ event }) => event))).toEqual(new Set(EVENTS));
  });

  it.each(cells)('$state x $event -> $cell', ({ state, event, cell }) => {
    const answer = answerTo(state, event);
    expect('next' in answer ? SHORT[answer.next] : REFUSED[answer.refused]).toBe(cell);
  });

  it('leads everywhere from the begin, and nowhere from the end', () => {
    expect(reachable('received')).toEqual(new Set(ORDER_STATES));
    expect(reachable('cancelled')).toEqual(new Set(['cancelled']));
    expect(reachable('returned')).toEqual(new Set(['returned']));
    expect(reachable('shipped')).toEqual(new Set(['shipped', 'completed', 'returned']));
  });

  it.each([
    ['received', 'accept', ['reserve']],
    ['validated', 'allocate', ['post', 'tell']],
    ['validated', 'reserve', ['confirm']],
    ['picking', 'reserve', ['confirm']],
    ['picking', 'short', ['release', 'reserve']],
    ['picking', 'substitute', ['release', 'holdSubstitutes', 'tell']],
    ['picking', 'hand', ['fulfil', 'release', 'tell']],
    ['picking', 'pack', ['tell']],
    ['ready', 'expire', ['release', 'refund', 'tell']],
    ['posted', 'cancel', ['release', 'refund', 'tell']],
    ['validated', 'empty', ['tell']],
    ['posted', 'empty', ['tell', 'unpost']],
    ['cancelled', 'pay', ['refund']],
    ['ready', 'failPayment', ['release', 'tell']],
    ['shipped', 'failPayment', ['release', 'tell', 'alarm']],
    ['completed', 'return', ['refund', 'tell']],
    ['shipped', 'deliver', ['tell']],
    ['picking', 'edit', ['release', 'reserve', 'alarm']],
  ] as const)('%s x %s asks for %j', (state, event, effects) => {
    expect(answerTo(state, event)).toMatchObject({ effects });
  });
});
