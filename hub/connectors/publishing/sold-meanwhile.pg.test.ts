import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { seededRandom } from '#shared/runtime/random.ts';
import { beginChannels, channelHub } from '#test/support/channels.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { SignedReceiver } from '#test/support/emulators/signed-receiver.ts';
import { openReservationPool } from '#test/support/reservations.ts';
import { claimAccounts, type Claim } from './account-claims.ts';
import { beginCall, type FrozenCall } from './begin-call.ts';
import { endAnswered } from './end-call.ts';
import { forgetOrdered, giveUpInFlight, noteOrdered } from './note-ordered.ts';
import { noteLater } from './open-calls.ts';
import { chooseToRead, takeRead, type ToRead } from './read-back.ts';

/** Single calls are compared with what it says, feeds come over it; it applies what it takes at once, or later. */
type Kind = 'at once' | 'later';
const RUNS = Number(process.env['HISTORIES'] ?? 0);
const SEED = Number(process.env['SEED'] ?? 1_000);
const STEPS = 120;
const START = 60;
const ASKED = {
  shape: { name: 'levels', quota: 'messages', itemsMax: 10, cost: () => 1 },
  leaves: 0,
  looksAt: 1,
  limits: {},
  claimSeconds: 600,
  quota: {},
};

let database: TestDatabase;
let reservationPool: Pool;
let account: number;
beforeAll(async () => {
  database = await createTestDatabase();
  reservationPool = openReservationPool(database.url);
  await beginChannels(database.pool, { channels: ['shop'], skus: ['A'] });
  const channel = await SignedReceiver.start(seededRandom(1), { countsDown: true });
  account = await channelHub(database.pool, reservationPool).makeAccount('shop', channel);
  await channel.stop();
  await database.pool.query('UPDATE channel_accounts SET overwrites = true, orders_at = now()');
});
afterAll(async () => {
  await reservationPool.end();
  await database.drop();
});

type Outcome = 'taken' | 'accepted' | 'stale' | 'again' | 'doubt';

/** A channel with one listing, the hub beside it, and what happens between the two, one after the other as a seed has it. */
class History {
  readonly #kind: Kind;
  readonly #random: () => number;
  readonly #claim: Claim;
  says = START;
  /** What there is, as far as its orders are known. */
  stock = START;
  /** Accepted by the channel, and not applied. */
  readonly #coming: number[] = [];
  readonly #unknown: number[] = [];
  /** Known as orders that cannot be taken yet. */
  readonly #untaken: number[] = [];
  #call: { readonly call: FrozenCall; outcome?: Outcome } | undefined;
  #feed: { readonly call: FrozenCall; isDone: boolean } | undefined;
  #read: { readonly asked: ToRead[]; readonly says: number } | undefined;

  private constructor(kind: Kind, random: () => number, claim: Claim) {
    this.#kind = kind;
    this.#random = random;
    this.#claim = claim;
  }

  static async begin(kind: Kind, seed: number): Promise<History> {
    await database.pool.query(`
      DELETE FROM publications; DELETE FROM publication_calls;
      UPDATE channel_accounts SET claim = NULL, claimed_until = '-infinity', orders_known_to = NULL;
      INSERT INTO publications (account_no, channel_sku, sku, desired, desired_at, confirmed, must_read, due_at)
        SELECT account_no, 'A', 'A', ${START}, now(), ${START}, false, now() FROM channel_accounts`);
    const [claim] = await claimAccounts(database.pool, randomUUID(), { most: 1, seconds: 600, readEveryHours: null });
    return new History(kind, seededRandom(seed), claim!);
  }

  #below = (most: number): number => Math.floor(this.#random() * most);

  /** What may be sold is another number, by an order of so many units or by what happens in stores. */
  async #offer(units = 0): Promise<void> {
    const { pool } = database;
    const desired = Math.max(0, this.stock);
    await pool.query(
      `INSERT INTO availability (sku, ats) SELECT 'A', array_fill($1::int, ARRAY[max(channel_no)]) FROM channels
       ON CONFLICT (sku) DO UPDATE SET ats = excluded.ats`,
      [desired],
    );
    if (units > 0) await noteOrdered(pool, sold(units));
    await pool.query(
      `UPDATE publications SET desired = $1, due_at = CASE WHEN attempts > 0 THEN coalesce(due_at, now()) ELSE now() END, urgency = $2`,
      [desired, this.#below(2) * 2],
    );
  }

  async #begin(): Promise<FrozenCall | undefined> {
    const begun = await beginCall(database.pool, this.#claim, ASKED);
    return begun.kind === 'call' ? begun.call : undefined;
  }

  async #end(call: FrozenCall, outcome: Outcome): Promise<void> {
    const settlesMs = this.#kind === 'later' ? 60_000 : undefined;
    const parts = { pool: database.pool, random: () => 0, account, canRead: true, settlesMs };
    await endAnswered(parts, call, outcome === 'doubt' ? [] : ([{ channelSku: 'A', outcome }] as never));
  }

  #write(quantity: number): void {
    if (this.#kind === 'at once') this.says = quantity;
    else this.#coming.push(quantity);
  }

  readonly acts: Readonly<Record<string, () => Promise<void> | void>> = {
    sells: () => {
      const units = 1 + this.#below(3);
      if (this.says < units) return;
      this.says -= units;
      this.#unknown.push(units);
    },
    orderIsKnown: async () => {
      const [units] = this.#unknown.splice(this.#below(this.#unknown.length), 1);
      if (units === undefined) return;
      if (this.#below(4) === 0) this.#untaken.push(units);
      this.stock -= units;
      await this.#offer(units);
    },
    untakenIsTaken: async () => {
      const units = this.#untaken.pop();
      if (units === undefined) return;
      await forgetOrdered(database.pool, sold(units));
      await noteOrdered(database.pool, sold(units));
    },
    allAreKnown: async () => {
      while (this.#unknown.length > 0) await this.acts['orderIsKnown']!();
      await database.pool.query('UPDATE channel_accounts SET orders_known_to = clock_timestamp()');
    },
    storesSell: async () => {
      this.stock += this.#below(9) - 4;
      await this.#offer();
    },
    callIsFrozen: async () => {
      const call = this.#call === undefined ? await this.#begin() : undefined;
      if (call !== undefined) this.#call = { call };
    },
    callArrives: () => {
      if (this.#call === undefined || this.#call.outcome !== undefined) return;
      this.#call.outcome = this.#arrive(this.#call.call);
    },
    callEnds: async () => {
      if (this.#call?.outcome === undefined) return;
      const { call, outcome } = this.#call;
      this.#call = undefined;
      await this.#end(call, outcome);
    },
    feedIsSent: async () => {
      const call = this.#call === undefined && this.#feed === undefined ? await this.#begin() : undefined;
      if (call === undefined) return;
      this.#feed = { call, isDone: false };
      await noteLater(database.pool, account, call, { ticket: 't', afterMs: 1 });
    },
    feedIsWorkedAt: () => {
      if (this.#feed === undefined || this.#feed.isDone) return;
      this.#feed.isDone = true;
      this.#write(this.#feed.call.items[0]!.quantity);
    },
    feedEnds: async () => {
      if (this.#feed?.isDone !== true) return;
      const { call } = this.#feed;
      this.#feed = undefined;
      await this.#end(call, this.#kind === 'at once' ? 'taken' : 'accepted');
    },
    isApplied: () => {
      this.says = this.#coming.shift() ?? this.says;
    },
    isRead: async () => {
      const asked = await chooseToRead(database.pool, account, { most: 1, everyHours: null });
      if (asked.length > 0) this.#read ??= { asked, says: this.says };
    },
    readIsTaken: async () => {
      if (this.#read === undefined) return;
      const { asked, says } = this.#read;
      this.#read = undefined;
      const parts = { account, countsDown: true, random: () => 0 };
      await takeRead(database.pool, parts, asked, [{ channelSku: 'A', says }]);
    },
    anHourPasses: async () => {
      while (this.#coming.length > 0) await this.acts['isApplied']!();
      this.#read = undefined;
      await database.pool.query(`
        UPDATE publications SET applied_by = applied_by - interval '1 hour', settles_at = settles_at - interval '1 hour',
          in_flight_since = in_flight_since - interval '1 hour', due_at = due_at - interval '1 hour',
          passing = (SELECT jsonb_agg(jsonb_build_array(e -> 0, (e ->> 1)::float8 - 3600)) FROM jsonb_array_elements(passing) AS e);
        UPDATE channel_accounts SET orders_known_to = orders_known_to - interval '1 hour'`);
    },
    inFlightIsGivenUp: async () => void (await giveUpInFlight(database.pool)),
  };

  #arrive({ items }: FrozenCall): Outcome {
    const { quantity, changeFrom, settlingFrom = [] } = items[0]!;
    const luck = this.#random();
    if (luck < 0.15) return luck < 0.1 ? 'again' : 'doubt';
    // As Walmart's and Amazon's: the one compares with what is known only, the other with all that may show.
    const mayBe = changeFrom === null ? (this.#kind === 'later' ? settlingFrom : []) : [changeFrom];
    if (mayBe.length > 0 && !mayBe.includes(this.says)) return 'stale';
    this.#write(quantity);
    if (luck < 0.2) return 'doubt';
    return this.#kind === 'at once' ? 'taken' : 'accepted';
  }

  async happens(): Promise<void> {
    const names = [...Object.keys(this.acts), ...OFTEN];
    await this.acts[names[this.#below(names.length)]!]!();
  }

  /** All orders become known, all that is under way ends, and what must be read is: nothing is read for routine. */
  async settles(): Promise<void> {
    await this.acts['allAreKnown']!();
    for (let round = 0; round < 10; round += 1) {
      for (const act of LAST) await this.acts[act]!();
      await database.pool.query('UPDATE publications SET due_at = now() WHERE due_at IS NOT NULL');
      await this.acts['allAreKnown']!();
      if (round > 3) await this.acts['inFlightIsGivenUp']!();
    }
  }
}

const OFTEN = ['sells', 'orderIsKnown', 'callIsFrozen', 'callArrives', 'callEnds', 'isRead', 'readIsTaken'];
const READ = ['anHourPasses', 'isRead', 'readIsTaken'];
const CALL = ['callIsFrozen', 'callArrives', 'callEnds'];
const LAST = ['untakenIsTaken', 'callArrives', 'callEnds', 'feedIsWorkedAt', 'feedEnds', ...READ, ...CALL, ...READ];

const sold = (units: number) => ({ channel: 'shop', lines: [{ sku: 'A', units }] });

it.each<[Kind, number[]]>([
  ['at once', [1_002, 1_019, 1_217, 1_314, 1_653]],
  ['later', [1]],
])(
  'P1 P3 where feeds come over what is sold meanwhile, and numbers are applied %s: when all is known it says what there is',
  async (kind, known) => {
    const seeds = [...known, ...Array.from({ length: RUNS }, (_, run) => SEED + run)];
    const wrong: object[] = [];
    for (const seed of seeds) {
      const history = await History.begin(kind, seed);
      for (let step = 0; step < STEPS; step += 1) await history.happens();
      await history.settles();
      if (history.says !== Math.max(0, history.stock)) wrong.push({ seed, says: history.says, is: history.stock });
    }
    expect(wrong).toEqual([]);
  },
  20_000 + RUNS * 2_000,
);
