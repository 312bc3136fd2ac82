import fc from 'fast-check';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findDrift } from '#hub/availability/engine/drift.ts';
import { sweepInbound } from '#hub/availability/engine/follow-inbound.ts';
import { runJobs } from '#hub/availability/engine/recompute-jobs.ts';
import { explain } from '#hub/availability/explain/explain.ts';
import type { RulesDocument } from '#hub/availability/rules/rules-document.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { byFormula, storedNumbers } from '#test/support/availability-formula.ts';
import { BEGIN_AVAILABILITY, requestRules } from '#test/support/availability.ts';
import {
  CHANNELS,
  entry,
  FACTS_AT,
  feeder,
  rules,
  RULES_AT,
  time,
  type Entry,
  type Step,
} from '#test/support/availability-steps.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { auditReservations, openReservationPool } from '#test/support/reservations.ts';
import { rulesOf, SKUS } from '#test/support/rules-documents.ts';
import type { Act } from './act.ts';
import { expireDue } from './expire.ts';
import { followSales } from './follow-sales.ts';
import { mendShortfalls } from './mend-shortfalls.ts';
import { createActs } from './perform-acts.ts';
import { reservationRequest } from './reservation.ts';
import { createReserve } from './reserve.ts';
import { fewestParcels } from './sourcing.ts';

const LONG = { timeout: 240_000 };
const RUNS = Number(process.env['HISTORIES'] ?? 5);
/** Explaining takes most of the time. */
const EXPLAINED_EVERY = 6;
const NO_DRIFT = { numbers: [], positions: [], behind: [], reserved: [] };

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = openReservationPool(database.url);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

type ReservationStep =
  | Step
  | {
      readonly kind: 'reserve';
      readonly channel: string;
      readonly mode: string;
      readonly lines: readonly { sku: string; units: number; location?: string | undefined }[];
    }
  /** On one of the reservations there are. */
  | { readonly kind: 'act'; readonly of: number; readonly act: Act }
  | { readonly kind: 'sweep'; readonly afterMs: number }
  | { readonly kind: 'mend' };

const lastOf = (list: readonly Entry[]): Entry => ({ kind: 'void', sku: 'A', quantity: 1, ms: list.at(-1)?.ms ?? 0 });
const partsOf = (list: readonly Entry[]): (readonly Entry[])[] =>
  list.length > 1 && list.at(-1)?.kind === 'void' ? [list.slice(0, -1), list.slice(-1)] : [list];
const named: fc.Arbitrary<Entry> = fc
  .tuple(entry, fc.nat(3))
  .map(([one, of]): Entry => ({ ...one, kind: 'sale', reservation: `r${of}` }));
const facts: fc.Arbitrary<ReservationStep> = fc.record({
  kind: fc.constant('facts'),
  location: fc.constantFrom(1, 2, 3, 4),
  facts: fc
    .array(fc.oneof(entry, named), { minLength: 1, maxLength: 5 })
    // Often the last one is taken back at once.
    .chain((list) => fc.boolean().map((voids) => (voids ? [...list, lastOf(list)] : list))),
});
const reserving: fc.Arbitrary<ReservationStep> = fc.record({
  kind: fc.constant('reserve'),
  channel: fc.constantFrom(...CHANNELS),
  mode: fc.constantFrom('all', 'partial', 'partial'),
  lines: fc.array(
    fc.record({
      sku: fc.constantFrom(...SKUS),
      units: fc.integer({ min: 1, max: 5 }),
      location: fc.option(fc.constantFrom('S1', 'S2'), { nil: undefined, freq: 4 }),
    }),
    { minLength: 1, maxLength: 3 },
  ),
});
const acting: fc.Arbitrary<ReservationStep> = fc.record({
  kind: fc.constant('act'),
  of: fc.nat(6),
  act: fc.oneof(
    fc.constantFrom<Act>(
      { kind: 'confirm' },
      { kind: 'release' },
      { kind: 'fulfil' },
      { kind: 'extend', ttlSeconds: 90 },
    ),
    fc
      .record({ line: fc.integer({ min: 1, max: 3 }), units: fc.integer({ min: 1, max: 3 }) })
      .map((line): Act => ({ kind: 'fulfil', lines: [line] })),
  ),
});
/** Often every channel sells what there is: else little can be reserved. */
const open = rulesOf({
  channels: CHANNELS.map((code) => ({ code, name: code, locations: ['S1', 'S2', 'S3', 'S4'] })),
});
const someRules = fc.oneof({ weight: 2, arbitrary: fc.constant(open) }, { weight: 1, arbitrary: rules });
/** Stock and rules first: else nothing can be reserved. */
const history: fc.Arbitrary<ReservationStep[]> = fc
  .tuple(
    fc.array(
      fc.record({
        location: fc.constantFrom(1, 2, 3, 4),
        sku: fc.constantFrom(...SKUS),
        quantity: fc.integer({ min: 3, max: 12 }),
      }),
      {
        minLength: 3,
        maxLength: 6,
      },
    ),
    someRules,
    fc.array(
      fc.oneof(
        { weight: 5, arbitrary: facts },
        { weight: 5, arbitrary: reserving },
        { weight: 3, arbitrary: acting },
        { weight: 1, arbitrary: someRules.map((rules): ReservationStep => ({ kind: 'rules', rules })) },
        { weight: 1, arbitrary: time },
        { weight: 1, arbitrary: fc.nat(120_000).map((afterMs): ReservationStep => ({ kind: 'sweep', afterMs })) },
        { weight: 1, arbitrary: fc.constant<ReservationStep>({ kind: 'mend' }) },
      ),
      { minLength: 10, maxLength: 20, size: 'max' },
    ),
  )
  .map(([stock, document, steps]) => [
    ...stock.map(({ location, sku, quantity }): ReservationStep => {
      return { kind: 'facts', location, facts: [{ kind: 'receipt', sku, quantity, ms: 0 }] };
    }),
    { kind: 'rules', rules: document },
    ...steps,
  ]);

const told = (location: number, ...list: Omit<Entry, 'ms'>[]): ReservationStep => {
  return { kind: 'facts', location, facts: list.map((one) => ({ ...one, ms: 1 })) };
};
const sold = (quantity: number, reservation?: string): Omit<Entry, 'ms'> => {
  return { kind: 'sale', sku: 'A', quantity, ...(reservation !== undefined && { reservation }) };
};
/** Whatever else is tried: units are held, handed over, taken back, and go elsewhere when they are not there any more. */
const EVENTFUL: ReservationStep[] = [
  told(1, { kind: 'receipt', sku: 'A', quantity: 9 }),
  { kind: 'rules', rules: open },
  { kind: 'reserve', channel: 'web', mode: 'all', lines: [{ sku: 'A', units: 5 }] },
  told(1, sold(2, 'r0')),
  told(1, sold(1, 'r0'), { kind: 'void', sku: 'A', quantity: 1 }),
  told(2, { kind: 'receipt', sku: 'A', quantity: 9 }),
  told(1, sold(5)),
];

async function now(): Promise<number> {
  const { rows } = await database.pool.query<{ at: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at',
  );
  return rows[0]!.at;
}

const explained = (at: number): Promise<Map<string, unknown>> =>
  snapshot(database.pool, async (client) => {
    const all = new Map<string, unknown>();
    for (const sku of SKUS)
      for (const channel of CHANNELS) {
        const one = await explain(client, { sku, channel, at, movementsMax: 2 });
        all.set(`${sku} ${channel}`, one && { ats: one.ats, shelves: one.shelves });
      }
    return all;
  });

describe('reservations among everything else that happens to stock', () => {
  it(
    'A1 R1 M6 numbers are what the formula gives of what is held, at every step, and are explained for every past instant',
    LONG,
    async () => {
      const seen = { granted: 0, handedOver: 0, moved: 0, takenBack: 0 };
      await fc.assert(
        fc.asyncProperty(history, async (steps) => {
          await database.pool.query(BEGIN_AVAILABILITY);
          const clock = { now: FACTS_AT };
          const at = () => clock.now;
          const feed = feeder(database.pool, { now: at, holds: followSales({ now: at }) });
          const reserve = createReserve({ pool, source: fewestParcels, now: at });
          const act = createActs(pool, fewestParcels, at);
          const made: number[] = [];
          const skus: string[] = [];
          const oversold: unknown[] = [];
          let document: RulesDocument | undefined;
          /** Sales name reservations that there are, and mostly sell what they hold. */
          const ofOneMade = (one: Entry): Entry => {
            if (one.reservation === undefined || made.length === 0) return one;
            const place = Number(one.reservation.slice(1)) % made.length;
            return { ...one, reservation: `r${place}`, sku: one.ms % 4 === 0 ? one.sku : (skus[place] ?? one.sku) };
          };
          const take = async (step: ReservationStep): Promise<void> => {
            switch (step.kind) {
              case 'facts':
                // A void in the end comes in a merge of its own.
                for (const part of partsOf(step.facts.map(ofOneMade))) await feed(step.location, part);
                return;
              case 'rules':
                document = step.rules;
                await requestRules(database.pool, document, RULES_AT);
                await runJobs(database.pool);
                await sweepInbound(database.pool, clock.now);
                return;
              case 'time':
                clock.now = Math.max(clock.now, FACTS_AT + step.afterMs);
                await sweepInbound(database.pool, clock.now);
                return;
              case 'reserve': {
                const lines = step.lines.map((line, place) => ({ ...line, line: place + 1 }));
                const { channel, mode } = step;
                const request = reservationRequest.parse({ channel, mode, lines, ttlSeconds: 60 });
                const before = await byFormula(database.pool, document, clock.now);
                const answer = await reserve({ ...request, key: `r${made.length}` }).catch(coded);
                if (answer === undefined) return;
                made.push(answer.reservation);
                skus.push(answer.lines.find(({ reserved }) => reserved > 0)?.sku ?? 'A');
                seen.granted += 1;
                for (const sku of SKUS) {
                  const own = answer.lines.filter((line) => line.sku === sku);
                  const held = own.reduce((sum, line) => sum + line.reserved, 0);
                  if (held > (before[`${sku} ${channel}`] ?? 0)) oversold.push({ step, before, answer });
                }
                return;
              }
              case 'act': {
                const reservation = made[step.of];
                if (reservation !== undefined) await act({ reservation, act: step.act }).catch(coded);
                return;
              }
              case 'sweep':
                clock.now += step.afterMs;
                await sweepInbound(database.pool, clock.now);
                await expireDue(pool, clock.now);
                return;
              case 'mend':
                await mendShortfalls(pool, fewestParcels, 0);
                return;
              default:
                step satisfies never;
            }
          };
          const then: { at: number; explained: Map<string, unknown> }[] = [];
          for (const [place, step] of steps.entries()) {
            await take(step);
            expect(oversold).toEqual([]);
            expect(await auditReservations(database.pool)).toEqual([]);
            const numbers = await storedNumbers(database.pool);
            expect(numbers).toEqual(await byFormula(database.pool, document, clock.now));
            expect(await snapshot(database.pool, (client) => findDrift(client))).toEqual(NO_DRIFT);
            if (place % EXPLAINED_EVERY !== 0 && place !== steps.length - 1) continue;
            const instant = await now();
            const all = await explained(instant);
            for (const [name, ats] of Object.entries(numbers)) {
              expect([name, (all.get(name) as { ats: number } | undefined)?.ats ?? 0]).toEqual([name, ats]);
            }
            then.push({ at: instant, explained: all });
          }
          for (const past of then) expect(await explained(past.at)).toEqual(past.explained);
          const { rows } = await database.pool.query<{ why: keyof typeof seen }>(
            'SELECT why::text AS why FROM reservation_moves',
          );
          for (const { why } of rows) if (why in seen) seen[why] += 1;
          const { rowCount } = await database.pool.query("SELECT FROM reservation_moves WHERE why = 'movedHere'");
          seen.moved += rowCount ?? 0;
        }),
        { numRuns: RUNS + 1, endOnFailure: true, examples: [[EVENTFUL]] },
      );
      expect(Object.entries(seen).filter(([, count]) => count === 0)).toEqual([]);
    },
  );
});

function coded(error: unknown): undefined {
  const { code } = error as { code?: string };
  if (code !== undefined && ['RESERVATION_SHORT', 'RESERVATION_ENDED', 'CONFLICT', 'NOT_FOUND'].includes(code))
    return undefined;
  throw error;
}
