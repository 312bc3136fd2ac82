import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { applyRules, dryRunRules } from '#hub/availability/rules/apply-rules.ts';
import type { ChangePreview } from '#hub/availability/rules/rules-ports.ts';
import { rulesPorts } from '#hub/availability/keep-current.ts';
import { transaction } from '#hub/db/transaction.ts';
import { BEGIN_AVAILABILITY, requestRules } from '#test/support/availability.ts';
import { CHANNELS, facts, feeder, rules, RULES_AT as AT } from '#test/support/availability-steps.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { numbered, rulesOf, SKUS } from '#test/support/rules-documents.ts';
import { previewChange } from './preview-change.ts';
import { runJobs } from './recompute-jobs.ts';
import { sweepSilence } from './sweep-silence.ts';
import { updateDemand } from './update-demand.ts';

const FACTS_AT = 1_790_000_000_000;
const DAY_MS = 86_400_000;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(() => database.pool.query(BEGIN_AVAILABILITY));

async function stored(): Promise<Map<string, { sku: string; channel: string; ats: number }>> {
  const { rows } = await database.pool.query<{ sku: string; channel: string; ats: number }>(`
    SELECT sku, code AS channel, coalesce(ats[channel_no], 0) AS ats FROM availability CROSS JOIN channels`);
  return new Map(rows.map((row) => [`${row.sku} ${row.channel}`, row]));
}

const ask = (document: Parameters<typeof requestRules>[1], seenAt: number, budgetMs = 60_000): Promise<ChangePreview> =>
  transaction(database.pool, async (client) => {
    await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY');
    const preview = await previewChange(client, { document, at: AT, seenAt, budgetMs });
    const { rows } = await client.query('SELECT pg_current_xact_id_if_assigned() AS id');
    // Readers of the change feed wait for whoever has one.
    expect(rows).toEqual([{ id: null }]);
    return preview;
  });

/** Every channel's number of every sku changes twice. */
const sharing = (holdback: number) =>
  rulesOf({ channels: CHANNELS.map((code) => ({ code, name: code, locations: ['S1', 'S2', 'S3', 'S4'], holdback })) });
const CHANGING = [sharing(0), sharing(1)].map((rules) => ({ kind: 'rules' as const, rules }));
const CHANGES_SURE = CHANGING.length * CHANNELS.length * SKUS.length;

describe('previewChange', () => {
  it('A1 tells exactly the numbers that applying the document then gives', { timeout: 120_000 }, async () => {
    let changes = 0;
    const step = fc.oneof(
      { weight: 3, arbitrary: facts },
      { weight: 2, arbitrary: rules.map((rules) => ({ kind: 'rules' as const, rules })) },
      { weight: 1, arbitrary: fc.constantFrom(1, 9, 90).map((days) => ({ kind: 'days' as const, days })) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 4, maxLength: 12 }), async (steps) => {
        await database.pool.query(BEGIN_AVAILABILITY);
        const feed = feeder(database.pool);
        let now = FACTS_AT;
        for (const [place, sku] of SKUS.entries()) {
          for (const store of [1, 2, 3, 4])
            await feed(store, [{ kind: 'count', sku, quantity: 4 * store + place, ms: 0 }]);
        }
        for (const step of steps) {
          if (step.kind === 'facts') await feed(step.location, step.facts);
          if (step.kind === 'days') {
            now += step.days * DAY_MS;
            await updateDemand(database.pool, now);
            await sweepSilence(database.pool, now);
            await runJobs(database.pool);
          }
          if (step.kind !== 'rules') continue;
          const told = await ask(step.rules, now);
          const before = await stored();
          await requestRules(database.pool, step.rules, AT, now);
          await runJobs(database.pool);
          const differences = [...(await stored()).values()]
            .map(({ sku, channel, ats: to }) => ({ sku, channel, from: before.get(`${sku} ${channel}`)?.ats ?? 0, to }))
            .filter(({ from, to }) => from !== to);
          expect(told).toMatchObject({ changed: differences.length, pairsTotal: told.pairs });
          const sorted = differences.sort((a, b) => Math.abs(b.to - b.from) - Math.abs(a.to - a.from));
          const names = (list: typeof sorted) => new Set(list.map((one) => JSON.stringify(one)));
          expect(names([...told.examples])).toEqual(names(sorted));
          changes += differences.length;
        }
      }),
      { numRuns: 31, examples: [[CHANGING]] },
    );
    expect(changes).toBeGreaterThanOrEqual(CHANGES_SURE);
  });

  it('counts only what it could look at in its time, and leaves the transaction usable', async () => {
    await feeder(database.pool)(1, [{ kind: 'receipt', sku: 'A', quantity: 5, ms: 0 }]);
    const document = rulesOf({ channels: [{ code: 'web', name: 'Web', locations: ['S1'] }] });
    expect(await ask(document, FACTS_AT, 0)).toEqual({
      pairs: 0,
      pairsTotal: 1,
      changed: 0,
      channels: [],
      examples: [],
    });
    expect(await ask(document, FACTS_AT)).toEqual({
      pairs: 1,
      pairsTotal: 1,
      changed: 1,
      channels: [{ channel: 'web', changed: 1, from: 0, to: 5 }],
      examples: [{ sku: 'A', channel: 'web', from: 0, to: 5 }],
    });
  });

  it('five thousand rules and twenty thousand positions are no matter of minutes', async () => {
    await database.pool.query(`
      INSERT INTO positions (location_no, sku, on_hand) SELECT l, 'SKU-' || s, 5 FROM generate_series(1, 4) l, generate_series(1, 5000) s;
      INSERT INTO availability (sku) SELECT DISTINCT sku FROM positions;
      INSERT INTO shelf_terms (location_no, sku) SELECT location_no, sku FROM positions;
      -- As autovacuum does after a load; by the sizes of the test before, plans took a minute.
      ANALYZE positions, availability, shelf_terms;`);
    const skus = Array.from({ length: 5_000 }, (_, place) => ({ sku: `SKU-${place + 1}`, units: place % 4 }));
    const document = rulesOf({
      channels: [
        { code: 'web', name: 'Web', locations: ['S1', 'S2', 'S3', 'S4'] },
        { code: 'amazon', name: 'Amazon', locations: ['S1'], epsilon: 0.037 },
      ],
      safetyStock: numbered(skus, 's'),
    });
    expect(await ask(document, FACTS_AT)).toMatchObject({
      pairs: 10_000,
      changed: 10_000,
      channels: [
        { channel: 'amazon', from: 0, to: 5_000 * 3.5 },
        { channel: 'web', from: 0, to: 5_000 * 14 },
      ],
    });
  });
});

describe('a dry run', () => {
  it('names the numbers that would change', async () => {
    await feeder(database.pool)(1, [{ kind: 'receipt', sku: 'A', quantity: 5, ms: 0 }]);
    const ports = rulesPorts(() => FACTS_AT);
    const text = (safety: number) =>
      `rules: 1\nchannels: [{code: web, name: Web, locations: [S1]}]\nsafetyStock: [{id: a, units: ${safety}}]\n`;
    await applyRules(database.pool, text(1), { by: 'test' }, ports);
    await runJobs(database.pool);
    expect((await dryRunRules(database.pool, text(3), { by: 'test' }, ports)).numbers).toMatchObject({
      pairs: 1,
      changed: 1,
      examples: [{ sku: 'A', channel: 'web', from: 4, to: 2 }],
    });
    const { rows } = await database.pool.query('SELECT count(*)::int AS sets FROM rule_sets');
    expect(rows).toEqual([{ sets: 1 }]);
  });
});
