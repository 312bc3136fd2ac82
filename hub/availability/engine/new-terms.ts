import type { PoolClient } from 'pg';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import { joined, literal } from '#hub/db/array-parameter.ts';
import type { Move } from '#hub/ledger/moves.ts';
import { lookUnderLock } from './look-under-lock.ts';
import { limitsText, shapeOf } from './pools-sql.ts';
import { readRuleSet } from './rule-set.ts';
import { NO_SHAPE, widest, type SqlShape } from './slot-sql.ts';
import { termsText } from './terms-sql.ts';

/** Positions without terms, and the rule set that their sku goes by: the last one when the sku is new too. */
const WITHOUT_TERMS = `
  SELECT m.location_no, m.sku, a.rule_set_no
  FROM unnest($1::int[], string_to_array($2, E'\\n')) AS m (location_no, sku)
  JOIN availability a ON a.sku = m.sku COLLATE "C"
  WHERE NOT EXISTS (
    SELECT FROM shelf_terms t WHERE t.sku = m.sku COLLATE "C" AND t.location_no = m.location_no)`;

/**
 * What terms are made from (the last rule set, a location's silence) is committed before its job begins, so whoever looks
 * under the lock after the job has begun reads it.
 */
const LOOK = 'SELECT max(rule_set_no) AS last FROM rule_sets';

/** Waits for those who may have read less than is committed now, and holds up nobody afterwards. */
const WAIT = `
  SELECT pg_advisory_lock(${LOCKS.newTerms});
  SELECT pg_advisory_unlock(${LOCKS.newTerms})`;

const GIVEN = `SELECT * FROM unnest($3::int[], string_to_array($4, E'\\n')) AS g (location_no, sku)`;

interface NewPosition {
  location_no: number;
  sku: string;
  rule_set_no: number | null;
}

/**
 * Gives positions that have just come into being their terms, under the locks of their skus. Nothing was there before,
 * so what they add to the pools is the whole of what they give now. Gives the shape that statements need from now on.
 */
export async function addTerms(client: PoolClient, moves: readonly Move[]): Promise<SqlShape> {
  const { rows } = await client.query<NewPosition>({
    name: 'positions-without-terms',
    text: WITHOUT_TERMS,
    values: [literal(moves.map(({ location }) => location)), joined(moves.map(({ sku }) => sku))],
  });
  let shape = NO_SHAPE;
  if (rows.length === 0) return shape;
  const last = (await lookUnderLock<{ last: number | null }>(client, LOCKS.newTerms, LOOK))?.last ?? undefined;
  if (last === undefined) throw new Error('positions are given terms, and there are no rules');
  for (const [ruleSet, positions] of Map.groupBy(rows, (row) => row.rule_set_no ?? last)) {
    shape = widest(shape, await addTermsOf(client, ruleSet, positions));
  }
  return shape;
}

/**
 * When a job begins, before it lists what it makes anew: positions that were given terms by what held before it are
 * visible then, and later ones go by what it brings.
 */
export async function awaitNewTerms(client: PoolClient): Promise<void> {
  await client.query(WAIT);
}

async function addTermsOf(client: PoolClient, ruleSet: number, positions: readonly NewPosition[]): Promise<SqlShape> {
  const places = [literal(positions.map((row) => row.location_no)), joined(positions.map((row) => row.sku))];
  const set = await readRuleSet(client, ruleSet);
  await client.query({
    text: termsText(set, GIVEN),
    values: [ruleSet, null, ...places],
  });
  const names = joined([...new Set(positions.map(({ sku }) => sku))]);
  await client.query(limitsText(set), [ruleSet, names]);
  return shapeOf(client, names, set.slots);
}
