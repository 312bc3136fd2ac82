import { describe, expect, it } from 'vitest';
import type { DeviceState } from '#agent/store/device.ts';
import { digestOf } from '#shared/protocol/content.ts';
import type { FramedFact } from '#shared/protocol/frame.ts';
import { factsDigest, type Welcome } from '#shared/protocol/messages/hello.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { JournalStory } from './journal-story.ts';

const EPOCH = 1_790_000_000_000;

/** A journal of k1 to k3, of which the hub has acknowledged the first, on a disk that can be held up. */
function setup() {
  const begun: number[] = [];
  const held = { read: Promise.resolve(), begin: Promise.resolve() };
  const journal = {
    epoch: EPOCH,
    lastSeq: 3,
    prunedSeq: 0,
    async read(fromSeq: number, limit: number) {
      await held.read;
      const seqs = [1, 2, 3].slice(fromSeq - 1, fromSeq - 1 + limit);
      return seqs.map((seq) => ({ seq, key: `k${seq}`, kind: 'sale', bodyText: `body of k${seq}` }) as FramedFact);
    },
    async beginEpoch(afterSeq: number) {
      begun.push(afterSeq);
      await held.begin;
      journal.epoch += 1;
    },
  };
  const state = { journal: { epoch: EPOCH, prunedSeq: 0, moving: null } };
  const device = { state: state as DeviceState, marks: { ackedSeq: 1 } as DeviceState['marks'] };
  return { begun, held, journal, state, story: new JournalStory({ journal, device, logger: silentLogger }) };
}

function welcome(
  watermark: number,
  keys: readonly string[] = [],
  bodies: Readonly<Record<string, string>> = {},
): Welcome {
  const facts = keys.map((key) => ({ key, digest: digestOf('sale', bodies[key] ?? `body of ${key}`) }));
  return { watermark, held: { digest: factsDigest(facts), without: [] } } as unknown as Welcome;
}

describe('the story of hub and journal', () => {
  it('S2 is the same up to what is acknowledged, and beyond it by the facts', async () => {
    const { story, begun } = setup();
    expect(await story.isSame(welcome(0), EPOCH)).toBe(true);
    expect(await story.isSame(welcome(3, ['k2', 'k3']), EPOCH)).toBe(true);
    expect(await story.isSame(welcome(3, ['k2', 'x3']), EPOCH)).toBe(false);
    expect(begun).toEqual([1]);
  });

  it('S2 F4 a fact of the same key and another content is another fact', async () => {
    const { story, begun } = setup();
    expect(await story.isSame(welcome(3, ['k2', 'k3'], { k3: 'sold by the till that was restored' }), EPOCH)).toBe(
      false,
    );
    expect(begun).toEqual([1]);
  });

  it('S2 a welcome to another epoch says nothing of this one', async () => {
    const { story, begun } = setup();
    expect(await story.isSame(welcome(1), EPOCH - 1)).toBe(false);
    expect(begun).toEqual([]);
  });

  it('S1 S2 an epoch that is being begun is waited for: no connection goes on with the old one', async () => {
    const { story, begun, held } = setup();
    const disk = Promise.withResolvers<void>();
    held.begin = disk.promise;
    const first = story.isSame(welcome(9), EPOCH);
    await new Promise((resolve) => void setImmediate(resolve));
    // The hub has been restored meanwhile: what it says now would fit.
    const second = story.isSame(welcome(1), EPOCH);
    disk.resolve();
    expect([await first, await second, begun]).toEqual([false, false, [1]]);
  });

  it('S1 S2 a connection that has ended begins no epoch under the next', async () => {
    const { story, begun, held } = setup();
    const disk = Promise.withResolvers<void>();
    held.read = disk.promise;
    const first = story.isSame(welcome(3, ['x2', 'x3']), EPOCH);
    const second = story.isSame(welcome(1), EPOCH);
    expect(await second).toBe(true);
    disk.resolve();
    expect([await first, begun]).toEqual([false, []]);
  });

  it('F2 an epoch that is on disk and was not finished is finished first', async () => {
    const { story, begun, state } = setup();
    state.journal.epoch = EPOCH + 1;
    expect(await story.isSame(welcome(1), EPOCH)).toBe(false);
    expect(begun).toEqual([1]);
  });
});
