import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { snapshot } from '#hub/db/snapshot.ts';
import { transaction } from '#hub/db/transaction.ts';
import { BEGIN_AVAILABILITY, requestRules } from '#test/support/availability.ts';
import {
  CHANNELS,
  facts,
  FACTS_AT,
  feeder,
  rules,
  RULES_AT,
  time,
  type Step,
} from '#test/support/availability-steps.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { HISTORIES_LIMIT, historyRuns } from '#test/support/long-form.ts';
import { rulesOf, SKUS } from '#test/support/rules-documents.ts';
import { findDrift } from '../engine/drift.ts';
import { sweepInbound } from '../engine/follow-inbound.ts';
import { requestJob, runJobs } from '../engine/recompute-jobs.ts';
import { sweepSilence } from '../engine/sweep-silence.ts';
import { updateDemand } from '../engine/update-demand.ts';
import { explain, type Explanation } from './explain.ts';
import { prunePast } from './prune-past.ts';

const DAY_MS = 86_400_000;

let database: TestDatabase;
const clock = { now: FACTS_AT };
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

type TimedStep =
  | Step
  /** Stores are looked at this long after their facts. */
  | { readonly kind: 'sweep'; readonly afterMs: number }
  | { readonly kind: 'demand'; readonly afterMs: number };

const timed: fc.Arbitrary<TimedStep[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: facts },
    { weight: 2, arbitrary: rules.map((rules): TimedStep => ({ kind: 'rules', rules })) },
    {
      weight: 3,
      arbitrary: fc
        .constantFrom(0, 400_000, 3_600_000, DAY_MS, 9 * DAY_MS, 90 * DAY_MS)
        .map((afterMs): TimedStep => ({ kind: 'sweep', afterMs })),
    },
    { weight: 2, arbitrary: time },
    {
      weight: 1,
      arbitrary: fc.constantFrom(DAY_MS, 30 * DAY_MS).map((afterMs): TimedStep => ({ kind: 'demand', afterMs })),
    },
  ),
  { minLength: 5, maxLength: 16 },
);

const HOUR_MS = 3_600_000;
/** What random histories seldom have together: a lag buffer, units on their way, and journals that lose something. */
const telling: TimedStep[] = [0, 1].flatMap((turn): TimedStep[] => {
  const channels = CHANNELS.map((code) => ({
    code,
    name: code,
    locations: ['S1', 'S2', 'S3', 'S4'],
    inboundHorizonHours: 200,
  }));
  const made = (kind: 'receipt' | 'sale' | 'transferOut', quantity: number) => ({ kind, sku: 'A', quantity, ms: turn });
  return [
    { kind: 'rules', rules: rulesOf({ channels, safetyStock: [{ id: 'all', units: turn }] }) },
    { kind: 'facts', location: 1, facts: [made('receipt', 50), made('sale', 9), made('transferOut', 1 + turn)] },
    { kind: 'sweep', afterMs: (1 + 10 * turn) * HOUR_MS },
    { kind: 'demand', afterMs: turn * HOUR_MS },
    { kind: 'sweep', afterMs: (9 + 10 * turn) * HOUR_MS },
  ];
});

async function take(step: TimedStep, feed: ReturnType<typeof feeder>): Promise<void> {
  const { pool } = database;
  if (step.kind === 'facts') await feed(step.location, step.facts);
  else if (step.kind === 'rules') await requestRules(pool, step.rules, RULES_AT);
  else if (step.kind === 'time') {
    clock.now = FACTS_AT + step.afterMs;
    await sweepInbound(pool, clock.now);
  } else if (step.kind === 'sweep') await sweepSilence(pool, FACTS_AT + step.afterMs);
  else {
    const seenAt = FACTS_AT + step.afterMs;
    await updateDemand(pool, seenAt);
    await transaction(pool, (client) => requestJob(client, { kind: 'demand', reason: 'test', seenAt }));
  }
  await runJobs(pool);
}

async function now(): Promise<number> {
  const { rows } = await database.pool.query<{ at: number }>(
    'SELECT (extract(epoch FROM clock_timestamp()) * 1000)::float8 AS at',
  );
  return rows[0]!.at;
}

async function stored(): Promise<Map<string, number>> {
  const { rows } = await database.pool.query<{ name: string; ats: number }>(`
    SELECT sku || ' ' || code AS name, coalesce(ats[channel_no], 0) AS ats
    FROM availability CROSS JOIN channels ORDER BY sku, channel_no`);
  return new Map(rows.map(({ name, ats }) => [name, ats]));
}

const explainAll = (at: number): Promise<Map<string, Explanation | undefined>> =>
  snapshot(database.pool, async (client) => {
    const all = new Map<string, Explanation | undefined>();
    for (const sku of SKUS)
      for (const channel of CHANNELS)
        all.set(`${sku} ${channel}`, await explain(client, { sku, channel, at, movementsMax: 3 }));
    return all;
  });

/** Watermarks by location and journal, of locations that the explanations speak of. */
const named = (all: ReadonlyMap<string, Explanation | undefined>): Map<string, number> =>
  new Map(
    [...all.values()]
      .flatMap((one) => one?.shelves.flatMap(({ watermarks }) => watermarks) ?? [])
      .map(({ journal, seq }): [string, number] => [String(journal), seq]),
  );

async function heldOf(journals: Iterable<string>): Promise<Map<string, number>> {
  const { rows } = await database.pool.query<{ journal: string; seq: number }>(
    'SELECT journal_no::text AS journal, watermark AS seq FROM journals WHERE journal_no::text = ANY($1) ORDER BY 1',
    [[...journals]],
  );
  return new Map(rows.map(({ journal, seq }) => [journal, seq]));
}

describe('explain', () => {
  it(
    'A1 gives the stored number with its terms and watermarks, now and for every past instant, also after those before a horizon are pruned',
    HISTORIES_LIMIT,
    async () => {
      let buffered = 0;
      let inbound = 0;
      let pruned = 0;
      await fc.assert(
        fc.asyncProperty(timed, fc.double({ min: 0, max: 0.99, noNaN: true }), async (steps, share) => {
          await database.pool.query(BEGIN_AVAILABILITY);
          clock.now = FACTS_AT;
          const feed = feeder(database.pool, { now: () => clock.now });
          const then: { at: number; explained: Map<string, Explanation | undefined> }[] = [];
          for (const step of steps) {
            await take(step, feed);
            const at = await now();
            const numbers = await stored();
            const explained = await explainAll(at);
            expect(named(explained)).toEqual(await heldOf(named(explained).keys()));
            for (const [name, ats] of numbers) expect([name, explained.get(name)?.ats ?? 0]).toEqual([name, ats]);
            expect(await snapshot(database.pool, (client) => findDrift(client))).toEqual({
              numbers: [],
              positions: [],
              behind: [],
              reserved: [],
            });
            buffered += [...explained.values()].filter((one) =>
              one?.shelves.some((shelf) => shelf.lagBuffer > 0),
            ).length;
            inbound += [...explained.values()].filter((one) => one !== undefined && one.inbound > 0).length;
            then.push({ at, explained });
          }
          for (const { at, explained } of then) expect(await explainAll(at)).toEqual(explained);
          const place = Math.floor(then.length * share);
          const horizon = then[place]!.at;
          pruned += await prunePast(database.pool, horizon);
          for (const { at } of then.slice(0, place))
            await expect(explainAll(at)).rejects.toMatchObject({ code: 'PAST_PRUNED' });
          for (const { at, explained } of then.slice(place)) expect(await explainAll(at)).toEqual(explained);
        }),
        { ...historyRuns(4), examples: [[telling, 0.99]] },
      );
      expect(pruned).toBeGreaterThan(0);
      expect(buffered).toBeGreaterThan(0);
      expect(inbound).toBeGreaterThan(0);
    },
  );
});
