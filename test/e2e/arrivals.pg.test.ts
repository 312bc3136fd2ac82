import { sign } from 'node:crypto';
import { afterAll, beforeAll, expect, it, onTestFinished } from 'vitest';
import { OnTheWay } from '#agent/store/arrivals/on-the-way.ts';
import { OtherStores } from '#agent/store/items/other-stores.ts';
import { startSync } from '#agent/sync/sync.ts';
import { followMoves } from '#hub/availability/engine/follow-moves.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import { helloMessage } from '#shared/protocol/messages/hello.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { openEdgeStore, until } from '#test/support/edge-store.ts';
import { enrolDevice, publicKeyOf } from '#test/support/raw-agent.ts';
import { RunningSync } from '#test/support/running-sync.ts';

let database: TestDatabase;
let hub: RunningSync;
beforeAll(async () => {
  database = await createTestDatabase({ max: 12 });
  hub = await RunningSync.start(database.pool, { ledger: createLedger(database.pool, followMoves()) });
});
afterAll(async () => {
  await hub.stop();
  await database.drop();
});

/** A real agent of a store, over a real socket. */
async function storeOf(code: string) {
  const device = await enrolDevice(database.pool, code);
  const edge = await openEdgeStore();
  onTestFinished(() => edge[Symbol.asyncDispose]());
  const { store } = edge;
  const identity = { device: device.device, store: { code, name: code }, hubUrl: hub.url, deviceName: code };
  await store.device.update({ identity: { ...identity, enrolledAt: 1 } });
  const signHello = (nonce: string, number: number, epoch: number) =>
    sign(null, helloMessage(nonce, number, epoch), device.key).toString('base64url');
  const goOnline = async () => {
    const sync = startSync({
      store,
      hubUrl: hub.url,
      deviceKey: { publicKey: publicKeyOf(device.key), signHello },
      clock: systemClock,
      random: () => 0.5,
      logger: silentLogger,
      agentVersion: 'test',
    });
    onTestFinished(() => sync.stop());
    await until(async () => (await sync.status()).phase === 'online');
    return sync;
  };
  const say = (kind: string, key: string, body: object) =>
    edge.context.intake.take('test', [{ submission: { kind, key, body }, verbatim: () => '' }]);
  return { edge, store, goOnline, say };
}

it('M7 a store sees what another has sent it, also when it is offline again, with its own receipts on top', async () => {
  const sender = await storeOf('S1');
  await sender.say('transferOut', 'out', { transfer: 'T1', to: 'S2', lines: [{ sku: 'A', quantity: 5 }] });
  await sender.say('receipt', 'in', { lines: [{ sku: 'B', quantity: 7 }] });
  const sending = await sender.goOnline();
  await until(async () => (await sending.status()).backlog === 0);
  // One store at a time: RxDB's free form has no room for two in a process.
  await sending.stop();
  await sender.edge[Symbol.asyncDispose]();
  const receiver = await storeOf('S2');

  const { edge, store } = receiver;
  let sync: Awaited<ReturnType<typeof receiver.goOnline>> | undefined = await receiver.goOnline();
  const ask = () => sync!.questions;
  const parts = { folder: edge.folder, arrivals: store.ownArrivals, device: store.device };
  const onTheWay = new OnTheWay({ ...parts, ask: () => ask().coming() });
  const others = { folder: edge.folder, clock: systemClock, ask: (sku: string) => ask().otherStock(sku) };
  await onTheWay.refresh();
  expect(await onTheWay.list()).toMatchObject({
    more: 0,
    problem: null,
    transfers: [{ from: 'S1', transfer: 'T1', lines: [{ sku: 'A', sent: 5, coming: 5 }] }],
  });
  expect(await new OtherStores(others).read('B')).toMatchObject({
    problem: null,
    answer: { stores: [{ code: 'S1', units: 7 }] },
  });

  await sync.stop();
  // Received while nobody hears of it, and after a restart nothing but the disk is known.
  await receiver.say('transferIn', 'part', { transfer: 'T1', from: 'S1', lines: [{ sku: 'A', quantity: 2 }] });
  const restarted = new OnTheWay({ ...parts, ask: () => ask().coming() });
  await restarted.refresh();
  expect(await restarted.list()).toMatchObject({
    problem: { code: 'HUB_UNREACHABLE' },
    transfers: [{ lines: [{ received: 2, coming: 3 }] }],
  });
  const later = { ...others, clock: { now: () => systemClock.now() + 60_000 } };
  const remembered = await new OtherStores(later).read('B');
  expect(remembered).toMatchObject({ problem: { code: 'HUB_UNREACHABLE' }, answer: { stores: [{ units: 7 }] } });
  expect(await new OtherStores(others).read('C')).toMatchObject({ answer: null, problem: { code: 'HUB_UNREACHABLE' } });

  // Heard of: the same, and not twice.
  sync = await receiver.goOnline();
  await until(async () => (await sync.status()).backlog === 0);
  await restarted.refresh();
  expect(await restarted.list()).toMatchObject({ problem: null, transfers: [{ lines: [{ received: 2, coming: 3 }] }] });
  await receiver.say('transferIn', 'rest', {
    transfer: 'T1',
    from: 'S1',
    final: true,
    lines: [{ sku: 'A', quantity: 1 }],
  });
  expect((await restarted.list()).transfers).toEqual([]);
});

it('M1 an arrival that is taken back leaves nothing at the hub, whether it had heard of the damage before or not', async () => {
  const { edge, store, goOnline, say } = await storeOf('S3');
  const arrived = async (transfer: string) => {
    const { id } = await store.arrivalDrafts.begin({ kind: 'transfer', from: 'S1', transfer }, 'Ada', false);
    const { revision } = await store.arrivalDrafts.change(id, {
      revision: 1,
      lines: [{ sku: 'D', units: 5, damaged: 2 }],
    });
    return store.arrivalDrafts.confirm(id, { revision, final: false }, async (facts) => {
      for (const { kind, key, body } of facts) await say(kind, key, body);
    });
  };
  const takeBack = (key: string) => say('void', `void-${key}`, { voids: key, reason: 'mistaken' });
  const position = async () =>
    (
      await database.pool.query<{ on_hand: number; damaged: number }>(
        `SELECT on_hand, damaged FROM positions JOIN locations USING (location_no) WHERE code = 'S3' AND sku = 'D'`,
      )
    ).rows;
  const sent = (sync: Awaited<ReturnType<typeof goOnline>>) =>
    until(async () => (await sync.status()).backlog === 0 && store.stockView.hubPosition('D') !== null);

  const known = await arrived('T8');
  const unheard = await arrived('T9');
  await takeBack(unheard);
  const sync = await goOnline();
  await sent(sync);
  expect(await position()).toEqual([{ on_hand: 3, damaged: 2 }]);
  await takeBack(known);
  await takeBack(known);
  await sent(sync);
  expect(await position()).toEqual([{ on_hand: 0, damaged: 0 }]);
  await until(() => store.stockView.hubPosition('D')?.state.onHand === 0 && store.stockView.onHand('D') === 0);
  await sync.stop();
  await edge[Symbol.asyncDispose]();
});
