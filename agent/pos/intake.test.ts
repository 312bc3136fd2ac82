import { expect, it, onTestFinished } from 'vitest';
import { openEdgeStore } from '#test/support/edge-store.ts';
import { Intake } from './intake.ts';

const arrival = (kind: string, key: string, body: unknown) => {
  return { submission: { kind, key, body }, verbatim: () => `text of ${key}` };
};
const voidOf = (key: string, voids: string) => arrival('void', key, { voids, reason: 'mistake' });

it('F1 a void of a void that the journal knows is refused and kept; the void itself stands', async () => {
  const edge = await openEdgeStore();
  onTestFinished(() => edge[Symbol.asyncDispose]());
  const { intake } = edge.context;
  const sale = arrival('adjustment', 'a', { reason: 'test', lines: [{ sku: 'A-1', quantity: 1 }] });
  const first = [voidOf('v1', 'a'), sale, voidOf('v2', 'v1'), voidOf('self', 'self'), voidOf('early', 'later')];
  const statuses = async (given: typeof first) => (await intake.take('test', given)).map(({ status }) => status);
  expect(await statuses(first)).toEqual(['appended', 'appended', 'refused', 'refused', 'appended']);
  expect(await statuses([voidOf('v3', 'v1'), voidOf('v1', 'a')])).toEqual(['refused', 'duplicate']);
  expect((await edge.facts()).map(({ key }) => key)).toEqual(['v1', 'a', 'early']);
  const kept = (await edge.quarantined()).map(({ code, verbatim }) => `${code} ${verbatim}`);
  expect(kept.toSorted()).toEqual(['self', 'v2', 'v3'].map((key) => `VOID_OF_VOID text of ${key}`));
});

it('M7 a transfer of the store to itself is refused and kept, once the device knows its store', async () => {
  const appended: string[] = [];
  const kept: string[] = [];
  let own: string | undefined;
  const intake = new Intake({
    journal: {
      append: (drafts) => {
        appended.push(...drafts.map(({ key }) => key));
        return Promise.resolve(
          drafts.map(({ key }, place) => ({ status: 'appended', key, seq: place + 1, at: 1 }) as const),
        );
      },
    },
    quarantine: {
      keep: (drafts) => {
        kept.push(...drafts.map(({ code, verbatim }) => `${code} ${verbatim}`));
        return Promise.resolve();
      },
      corrected: () => Promise.resolve(),
    },
    unknownSkus: () => [],
    ownStore: () => own,
  });
  const lines = [{ sku: 'A-1', quantity: 1 }];
  const out = (key: string, to: string) => arrival('transferOut', key, { transfer: 'T1', to, lines });
  const into = (key: string, from: string) => arrival('transferIn', key, { transfer: 'T1', from, lines });
  await intake.take('test', [out('unknown', 'S1')]);
  own = 'S1';
  await intake.take('test', [out('o1', 'S1'), out('o2', 'S2'), into('i1', 'S1'), into('i2', 'S2')]);
  expect(appended).toEqual(['unknown', 'o2', 'i2']);
  expect(kept).toEqual(['TRANSFER_TO_ITSELF text of o1', 'TRANSFER_TO_ITSELF text of i1']);
});
