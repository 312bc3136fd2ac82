import { createPublicKey, verify } from 'node:crypto';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { lastContact } from '#agent/store/device.ts';
import { openStore, type Store } from '#agent/store/store.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { helloMessage } from '#shared/protocol/messages/hello.ts';
import { sleep, systemClock, type Clock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { adjustmentDraft } from '#test/support/facts.ts';
import { until } from '#test/support/edge-store.ts';
import { MiniHub } from '#test/support/mini-hub.ts';
import { adoptDeviceKey, loadDeviceKey, nextDeviceKey, type DeviceKey } from './device-key.ts';
import { startSync, type Sync } from './sync.ts';

/** What gives the hub its time, or waits for a person. */
const LIMITS_FROM_MS = 10_000;

/** Time runs as always, but back-off takes a hundredth of it, and limits run out only when the test says so. */
class TestClock implements Clock {
  now = () => systemClock.now();
  monotonic = () => systemClock.monotonic();
  /** From now on nothing runs out by itself. */
  stands = false;
  readonly #held = new Set<() => void>();

  after(delayMs: number, call: () => void): () => void {
    if (!this.stands && delayMs < LIMITS_FROM_MS) return systemClock.after(delayMs / 100, call);
    const held = () => call();
    this.#held.add(held);
    return () => this.#held.delete(held);
  }

  /** Limits that run. */
  get limits(): number {
    return this.#held.size;
  }

  runOut(): void {
    // One that ends may begin another, or cancel one of these.
    const due = [...this.#held];
    for (const held of due) if (this.#held.delete(held)) held();
  }
}

const NOON = 1_790_000_000_000;
const oneTo = (last: number) => Array.from({ length: last }, (_, place) => place + 1);

let hub: MiniHub;
let clock: TestClock;
let folder: string;
let store: Store;
let key: DeviceKey;
let sync: Sync | undefined;

beforeEach(async () => {
  hub = await MiniHub.start();
  clock = new TestClock();
  folder = mkdtempSync(join(tmpdir(), 'sync-'));
  nextDeviceKey(folder);
  adoptDeviceKey(folder);
  key = loadDeviceKey(folder);
  store = await openStore({ folder, logger: silentLogger, clock: systemClock });
  const identity = {
    device: 7,
    store: { code: 'S1', name: 'One' },
    hubUrl: hub.url,
    deviceName: 'till',
    enrolledAt: 1,
  };
  await store.device.update({ identity });
});

afterEach(async () => {
  await sync?.stop();
  sync = undefined;
  await store.close();
  await hub.close();
  rmSync(folder, { recursive: true, force: true });
});

function start(logger = silentLogger): Sync {
  sync = startSync({
    store,
    hubUrl: hub.url,
    deviceKey: key,
    clock,
    random: () => 0.5,
    logger,
    agentVersion: '0.1.0',
  });
  return sync;
}

async function append(first: number, last: number): Promise<void> {
  await store.journal.append(
    oneTo(last)
      .slice(first - 1)
      .map((n) => adjustmentDraft(`k${n}`)),
  );
}

const taken = () => hub.journals.get(store.journal.epoch) ?? [];
const keysTo = (last: number) => oneTo(last).map((n) => `k${n}`);
const arrived = (last: number) => expect.poll(taken, { interval: 5 }).toEqual(keysTo(last));
const phase = (name: string) => expect.poll(async () => (await sync?.status())?.phase, { interval: 5 }).toBe(name);

describe('sync over a real socket', () => {
  it('drains what was journaled offline, then sends live facts at once', async () => {
    await append(1, 3_000);
    start();
    await arrived(3_000);
    expect(Math.max(...hub.frames.map(({ bytes }) => bytes))).toBeLessThanOrEqual(64 * 1024);
    clock.stands = true;
    await append(3_001, 3_001);
    await arrived(3_001);
    await expect
      .poll(() => sync?.status())
      .toMatchObject({
        phase: 'online',
        ackedSeq: 3_001,
        backlog: 0,
        oldestUnsentAt: null,
        lastError: null,
        store: { code: 'S1' },
      });
    expect(store.device.marks.ackedSeq).toBe(3_001);
  });

  it('X1 proves itself by the signature of the nonce, and says where its journal stands', async () => {
    await append(1, 2);
    start();
    await phase('online');
    const [hello] = hub.hellos;
    expect(hello).toMatchObject({ protocol: 2, device: 7, epoch: store.journal.epoch, backlog: 2 });
    const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x: key.publicKey }, format: 'jwk' });
    const signature = Buffer.from(key.signHello('n', 7, 5), 'base64url');
    expect(verify(null, helloMessage('n', 7, 5), publicKey, signature)).toBe(true);
  });

  it('S1 S2 a hub that is silent, then cut, then back gets every fact once, in order', async () => {
    await append(1, 1_200);
    hub.pushes = 'silence';
    start();
    await phase('online');
    await expect.poll(() => hub.unanswered).toBe(hub.credit);
    // The answer's time is over: the connection is dropped and made again.
    clock.runOut();
    await expect.poll(() => hub.unanswered).toBe(2 * hub.credit);
    expect([(await sync?.status())?.ackedSeq, hub.hellos.length]).toEqual([0, 2]);
    hub.pushes = 'answer';
    clock.runOut();
    await append(1_201, 1_300);
    await expect.poll(() => taken().length).toBeGreaterThan(0);
    hub.cut();
    await append(1_301, 1_400);
    await arrived(1_400);
  });

  it("S1 the hub's watermark is believed, also when it is lower than what was acknowledged before", async () => {
    await append(1, 50);
    start();
    await arrived(50);
    hub.journals.set(store.journal.epoch, keysTo(20));
    hub.cut();
    await arrived(50);
    expect(hub.frames.at(-1)?.fromSeq).toBe(21);
  });

  it('S2 a hub that knows more than the journal gets a new epoch, with what it may not have', async () => {
    await append(1, 5);
    const { epoch } = store.journal;
    store.device.mark({ ackedSeq: 3 });
    hub.journals.set(epoch, keysTo(9));
    start();
    await expect.poll(() => store.journal.epoch).toBeGreaterThan(epoch);
    await expect.poll(taken).toEqual(['k4', 'k5']);
    await append(6, 6);
    await expect.poll(taken).toEqual(['k4', 'k5', 'k6']);
    expect(store.stockView.onHand('A-1')).toBe(6);
  });

  it('S2 F2 what the hub holds without its key may be another fact than the one of a restored journal', async () => {
    await append(1, 3);
    const { epoch } = store.journal;
    store.device.mark({ ackedSeq: 1 });
    hub.journals.set(epoch, ['k1', 'k2', 'a duplicate of before']);
    hub.duplicates.add(3);
    start();
    await expect.poll(() => store.journal.epoch).toBeGreaterThan(epoch);
    await expect.poll(taken).toEqual(['k2', 'k3']);
  });

  describe('with facts that were acknowledged in an earlier epoch', () => {
    let first: number;
    const all = () => [...hub.journals.values()].flat().sort();

    beforeEach(async () => {
      await append(1, 5);
      first = store.journal.epoch;
      store.device.mark({ ackedSeq: 3 });
      hub.journals.set(first, keysTo(9));
      start();
      await until(() => taken().join() === 'k4,k5');
    });

    const reconnect = async () => {
      const hellos = hub.hellos.length;
      hub.cut();
      await expect.poll(() => hub.hellos.length, { interval: 5 }).toBeGreaterThan(hellos);
      await phase('online');
      await new Promise((resolve) => setTimeout(resolve, 50));
    };

    it('S2 nothing of them is sent again as long as the hub has them', async () => {
      const frames = hub.frames.length;
      await reconnect();
      await reconnect();
      expect(hub.hellos.at(-1)?.earlier).toEqual([first]);
      expect([hub.frames.length, taken()]).toEqual([frames, ['k4', 'k5']]);
    });

    it('S2 a hub that was restored and knows neither epoch gets every fact back, once', async () => {
      hub.journals.clear();
      await reconnect();
      await expect.poll(all).toEqual(keysTo(5));
      await append(6, 6);
      await expect.poll(taken).toEqual(['k4', 'k5', 'k1', 'k2', 'k3', 'k6']);
      const frames = hub.frames.length;
      await reconnect();
      expect([hub.frames.length, hub.hellos.at(-1)?.earlier]).toEqual([frames, []]);
    });

    it('M1 S2 the view of stock counts none of them twice, since the positions of the restored hub come first', async () => {
      const place = { sku: 'A-1', damaged: 0, quarantined: 0, anchor: null, journal: 2 };
      hub.documents.positions.push({ ...place, onHand: 5, watermark: 2 });
      hub.changed('positions');
      await expect.poll(() => store.stockView.hubPosition('A-1')?.state.onHand).toBe(5);
      hub.journals.set(first, []);
      hub.journals.set(store.journal.epoch, []);
      hub.documents.positions.push({ ...place, onHand: 0, watermark: 0 });
      const seen: number[] = [];
      const watching = store.stockView.changes$.subscribe(() => seen.push(store.stockView.onHand('A-1')));
      await reconnect();
      await expect.poll(taken).toEqual(['k4', 'k5', 'k1', 'k2', 'k3']);
      await store.stockView.settled();
      watching.unsubscribe();
      expect([Math.max(...seen), store.stockView.onHand('A-1')]).toEqual([5, 5]);
    });

    it('S2 a stop while they move is no failure: nothing is told of it, and nothing waits to do it again', async () => {
      const told: string[] = [];
      await sync?.stop();
      start(pino({ level: 'warn' }, { write: (line: string) => void told.push(line) }));
      const moving = Promise.withResolvers<void>();
      const end = Promise.withResolvers<void>();
      let moves = 0;
      store.journal.moveUp = async () => {
        moves += 1;
        moving.resolve();
        await end.promise;
        throw new ShelfwireError('JOURNAL_CLOSED', 'The journal is closed.');
      };
      await moving.promise;
      await sync?.stop();
      end.resolve();
      await new Promise((resolve) => void setImmediate(resolve));
      expect([told.filter((line) => line.includes('earlier epoch')), clock.limits, moves]).toEqual([[], 0, 1]);
    });

    it('S2 a disk that refuses to move them is asked again in a minute', async () => {
      await sync?.stop();
      const moveUp = store.journal.moveUp.bind(store.journal);
      const refused = Promise.withResolvers<void>();
      hub.journals.clear();
      store.journal.moveUp = () => {
        refused.resolve();
        return Promise.reject(new ShelfwireError('STORAGE_FULL', 'The disk is full.'));
      };
      start();
      await refused.promise;
      store.journal.moveUp = moveUp;
      // The connection's, the report's and the one that is meant: nothing is asked that would be left without an answer.
      await until(() => clock.limits === 3);
      clock.runOut();
      await expect.poll(all, { interval: 5 }).toEqual(keysTo(5));
    });

    it('S2 also when the agent has forgotten what was acknowledged, and has begun nothing since', async () => {
      await sync?.stop();
      store.device.mark({ ackedSeq: 0 });
      hub.journals.clear();
      hub.journals.set(first, ['k1']);
      start();
      await expect.poll(all).toEqual(keysTo(5));
      expect(hub.journals.get(first)).toEqual(['k1']);
    });
  });

  it('F5 what the hub has set aside is shown to the store, once, with its line and reason, over a restart', async () => {
    hub.setAside.set('k2', 'FACT_AHEAD').set('k3', 'A_REASON_OF_TOMORROW');
    await append(1, 4);
    start();
    await arrived(4);
    await until(() => store.quarantine.countAtHub === 2);
    hub.journals.set(store.journal.epoch, ['k1']);
    hub.cut();
    await arrived(4);
    await sync?.stop();
    await store.close();
    store = await openStore({ folder, logger: silentLogger, clock: systemClock });
    expect([store.quarantine.count, store.quarantine.countAtHub]).toEqual([0, 2]);
    const { items } = await store.quarantine.list({ limit: 10 });
    expect(items.toSorted((a, b) => (a.id < b.id ? -1 : 1))).toMatchObject([
      { source: 'hub', code: 'FACT_AHEAD', detail: expect.stringContaining('"k2"') as string },
      { source: 'hub', code: 'FACT_INVALID', verbatim: expect.stringContaining('\tadjustment\tk3\t') as string },
    ]);
  });

  it('waits when the hub is busy, and shows why facts are not taken', async () => {
    hub.pushes = { code: 'HUB_BUSY', retryAfterMs: 500 };
    start();
    await append(1, 2);
    await expect.poll(async () => (await sync?.status())?.lastError?.code).toBe('HUB_BUSY');
    hub.pushes = 'answer';
    await arrived(2);
    await expect.poll(async () => (await sync?.status())?.lastError).toBeNull();
  });

  it('stops asking a hub that has revoked it, keeps journaling, and says what to do', async () => {
    start();
    await phase('online');
    hub.hello = { code: 'DEVICE_REVOKED' };
    hub.revoke();
    await phase('refused');
    await append(1, 3);
    expect(await sync?.status()).toMatchObject({ backlog: 3, lastError: { code: 'DEVICE_REVOKED' } });
    hub.hello = 'answer';
    clock.runOut();
    await arrived(3);
  });

  it('S6 signs nothing for a hub that serves no common protocol', async () => {
    hub.protocol = { oldest: 3, current: 4 };
    start();
    await phase('refused');
    expect([hub.hellos.length, (await sync?.status())?.lastError?.code]).toEqual([0, 'PROTOCOL_TOO_OLD']);
  });

  it("S5 measures the hub's clock at the handshake, keeps it, and gives it to facts", async () => {
    const hourMs = 3_600_000;
    // The way there and back takes a second in all.
    const times = [0, 1_000];
    clock.monotonic = () => times.shift() ?? 1_000;
    clock.now = () => NOON;
    hub.now = () => NOON + hourMs;
    start();
    await phase('online');
    const before = Date.now();
    await append(1, 1);
    const [fact] = await store.journal.read(1, 1);
    expect(fact?.offsetMs).toBe(hourMs + 500);
    expect(fact?.at).toBeGreaterThanOrEqual(before + hourMs + 500);
    expect(fact?.at).toBeLessThanOrEqual(Date.now() + hourMs + 500);
    expect(store.device.state.clock?.offsetMs).toBe(fact?.offsetMs);
  });

  it('S3 pulls what the hub has, follows hints, and catches up on hints that were lost', async () => {
    const product = (n: number) => ({
      sku: n === 3 ? '__proto__' : `P${n}`,
      name: `Product ${n}`,
      gtin: null,
      deleted: false,
    });
    hub.documents.products = oneTo(2_500).map(product);
    hub.documents.storeConfig = [{ name: 'constructor', value: { days: 3 }, store: 'S1' }];
    hub.factsPerPage = 700;
    start();
    await expect.poll(() => store.products.size).toBe(2_500);
    expect(store.products.get('__proto__')?.name).toBe('Product 3');
    expect(await store.db.storeConfig.find().exec()).toHaveLength(1);
    hub.documents.products.push({ ...product(1), deleted: true }, { ...product(2), name: 'New name' });
    hub.changed('products');
    await expect.poll(() => [store.products.size, store.products.get('P2')?.name]).toEqual([2_499, 'New name']);
    hub.cut();
    hub.documents.products.push(product(9_000));
    await expect.poll(() => store.products.get('P9000')?.name).toBe('Product 9000');
    expect(store.freshness().asOf).not.toBeNull();
  });

  it('M1 positions that come while its facts are sent to a hub that may hold them are not known to be right before those are acknowledged', async () => {
    await append(1, 3);
    hub.documents.positions.push({
      sku: 'A',
      onHand: 3,
      damaged: 0,
      quarantined: 0,
      anchor: null,
      journal: 1,
      watermark: 0,
    });
    hub.pushes = 'silence';
    start();
    await expect.poll(() => hub.unanswered, { interval: 5 }).toBe(1);
    // Those of the connection, the report, the push, and the four pulls, which begin when they like.
    await until(() => clock.limits === 7);
    // Pulls wait no longer; the push has had no answer, so there is another connection.
    clock.runOut();
    await expect.poll(() => store.stockView.hubPosition('A') !== null, { interval: 5 }).toBe(true);
    await expect.poll(() => hub.unanswered, { interval: 5 }).toBe(2);
    expect(store.freshness()).toEqual({ asOf: null, unsent: 3 });
    hub.pushes = 'answer';
    clock.runOut();
    await expect.poll(() => store.freshness().asOf !== null, { interval: 5 }).toBe(true);
    expect(store.freshness().unsent).toBe(0);
  });

  it('asks nothing while offline, stops at once all the same, and reports when it is back', async () => {
    const { url } = hub;
    await hub.close();
    start();
    await phase('backingOff');
    expect((await sync?.status())?.lastError?.code).toBe('HUB_UNREACHABLE');
    hub = await MiniHub.start(Number(new URL(url).port));
    await phase('online');
    await expect
      .poll(() => hub.reports[0])
      .toMatchObject({ lastSeq: 0, backlog: 0, quarantined: 0, agentVersion: '0.1.0' });
    await hub.close();
    await phase('backingOff');
    clock.stands = true;
    const before = performance.now();
    await sync?.stop();
    // RxDB tries a failed pull again after five seconds, by a clock of its own.
    expect(performance.now() - before).toBeLessThan(4_000);
    hub = await MiniHub.start();
  });

  it('says since when there is no connection, however often it is tried, over a restart and kill -9', async () => {
    const since = async () => (await sync?.status())?.since ?? Number.NaN;
    start();
    expect((await sync?.status())?.since).toBeNull();
    const began = Date.now();
    await phase('online');
    expect(await since()).toBeGreaterThanOrEqual(began);
    // What kill -9 leaves behind now.
    const image = mkdtempSync(join(tmpdir(), 'sync-image-'));
    onTestFinished(() => rmSync(image, { recursive: true }));
    cpSync(folder, image, { recursive: true });

    const before = Date.now();
    await hub.close();
    await phase('backingOff');
    const gone = await since();
    expect([gone >= before - 1, gone <= Date.now()]).toEqual([true, true]);
    // It is tried some times meanwhile.
    await sleep(systemClock, 100);
    expect(await since()).toBeCloseTo(gone, -1);
    await sync?.stop();
    await store.close();
    const killed = await openStore({ folder: image, logger: silentLogger, clock: systemClock });
    expect(lastContact(killed.device.marks)).toBeGreaterThanOrEqual(began);
    await killed.close();
    store = await openStore({ folder, logger: silentLogger, clock: systemClock });
    start();
    await phase('backingOff');
    expect(await since()).toBeCloseTo(gone, -1);
    hub = await MiniHub.start();
  });

  it('tells the log once that the hub is found, lost and found again', async () => {
    const lines: string[] = [];
    const logger = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
    const logged = () =>
      lines.map((line) => JSON.parse(line) as { msg: string; phase?: string; code?: string; store?: string });
    const said = () =>
      logged()
        .filter(({ msg }) => msg.includes('connected to the hub'))
        .map(({ code, store: name }) => code ?? name);
    start(logger);
    await phase('online');
    const { url } = hub;
    await hub.close();
    await expect.poll(() => logged().filter((line) => line.phase === 'connecting').length).toBeGreaterThan(5);
    hub = await MiniHub.start(Number(new URL(url).port));
    await phase('online');
    expect(said()).toEqual(['S1', 'HUB_UNREACHABLE', 'S1']);
  });

  it('does not start for a store that has not been enrolled', async () => {
    await store.device.update({ identity: null });
    expect(() => start()).toThrow(expect.objectContaining({ code: 'NOT_ENROLLED' }));
  });
});
