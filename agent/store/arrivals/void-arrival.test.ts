import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { ArrivalLine, ArrivalOrigin } from '#shared/agent-api/arrivals.ts';
import { digestOf } from '#shared/protocol/content.ts';
import { openEdgeStore, type EdgeStore } from '#test/support/edge-store.ts';
import { RxdbJournalLog } from '../journal-log-rxdb.ts';
import type { Store } from '../store.ts';
import type { SaidFact } from './arrival-facts.ts';

const TRANSFER: ArrivalOrigin = { kind: 'transfer', from: 'S02', transfer: 'T1' };
const LINES: readonly ArrivalLine[] = [
  { sku: 'A', units: 5, damaged: 2 },
  { sku: 'B', units: 1, damaged: 0 },
];

let edge: EdgeStore;
let store: Store;
beforeEach(async () => {
  edge = await openEdgeStore();
  store = edge.store;
});
afterEach(async () => {
  await edge[Symbol.asyncDispose]();
});

const said = async (facts: readonly SaidFact[], source = 'ui:Ada') => {
  const results = await store.journal.append(facts.map((fact) => ({ ...fact, source }) as never));
  return results.map(({ status }) => status);
};
async function arrived(origin = TRANSFER, lines = LINES): Promise<string> {
  const { id } = await store.arrivalDrafts.begin(origin, 'Ada', false);
  const { revision } = await store.arrivalDrafts.change(id, { revision: 1, lines: lines });
  return store.arrivalDrafts.confirm(id, { revision, final: false }, async (facts) => void (await said(facts)));
}
const voided = (key: string, by = `void-${key}`) =>
  store.journal.append([{ kind: 'void', key: by, source: 'ui:Ben', body: { voids: key, reason: 'mistaken' } }]);
const onHand = () => ['A', 'B'].map((sku) => store.stockView.onHand(sku));
const voids = async () =>
  (await store.journal.read(1, 100)).flatMap(({ kind, key, bodyText, correlationId, source }) =>
    kind === 'void' ? [{ key, voids: (JSON.parse(bodyText) as { voids: string }).voids, correlationId, source }] : [],
  );
const restarted = async () => {
  await edge.reopen();
  ({ store } = edge);
};

describe('an arrival that is taken back', () => {
  it('F1 M1 takes with it what was moved aside as damaged, in the same commit and the same story', async () => {
    const key = await arrived();
    expect(onHand()).toEqual([3, 1]);
    const commits: number[] = [];
    store.journal.onCommitted((facts) => commits.push(facts.length));
    await voided(key);
    await store.stockView.settled();
    expect(onHand()).toEqual([0, 0]);
    expect(commits).toEqual([2]);
    const story = { correlationId: `void-${key}`, source: 'ui:Ben' };
    expect(await voids()).toEqual([
      { key: `void-${key}`, voids: key, ...story },
      { key: `${key}-damage-void`, voids: `${key}-damage`, ...story },
    ]);
  });

  it('F4 once, said twice, by two, and after a restart', async () => {
    const key = await arrived();
    await restarted();
    await Promise.all([voided(key), voided(key), voided(key, 'another')]);
    await restarted();
    await voided(key);
    await store.stockView.settled();
    expect(onHand()).toEqual([0, 0]);
    expect((await voids()).filter((one) => one.voids === `${key}-damage`)).toHaveLength(1);
  });

  it('sets right, said again, what an agent that knew of the arrival alone has left', async () => {
    const key = await arrived();
    const { epoch, lastSeq } = store.journal;
    await store.journal.close();
    const body = { voids: key, reason: 'mistaken' };
    const digest = digestOf('void', JSON.stringify(body));
    const [last] = await store.journal.read(lastSeq, 1);
    const place = { epoch, seq: lastSeq + 1, at: last!.at + 1, offsetMs: 0 };
    const own = { ...place, kind: 'void', key: 'old', correlationId: 'old', source: 'ui:Ben', digest, body } as const;
    await new RxdbJournalLog(store.db.journal).appendGroup([own]);
    await restarted();
    expect(onHand()).toEqual([-2, 0]);
    expect((await voided(key, own.key)).map(({ status }) => status)).toEqual(['duplicate']);
    await store.stockView.settled();
    expect(onHand()).toEqual([0, 0]);
  });

  it('has nothing beside it that was not said: without damage, a delivery, the damage alone, a till', async () => {
    const whole = await arrived(TRANSFER, [{ sku: 'A', units: 5, damaged: 0 }]);
    await voided(whole);
    const delivery = await arrived({ kind: 'delivery', reference: 'LS-1' });
    await voided(delivery);
    const damage = await arrived({ ...TRANSFER, transfer: 'T2' });
    await voided(`${damage}-damage`);
    await said([{ kind: 'receipt', key: 'arrival-1', body: { lines: [{ sku: 'B', quantity: 1 }] } }], 'http:till');
    await voided('arrival-1');
    await store.stockView.settled();
    expect((await voids()).map((one) => one.voids)).toEqual([whole, delivery, `${damage}-damage`, 'arrival-1']);
    expect(onHand()).toEqual([5, 1]);
  });

  it('M1 also one that this journal does not have: it came at another device, or before what is still kept', async () => {
    const key = 'arrival-0b7f0f0e-7c9b-4f8c-9b0d-5d7a2f1f9a11';
    await voided(key);
    expect((await voids()).map((one) => one.voids)).toEqual([key, `${key}-damage`]);
    await said([
      { kind: 'transferIn', key, body: { transfer: 'T1', from: 'S02', lines: [{ sku: 'A', quantity: 5 }] } },
      {
        kind: 'adjustment',
        key: `${key}-damage`,
        body: { reason: 'late', lines: [{ sku: 'A', quantity: 2, condition: 'sellable', to: 'damaged' }] },
      },
    ]);
    await store.stockView.settled();
    expect(onHand()).toEqual([0, 0]);
  });
});
