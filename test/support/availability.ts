import type { Pool } from 'pg';
import { adoptAtFirst } from '#hub/availability/engine/first-rules.ts';
import { makeRuleSet } from '#hub/availability/engine/make-rule-set.ts';
import { requestJob } from '#hub/availability/engine/recompute-jobs.ts';
import type { RulesDocument } from '#hub/availability/rules/rules-document.ts';
import { transaction } from '#hub/db/transaction.ts';
import { emptyTables } from './empty-tables.ts';

/** Asks for a document's rules to hold, as applying a version does; its channels get their slots. */
export async function requestRules(pool: Pool, document: RulesDocument, at: number, seenAt = at): Promise<number> {
  return transaction(pool, async (client) => {
    await client.query(
      `INSERT INTO channels (code, name) SELECT code, code FROM unnest($1::text[]) AS code ON CONFLICT (code) DO NOTHING`,
      [document.channels.map(({ code }) => code)],
    );
    const ruleSet = await makeRuleSet(client, { document, version: null, at });
    await requestJob(client, { kind: 'rules', reason: 'test', ruleSet, seenAt });
    await adoptAtFirst(client, ruleSet);
    return ruleSet;
  });
}

/** Empty tables of everything that availability comes from; locations S1 to S4 with a device and a journal each. */
export const BEGIN_AVAILABILITY = `
  ${emptyTables(
    'locations',
    'devices',
    'device_status',
    'journals',
    'facts',
    'movements',
    'counts',
    'voids',
    'positions',
    'quarantine',
    'changes',
    'products',
    'transfers',
    'count_limits',
    'count_decisions',
    'channels',
    'channel_locations',
    'availability',
    'shelf_terms',
    'rule_sets',
    'rule_channels',
    'rule_rows',
    'location_silence',
    'demand',
    'demand_past',
    'demand_hours',
    'demand_skus',
    'demand_released',
    'demand_marks',
    'demand_priors',
    'demand_runs',
    'inbound_looks',
    'reservations',
    'reservation_holds',
    'reservation_moves',
    'reservation_acts',
    'reservation_handovers',
    'reservation_shortfalls',
    'recompute_jobs',
    'recompute_chunks',
  )}
  UPDATE explained_past SET since = '-infinity';
  INSERT INTO locations (code, name) SELECT 'S' || n, 'Store ' || n FROM generate_series(1, 4) AS n ORDER BY n;
  INSERT INTO devices (location_no, name, public_key)
    SELECT n, 'd' || n, decode(repeat(lpad(n::text, 2, '0'), 32), 'hex') FROM generate_series(1, 4) AS n ORDER BY n;
  INSERT INTO journals (device_no, epoch, location_no) SELECT n, 1, n FROM generate_series(1, 4) AS n ORDER BY n;
  INSERT INTO products (sku, name, category) VALUES ('A', 'a', 'shoes'), ('B', 'b', 'hats'), ('C', 'c', NULL);`;
