import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { compileRules } from '#hub/availability/rules/compile-rules.ts';
import { channelLocations, exclusivesOf, limitsOf, safetyStockOf, sharedOf } from '#hub/availability/rules/resolve.ts';
import type { RulesDocument } from '#hub/availability/rules/rules-document.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import type { Ledger } from '#hub/ledger/incoming.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import { availableToSell, exclusiveParts } from '#shared/stock/ats.ts';
import { BEGIN_AVAILABILITY, requestRules } from '#test/support/availability.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { line, plain, readFact, sale } from '#test/support/hub-api.ts';
import { GROUPS, LOCATIONS, numbered, place, product, rulesOf, SKUS, validity } from '#test/support/rules-documents.ts';
import { findDrift } from './drift.ts';
import { followMoves } from './follow-moves.ts';
import { runJobs } from './recompute-jobs.ts';

const CHANNELS = ['web', 'amazon', 'ebay'] as const;
const AT = Date.parse('2026-03-03T12:00:00Z');

let database: TestDatabase;
let ledger: Ledger;
beforeAll(async () => {
  database = await createTestDatabase({ max: 16 });
  ledger = createLedger(database.pool, followMoves());
});
afterAll(() => database.drop());

const channel = fc.constantFrom(...CHANNELS);
const few = fc.integer({ min: 0, max: 8 });
const share = fc.oneof(fc.record({ units: few }), fc.record({ percent: fc.constantFrom(0, 10, 25, 33.3, 50) }));
const all = (...parts: fc.Arbitrary<object>[]) =>
  fc.tuple(...parts).map((list) => Object.assign({}, ...list) as object);
const maybeUnits = (name: string) =>
  fc.option(few, { nil: undefined }).map((n) => (n === undefined ? {} : { [name]: n }));

/** Any rules; two may speak of the same, then the first of equal rank counts. */
const rules: fc.Arbitrary<RulesDocument> = fc
  .record({
    channels: fc.tuple(
      ...CHANNELS.map((code) =>
        all(
          fc.record({ locations: fc.subarray([...LOCATIONS]), groups: fc.subarray(['north', 'south']) }),
          maybeUnits('holdback'),
          maybeUnits('cap'),
          maybeUnits('minPublish'),
        ).map((rest) => ({ code, name: code, ...rest })),
      ),
    ),
    safetyStock: fc.array(
      all(
        product,
        place,
        validity,
        fc.record({ units: few }),
        fc.option(channel).map((c) => (c ? { channel: c } : {})),
      ),
      { maxLength: 6 },
    ),
    limits: fc.array(
      all(
        product,
        validity,
        channel.map((c) => ({ channel: c })),
        maybeUnits('holdback'),
        maybeUnits('cap'),
        maybeUnits('minPublish'),
      ),
      { maxLength: 5 },
    ),
    allocations: fc.array(
      all(product, place, validity, share, fc.record({ channel, mode: fc.constantFrom('exclusive', 'shared') })),
      { maxLength: 6 },
    ),
  })
  .map((parts) =>
    rulesOf({
      groups: GROUPS,
      ...parts,
      safetyStock: numbered(parts.safetyStock, 's'),
      limits: numbered(parts.limits, 'l'),
      allocations: numbered(parts.allocations, 'a'),
    }),
  );

type Step =
  | { readonly kind: 'facts'; readonly location: number; readonly facts: readonly Entry[] }
  | { readonly kind: 'rules'; readonly rules: RulesDocument };
interface Entry {
  readonly kind: 'sale' | 'receipt' | 'count' | 'void';
  readonly sku: string;
  readonly quantity: number;
  readonly ms: number;
}
const entry: fc.Arbitrary<Entry> = fc.record({
  kind: fc.constantFrom('sale', 'sale', 'receipt', 'count', 'void'),
  sku: fc.constantFrom(...SKUS),
  quantity: fc.integer({ min: 1, max: 12 }),
  ms: fc.nat(50),
});
const facts: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('facts'),
  location: fc.constantFrom(1, 2, 3, 4),
  facts: fc.array(entry, { minLength: 1, maxLength: 6 }),
});
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: facts },
    { weight: 1, arbitrary: rules.map((rules): Step => ({ kind: 'rules', rules })) },
  ),
  { minLength: 4, maxLength: 14 },
);

/** Seqs go on by journal; a void names one of the last keys of its store. */
function feeder() {
  const seqs = new Map<number, number>();
  return async (location: number, entries: readonly Entry[]): Promise<void> => {
    const fromSeq = (seqs.get(location) ?? 0) + 1;
    const list = entries.map(({ kind, sku, quantity, ms }, index) => {
      const seq = fromSeq + index;
      const body =
        kind === 'sale'
          ? sale(line(sku, quantity))
          : kind === 'void'
            ? { voids: `k${location}-${Math.max(1, seq - quantity)}`, reason: 'mistake' }
            : plain({ sku, quantity });
      return readFact(seq, 1_790_000_000_000 + ms, kind, `k${location}-${seq}`, body);
    });
    seqs.set(location, fromSeq + list.length - 1);
    await ledger.merge([{ location, journal: location, fromSeq, facts: list }]);
  };
}

/** Each sku and channel by the pure formula, from positions and rules alone. */
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
  const numbers: Record<string, number> = {};
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
        inbound: 0,
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

const drift = () => snapshot(database.pool, (client) => findDrift(client));
const NONE = { numbers: [], positions: [] };

describe('availability in SQL', () => {
  it('A1 A2 equals the pure formula for every sku and channel, after each merge and each change of rules', async () => {
    await fc.assert(
      fc.asyncProperty(steps, async (steps) => {
        await database.pool.query(BEGIN_AVAILABILITY);
        const feed = feeder();
        let document: RulesDocument | undefined;
        for (const step of steps) {
          if (step.kind === 'facts') await feed(step.location, step.facts);
          else {
            document = step.rules;
            await requestRules(database.pool, document, AT);
            await runJobs(database.pool);
          }
          expect(await stored()).toEqual(await byFormula(document));
          expect(await drift()).toEqual(NONE);
        }
      }),
      { numRuns: 60 },
    );
  });
});
