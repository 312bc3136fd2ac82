import { describe, expect, it } from 'vitest';
import { ManualClock } from '#test/support/manual-clock.ts';
import { UnderWay } from './under-way.ts';

const turn = () => new Promise((resolve) => void setImmediate(resolve));

describe('work under way', () => {
  it('has ended when all of it has, well or badly, also what came meanwhile', async () => {
    const underWay = new UnderWay(new ManualClock());
    const [first, second] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    let ended = false;
    underWay.add(first.promise);
    void underWay.ended(1_000).then(() => (ended = true));
    underWay.add(second.promise);
    first.reject(new Error('somebody else hears of it'));
    await turn();
    expect(ended).toBe(false);
    second.resolve();
    await turn();
    expect(ended).toBe(true);
  });

  it('is not waited for longer than the limit', async () => {
    const clock = new ManualClock();
    const underWay = new UnderWay(clock);
    underWay.add(new Promise(() => undefined));
    let ended = false;
    void underWay.ended(1_000).then(() => (ended = true));
    clock.pass(999);
    await turn();
    expect(ended).toBe(false);
    clock.pass(1);
    await turn();
    expect(ended).toBe(true);
  });
});
