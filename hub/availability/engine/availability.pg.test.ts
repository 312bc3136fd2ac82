import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RulesDocument } from '#hub/availability/rules/rules-document.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { byFormula, storedNumbers } from '#test/support/availability-formula.ts';
import { BEGIN_AVAILABILITY, requestRules } from '#test/support/availability.ts';
import { CHANNELS, FACTS_AT, feeder, RULES_AT as AT, steps } from '#test/support/availability-steps.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { HISTORIES_LIMIT, historyRuns } from '#test/support/long-form.ts';
import { numbered, rulesOf } from '#test/support/rules-documents.ts';
import { findDrift } from './drift.ts';
import { sweepInbound } from './follow-inbound.ts';
import { runJobs } from './recompute-jobs.ts';

let database: TestDatabase;
const clock = { now: FACTS_AT };
beforeAll(async () => {
  database = await createTestDatabase({ max: 16 });
});
afterAll(() => database.drop());

const stored = () => storedNumbers(database.pool);
const formula = (document: RulesDocument | undefined) => byFormula(database.pool, document, clock.now);

/** Many allocations of the same units: what exists is divided, over and over, in every way. */
const dense: fc.Arbitrary<RulesDocument> = fc
  .array(
    fc.record({
      channel: fc.constantFrom(...CHANNELS),
      mode: fc.constantFrom('exclusive', 'exclusive', 'shared'),
      product: fc.constantFrom({}, {}, { sku: 'A' }),
      share: fc.oneof(
        fc.record({ units: fc.integer({ min: 1, max: 6 }) }),
        fc.record({ percent: fc.constantFrom(10, 25, 33.3) }),
      ),
    }),
    { minLength: 3, maxLength: 7 },
  )
  // More than 100 % in all is refused before it gets here.
  .filter(
    (list) =>
      list.reduce(
        (sum, { mode, share }) => sum + (mode === 'exclusive' && 'percent' in share ? share.percent : 0),
        0,
      ) <= 100,
  )
  .map((list) =>
    rulesOf({
      channels: CHANNELS.map((code) => ({ code, name: code, locations: ['S1', 'S2'] })),
      allocations: numbered(
        list.map(({ channel, mode, product, share }) => ({ channel, mode, ...product, ...share })),
        'a',
      ),
    }),
  );

const drift = () => snapshot(database.pool, (client) => findDrift(client));
const NONE = { numbers: [], positions: [], behind: [], reserved: [] };

describe('availability in SQL', () => {
  it(
    'A1 A2 equals the pure formula for every sku and channel, after each merge, each change of rules and as time goes by',
    HISTORIES_LIMIT,
    async () => {
      await fc.assert(
        fc.asyncProperty(steps, async (steps) => {
          await database.pool.query(BEGIN_AVAILABILITY);
          clock.now = FACTS_AT;
          const feed = feeder(database.pool, { now: () => clock.now });
          let document: RulesDocument | undefined;
          for (const step of steps) {
            if (step.kind === 'facts') await feed(step.location, step.facts);
            else if (step.kind === 'time') {
              clock.now = Math.max(clock.now, FACTS_AT + step.afterMs);
              await sweepInbound(database.pool, clock.now);
            } else {
              document = step.rules;
              await requestRules(database.pool, document, AT);
              await runJobs(database.pool);
              // The rules were looked at long before: what has come to pass since is due.
              await sweepInbound(database.pool, clock.now);
            }
            expect(await stored()).toEqual(await formula(document));
            expect(await drift()).toEqual(NONE);
          }
        }),
        historyRuns(25),
      );
    },
  );

  it('A2 exclusive parts never overlap, however many divide the same units', HISTORIES_LIMIT, async () => {
    await fc.assert(
      fc.asyncProperty(
        dense,
        fc.array(fc.integer({ min: 1, max: 15 }), { minLength: 3, maxLength: 5 }),
        async (document, counts) => {
          await database.pool.query(BEGIN_AVAILABILITY);
          const feed = feeder(database.pool);
          await requestRules(database.pool, document, AT);
          await runJobs(database.pool);
          for (const [place, quantity] of counts.entries()) {
            await feed(1 + (place % 2), [{ kind: 'count', sku: place < 3 ? 'A' : 'B', quantity, ms: place }]);
            await feed(1 + (place % 2), [{ kind: 'sale', sku: 'A', quantity: 1, ms: 40 }]);
            expect(await stored()).toEqual(await formula(document));
          }
          expect(await drift()).toEqual(NONE);
        },
      ),
      historyRuns(25),
    );
  });
});
