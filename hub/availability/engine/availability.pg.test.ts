import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileRules } from '#hub/availability/rules/compile-rules.ts';
import { channelLocations, exclusivesOf, limitsOf, safetyStockOf, sharedOf } from '#hub/availability/rules/resolve.ts';
import type { RulesDocument } from '#hub/availability/rules/rules-document.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { availableToSell, exclusiveParts } from '#shared/stock/ats.ts';
import { believe } from '#shared/stock/inbound.ts';
import { BEGIN_AVAILABILITY, requestRules } from '#test/support/availability.ts';
import { CHANNELS, FACTS_AT, feeder, RULES_AT as AT, steps } from '#test/support/availability-steps.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
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

/** Each sku and channel by the pure formula, from positions, transfers and rules alone. */
async function byFormula(document: RulesDocument | undefined): Promise<Record<string, number>> {
  const compiled = document && compileRules(document);
  const { rows } = await database.pool.query<{
    sku: string;
    location: string;
    on_hand: number;
    category: string | null;
  }>(
    `SELECT p.sku, l.code AS location, on_hand, category FROM positions p
     JOIN locations l USING (location_no) LEFT JOIN products USING (sku) ORDER BY p.sku, l.code`,
  );
  const sent = await database.pool.query<{
    sku: string;
    place: string;
    units: number;
    expectedAt: number | null;
    leftAt: number;
  }>(
    `SELECT sku, place, in_transit AS units, expected_at AS "expectedAt", (
       SELECT max(at) FROM transfer_entries e WHERE e.transfer_no = l.transfer_no AND e.sku = l.sku AND e.place = l.place
         AND NOT incoming AND NOT voided) AS "leftAt"
     FROM transfer_lines l WHERE in_transit > 0`,
  );
  const numbers: Record<string, number> = {};
  const inboundOf = (code: string, sku: string): number => {
    const horizonHours = document!.channels.find((channel) => channel.code === code)!.inboundHorizonHours;
    const rule = { horizonHours, transitHours: document!.transitHours };
    return sent.rows
      .filter((row) => row.sku === sku && channelLocations(compiled!, code).includes(row.place))
      .filter((row) => believe(row, rule, clock.now) === 'counted')
      .reduce((sum, { units }) => sum + units, 0);
  };
  for (const [sku, shelves] of Map.groupBy(rows, (row) => row.sku)) {
    for (const code of compiled ? CHANNELS : []) {
      const asked = { sku, category: shelves[0]!.category, channel: code, at: AT };
      const limits = limitsOf(compiled!, asked);
      const given = shelves
        .filter(({ location }) => channelLocations(compiled!, code).includes(location))
        .map(({ location, on_hand: onHand }) => ({
          location,
          onHand,
          reserved: 0,
          safetyStock: safetyStockOf(compiled!, { ...asked, location }).units,
          lagBuffer: 0,
          recordBuffer: 0,
          exclusives: exclusivesOf(compiled!, { ...asked, location }),
          shared: sharedOf(compiled!, { ...asked, location })?.share,
        }));
      for (const shelf of given) {
        const base = Math.max(0, shelf.onHand);
        const taken = exclusiveParts(base, shelf.exclusives).reduce((sum, part) => sum + part, 0);
        expect(taken).toBeLessThanOrEqual(base);
      }
      numbers[`${sku} ${code}`] = availableToSell(code, given, {
        inbound: inboundOf(code, sku),
        holdback: limits.holdback.units,
        cap: limits.cap.units,
        minPublish: limits.minPublish.units,
      }).ats;
    }
  }
  return numbers;
}

async function stored(): Promise<Record<string, number>> {
  const { rows } = await database.pool.query<{ name: string; ats: number }>(`
    SELECT sku || ' ' || code AS name, coalesce(ats[channel_no], 0) AS ats
    FROM availability CROSS JOIN channels ORDER BY sku, channel_no`);
  return Object.fromEntries(rows.map(({ name, ats }) => [name, ats]));
}

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
  it('A1 A2 equals the pure formula for every sku and channel, after each merge, each change of rules and as time goes by', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (steps) => {
        await database.pool.query(BEGIN_AVAILABILITY);
        clock.now = FACTS_AT;
        const feed = feeder(database.pool, () => clock.now);
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
          expect(await stored()).toEqual(await byFormula(document));
          expect(await drift()).toEqual(NONE);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('A2 exclusive parts never overlap, however many divide the same units', async () => {
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
            expect(await stored()).toEqual(await byFormula(document));
          }
          expect(await drift()).toEqual(NONE);
        },
      ),
      { numRuns: 40 },
    );
  });
});
