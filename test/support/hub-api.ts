import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { createApiKey } from '#hub/api/api-keys.ts';
import { createApi } from '#hub/api/app.ts';
import type { ApiParts } from '#hub/api/parts.ts';
import { apiRoutes } from '#hub/api/routes.ts';
import { followMoves } from '#hub/availability/engine/follow-moves.ts';
import { rulesPorts } from '#hub/availability/keep-current.ts';
import { Erps } from '#hub/connectors/erp/admin/erps.ts';
import { createCountDecisions } from '#hub/ledger/count-decisions.ts';
import { openPool } from '#hub/db/pool.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import { createQuarantineDecisions } from '#hub/ledger/release.ts';
import { createTransferSettlements } from '#hub/ledger/settlements.ts';
import { heldUntaken } from '#hub/connectors/orders/untaken-holds.ts';
import { noteOrdered } from '#hub/connectors/publishing/note-ordered.ts';
import { createMetrics } from '#hub/observability/metrics.ts';
import { createOrders } from '#hub/orders/orders.ts';
import { reservationHolds } from '#hub/orders/reservation-holds.ts';
import { Webhooks } from '#hub/outbox/webhooks.ts';
import { followSales } from '#hub/reservations/follow-sales.ts';
import { createReservations } from '#hub/reservations/reservations.ts';
import { canonicalContent } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { ReadFact } from '#shared/protocol/frame.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { channelParts } from './channel-parts.ts';
import { checkAnswer } from './check-answer.ts';
import { testSurroundings } from './erps.ts';
import { testInbound } from './inbound.ts';

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The answer's JSON, as a list when it is one. */
  readonly body: AnsweredBody;
}

export interface AnsweredBody {
  readonly [name: string]: unknown;
  readonly items: readonly Record<string, unknown>[];
  readonly next: string | null;
}

export interface CallOptions {
  readonly key?: string | null;
  readonly body?: unknown;
  /** Sent as it is instead of `body`. */
  readonly raw?: string | Uint8Array<ArrayBuffer>;
  readonly headers?: Record<string, string>;
  /** Of a POST; one of its own unless given, null sends none. */
  readonly idempotencyKey?: string | null;
}

/** The API on a port of its own, with a key of each scope. Every answer is held against what its route says of it. */
export interface RunningApi {
  /** Its keys are `reader-ID` and `writer-ID`. */
  readonly id: string;
  readonly url: string;
  readonly readKey: string;
  readonly writeKey: string;
  /** Calls with the write key unless told otherwise; `key: null` sends none. */
  call(method: string, path: string, options?: CallOptions): Promise<Answered>;
  stop(): Promise<void>;
}

const absent = () => Promise.reject(new ShelfwireError('INTERNAL', 'not part of this test'));

export async function startApi(pool: Pool, parts: Partial<ApiParts> = {}): Promise<RunningApi> {
  const observer = followMoves({ holds: followSales() });
  const reservationPool = openPool(pool.options.connectionString ?? '', {
    max: 4,
    applicationName: 'shelfwire-test-reservations',
    pipeline: true,
  });
  const reservations = createReservations(reservationPool);
  const holds = reservationHolds(pool, reservations);
  const channels = channelParts(pool);
  const whole: ApiParts = {
    pool,
    sync: { enrol: absent, createToken: absent, revokeDevice: absent },
    quarantine: createQuarantineDecisions(pool, observer),
    counts: createCountDecisions(pool, observer),
    transfers: createTransferSettlements(pool, observer),
    reservations,
    orders: createOrders({
      pool,
      now: () => new Date(),
      keepDays: { ended: 90, open: 365 },
      holds,
      logger: silentLogger,
      onTaken: noteOrdered,
      heldBefore: heldUntaken(pool, holds),
    }),
    webhooks: new Webhooks(pool, { toPrivate: true }),
    channelAccounts: channels.accounts,
    receiveWebhook: channels.receive,
    erps: new Erps(pool, testSurroundings(join(tmpdir(), `shelfwire-test-api-${process.pid}`))),
    inbound: testInbound(pool),
    metrics: createMetrics(),
    rules: rulesPorts(() => Date.now()),
    clock: systemClock,
    logger: silentLogger,
    version: '0.0.0-test',
    ...parts,
  };
  const routes = apiRoutes(whole);
  const app = createApi(whole);
  const server = createServer(app).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  // Its address may be that of one before, whose keys are still in the database.
  const id = randomUUID();
  const readKey = await createApiKey(pool, `reader-${id}`, ['read']);
  const writeKey = await createApiKey(pool, `writer-${id}`, ['write']);
  return {
    id,
    url,
    readKey,
    writeKey,
    async call(method, path, { key = writeKey, body, raw, headers = {}, idempotencyKey } = {}) {
      const act = idempotencyKey === undefined && method === 'POST' ? randomUUID() : idempotencyKey;
      const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
      const response = await fetch(url + path, {
        method,
        headers: {
          ...(key !== null && { Authorization: `Bearer ${key}` }),
          ...(sent !== undefined && { 'Content-Type': 'application/json' }),
          ...(typeof act === 'string' && { 'Idempotency-Key': act }),
          ...headers,
        },
        ...(sent !== undefined && { body: sent }),
      });
      const text = await response.text();
      checkAnswer(routes, method, path, { status: response.status, text });
      const isJson = response.headers.get('Content-Type')?.includes('json') === true;
      return { status: response.status, headers: response.headers, text, body: isJson ? JSON.parse(text) : {} };
    },
    async stop() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close').catch(() => undefined);
      await reservationPool.end();
    },
  };
}

/** A fact as it comes out of a frame. */
export function readFact(seq: number, at: number, kind: string, key: string, body: unknown): ReadFact {
  const content = canonicalContent(kind, body);
  return { ok: true, seq, at, offsetMs: 0, key, correlationId: key, source: 'http:till-1', ...content };
}

/** Merges facts of one journal, which go on from its watermark. */
export async function merge(pool: Pool, location: number, journal: number, facts: readonly ReadFact[]): Promise<void> {
  const [outcome] = await createLedger(pool, followMoves({ holds: followSales() })).merge([
    { location, journal, fromSeq: facts[0]!.seq, facts },
  ]);
  if (outcome!.gap) throw new Error('the facts of a test must not leave a gap');
}

/** Two stores, S1 with two devices, S2 with one; each device has a journal of the same number. */
export async function seedStores(pool: Pool): Promise<void> {
  await pool.query(`
    INSERT INTO locations (code, name) VALUES ('S1', 'One'), ('S2', 'Two');
    INSERT INTO devices (location_no, name, public_key)
      VALUES (1, 'a', decode(repeat('01', 32), 'hex')), (1, 'b', decode(repeat('02', 32), 'hex')),
             (2, 'c', decode(repeat('03', 32), 'hex'));
    INSERT INTO journals (device_no, epoch, location_no)
      VALUES (1, 1700000000000, 1), (2, 1700000000000, 1), (3, 1700000000000, 2);`);
}

export const line = (sku: string, quantity: number) => ({ sku, quantity, unitPriceMinor: 199 });
export const sale = (...lines: ReturnType<typeof line>[]) => ({ receiptNo: 'R', currency: 'EUR', lines });
export const plain = (...lines: { sku: string; quantity: number }[]) => ({ lines });
