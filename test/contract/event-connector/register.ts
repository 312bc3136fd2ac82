import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EventConnector } from '#hub/connectors/event/connector.ts';
import { startDeliveries } from '#hub/connectors/event/deliver.ts';
import { addEvents } from '#hub/outbox/add-events.ts';
import { setLevels } from '#hub/outbox/set-levels.ts';
import { Webhooks } from '#hub/outbox/webhooks.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { readEvent, type EventText } from '#test/support/event-text.ts';
import { Link } from '#test/support/link.ts';
import { EMPTY_OUTBOX } from '#test/support/webhooks.ts';

/** A receiver of one kind, behind a line that can be cut. */
export interface RunningReceiver {
  readonly port: number;
  /** Makes it known to the hub, which reaches it at this port. */
  enter(pool: Pool, port: number): Promise<number>;
  /** As a hub has it, with short waits. */
  connect(port: number): EventConnector;
  /** What of it the program that is killed gets beside the database. */
  programArguments(port: number): readonly string[];
  /** What it has kept, in the order in which it came, each id once. */
  kept(): Promise<readonly EventText[]>;
  stop(): Promise<void>;
}

export interface EventConnectorUnderTest {
  readonly name: string;
  /** Whether each event says what it is of. */
  readonly hasSubjects: boolean;
  /** Only what is sent is looked at: the rest is shown by another form of the same kind. */
  readonly onlyForm?: boolean;
  start(): Promise<RunningReceiver>;
}

const ORDERS = 7;
const SEED = Number(process.env['SEED'] ?? 20_261);

/** What every way by which events leave the hub has to show. */
export function registerEventTests(connector: EventConnectorUnderTest): void {
  const { name, hasSubjects, onlyForm = false } = connector;
  describe(name, () => {
    let database: TestDatabase;
    let receiver: RunningReceiver;
    let line: Link;
    let webhook: number;
    const port = () => Number(new URL(line.url).port);
    const stops: (() => Promise<unknown>)[] = [];

    beforeAll(async () => {
      database = await createTestDatabase({ max: 12 });
    });
    afterAll(() => database.drop());
    beforeEach(async () => {
      await database.pool.query(EMPTY_OUTBOX);
      receiver = await connector.start();
      line = new Link(receiver.port);
      await line.open();
      webhook = await receiver.enter(database.pool, port());
    });
    afterEach(async () => {
      for (const stop of stops.splice(0).toReversed()) await stop();
      await line.close();
      await receiver.stop();
    });

    const hub = () => {
      const part = startDeliveries({
        pool: database.pool,
        clock: systemClock,
        random: seededRandom(SEED),
        logger: silentLogger,
        connectors: [receiver.connect(port())],
        everyMs: 10,
        claimSeconds: 2,
      });
      stops.push(() => part.stop());
      return part;
    };
    let steps = 0;
    /** So many steps of orders, one after the other; an order's own come in their order. */
    const tell = async (count: number) => {
      for (let one = 0; one < count; one += 1) {
        steps += 1;
        const order = 1 + (steps % ORDERS);
        const data = { order, channel: 'web', channelOrderId: `o-${order}`, state: 'allocated', before: null };
        const event = { data: { ...data, act: `${steps}` }, correlationId: `story ${steps}`, occurredAt: steps };
        await addEvents(database.pool, 'order.changed', [event]);
      }
    };
    const level = (sku: string, available: number) =>
      setLevels(database.pool, 'availability.changed', [
        { subject: `web ${sku}`, item: { channel: 'web', sku, available }, isOver: false },
      ]);
    const kept = async () => (await receiver.kept()).map(readEvent);
    const idle = () =>
      expect.poll(async () => (await new Webhooks(database.pool, { toPrivate: true }).find(webhook)).waits).toBe(false);
    const dead = async () => (await database.pool.query(`SELECT FROM outbox_entries WHERE state = 'dead'`)).rowCount;
    /** Everything that was told is there once, and of each order in its order. */
    const expectAll = async (first: number) => {
      await idle();
      const events = (await kept()).filter(({ type }) => type === 'order.changed');
      const acts = events.map(({ data }) => Number(data['act']));
      expect(acts.toSorted((a, b) => a - b)).toEqual(Array.from({ length: steps - first }, (_, n) => first + n + 1));
      for (let order = 1; order <= ORDERS; order += 1) {
        const own = events.filter(({ data }) => data['order'] === order).map(({ data }) => Number(data['act']));
        expect(own).toEqual(own.toSorted((a, b) => a - b));
      }
      expect(await dead()).toBe(0);
    };

    it('sends what the AsyncAPI document says: orders, what channels may sell, and a trial', async () => {
      hub();
      const story = 'stöcke "100 %" €';
      const order = { order: 12, channel: 'web', channelOrderId: 'o-12', state: 'shipped', before: null, act: 'ship' };
      await addEvents(database.pool, 'order.changed', [{ data: order, correlationId: story, occurredAt: 86_400_000 }]);
      await idle();
      await level('A', 3);
      await idle();
      const webhooks = new Webhooks(database.pool, { toPrivate: true });
      await webhooks.ping(webhook, { by: 'me', correlationId: 'trial', now: 0 }, () => Promise.resolve());
      await idle();
      const events = await kept();
      expect(events.map(({ type, data }) => [type, data])).toEqual([
        ['order.changed', order],
        ['availability.changed', { items: [{ channel: 'web', sku: 'A', available: 3 }] }],
        ['webhook.ping', { webhook, by: 'me' }],
      ]);
      expect(events[0]).toMatchObject({ correlationId: story, time: '1970-01-02T00:00:00.000Z', sequence: 1 });
      expect(events.map(({ subject }) => subject)).toEqual([hasSubjects ? '12' : undefined, undefined, undefined]);
      expect(new Set(events.map(({ id }) => id)).size).toBe(3);
    });

    if (onlyForm) return;

    it('O1 O2 the receiver is away: what happens waits, no attempt makes a dead letter of it, and then all comes in order', async () => {
      const first = steps;
      line.cut();
      hub();
      await tell(40);
      await expect
        .poll(async () => (await new Webhooks(database.pool, { toPrivate: true }).find(webhook)).failures)
        .toBeGreaterThan(3);
      expect(await kept()).toEqual([]);
      line.heal();
      await expectAll(first);
    });

    it('O2 taken, but the answer is lost: the same comes again under its id', async () => {
      const first = steps;
      const part = hub();
      await tell(1);
      await idle();
      line.stall(['down']);
      await tell(20);
      await expect.poll(async () => (await kept()).length).toBeGreaterThan(1);
      line.cut();
      line.heal();
      await expectAll(first);
      await part.stop();
    });

    it(`S2 two hubs, a line that is cut again and again (SEED=${SEED}): nothing lost, nothing doubled, in order, the newest numbers`, async () => {
      const random = seededRandom(SEED);
      const first = steps;
      hub();
      hub();
      const last = new Map<string, number>();
      for (let round = 0; round < 12; round += 1) {
        await tell(10);
        for (const sku of ['A', 'B', 'C']) {
          last.set(sku, Math.floor(random() * 100));
          await level(sku, last.get(sku) ?? 0);
        }
        if (random() < 0.6) line.cut();
        else if (random() < 0.5) line.stall(['down']);
        await delay(random() * 60);
        line.cut();
        line.heal();
      }
      await expectAll(first);
      const said = new Map<string, { sequence: number; available: number }>();
      for (const { type, data, sequence } of await kept()) {
        if (type !== 'availability.changed') continue;
        for (const { sku, available } of data['items'] as { sku: string; available: number }[]) {
          if (sequence > (said.get(sku)?.sequence ?? 0)) said.set(sku, { sequence, available });
        }
      }
      expect(new Map([...said].map(([sku, { available }]) => [sku, available]))).toEqual(last);
    });

    it('O2 a hub that is killed while it sends: the next one sends the same, and nothing is lost', async () => {
      const first = steps;
      await tell(60);
      line.slow(2_000);
      const program = ['test/support/deliver-loop.ts', database.url, ...receiver.programArguments(port())];
      const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', ...program], { stdio: 'ignore' });
      stops.push(async () => child.kill('SIGKILL'));
      const sending = `SELECT FROM outbox_entries WHERE state = 'sending'`;
      await expect.poll(async () => (await database.pool.query(sending)).rowCount).toBeGreaterThan(0);
      await expect.poll(async () => (await kept()).length).toBeGreaterThan(0);
      child.kill('SIGKILL');
      await once(child, 'exit');
      expect((await database.pool.query(sending)).rowCount).toBeGreaterThan(0);
      line.cut();
      line.heal();
      hub();
      await expectAll(first);
    });
  });
}
