import { expect, it } from 'vitest';
import { COLLECTIONS } from '#shared/protocol/messages/pull.ts';
import { ManualClock } from '#test/support/manual-clock.ts';
import type { Connection } from './link.ts';
import { PullGate } from './pull-gate.ts';

const EMPTY = { documents: [], checkpoint: { generation: 'g', position: '1', after: null, scanning: false } };

/** A hub that answers every pull at once. */
function answering(asked: string[]): Connection {
  const never = () => new Promise<never>(() => undefined);
  return {
    hello: never,
    push: never,
    status: never,
    view: never,
    otherStock: never,
    coming: never,
    pull: async ({ collection }) => {
      asked.push(collection);
      return { ok: true, value: { ...EMPTY, collection, complete: true } };
    },
    close: () => undefined,
  };
}

function pullAll(gate: PullGate): Promise<unknown> {
  return Promise.all(COLLECTIONS.map((collection) => gate.pull({ collection, checkpoint: null, limit: 10 })));
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

it('facts go first: pulls wait until the backlog is acknowledged', async () => {
  const asked: string[] = [];
  let draining = true;
  const gate = new PullGate(new ManualClock(), () => draining);
  gate.open(answering(asked));
  const pulled = pullAll(gate);
  await settled();
  expect(asked).toEqual([]);
  draining = false;
  gate.drained();
  await pulled;
  expect(asked).toEqual([...COLLECTIONS]);
});

it('a backlog that takes long does not hold pulls back for ever', async () => {
  const asked: string[] = [];
  const clock = new ManualClock();
  const gate = new PullGate(clock, () => true);
  gate.open(answering(asked));
  const pulled = pullAll(gate);
  await settled();
  clock.pass(9_999);
  await settled();
  expect(asked).toEqual([]);
  clock.pass(1);
  await pulled;
  expect(asked).toEqual([...COLLECTIONS]);
});
