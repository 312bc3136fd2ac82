import { expect, it, onTestFinished } from 'vitest';
import { openEdgeStore } from '#test/support/edge-store.ts';

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
