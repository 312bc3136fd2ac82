import type { Queryable } from '#hub/db/snapshot.ts';

/**
 * Skus that go by another rule set than `set` (an expression), or whose category has changed while that set speaks of
 * categories: rows `a` of availability. Compared as they are, not by time: what commits late is found too.
 */
export function behindText(set: string): string {
  return `
  FROM availability a LEFT JOIN products p ON p.sku = a.sku
  WHERE (a.rule_set_no IS DISTINCT FROM ${set} OR (
    a.category IS DISTINCT FROM p.category
    AND (SELECT bool_or(true) FROM rule_rows r WHERE r.rule_set_no = ${set} AND r.product LIKE 'c%')))`;
}

/** $1 from which transaction on the change feed is looked at; `isKept`: whether it still has everything from there on. */
const LOOK = `
  SELECT last.no AS "ruleSet", (SELECT max(job_no) FROM recompute_jobs WHERE kind = 'rules') AS job,
    pg_snapshot_xmin(pg_current_snapshot())::text AS "nextFrom", (SELECT floor <= $1::xid8 FROM feed_state) AS "isKept"
  FROM (SELECT max(rule_set_no) AS no FROM rule_sets) AS last
  WHERE NOT EXISTS (SELECT FROM recompute_jobs WHERE kind = 'rules' AND finished_at IS NULL)`;

const ANY_BEHIND = `SELECT ${behindText('$1::int')} LIMIT 1`;
/** The feed names each product that was changed. $2: from which transaction on. */
const CHANGED_BEHIND = `
  SELECT ${behindText('$1::int')} AND a.sku IN (
    SELECT unnest(keys) FROM changes WHERE topic = 'products' AND scope = 0 AND position >= $2::xid8) LIMIT 1`;

interface LookRow {
  readonly ruleSet: number | null;
  readonly job: number | null;
  readonly nextFrom: string;
  readonly isKept: boolean;
}

/**
 * Looks whether some sku is behind, and remembers that none was: from then on only products are compared that have
 * changed since, until a job of rules has run. Whatever commits after a snapshot was taken has a number from its xmin on,
 * so that none is passed over. In memory: a hub that begins compares all once.
 */
export class BehindWatch {
  #clean: { readonly ruleSet: number; readonly job: number | null; readonly from: string } | undefined;

  /** The last rule set, when some sku is behind it and no job of rules is open that would bring it there. */
  async find(client: Queryable): Promise<number | undefined> {
    const clean = this.#clean;
    const { rows } = await client.query<LookRow>(LOOK, [clean?.from ?? '0']);
    const [row] = rows;
    if (row === undefined || row.ruleSet === null) return undefined;
    const { ruleSet, job, nextFrom: from, isKept } = row;
    const isClean = clean?.ruleSet === ruleSet && clean.job === job && isKept;
    const { rowCount } = isClean
      ? await client.query(CHANGED_BEHIND, [ruleSet, clean.from])
      : await client.query(ANY_BEHIND, [ruleSet]);
    this.#clean = rowCount === 0 ? { ruleSet, job, from } : undefined;
    return rowCount === 0 ? undefined : ruleSet;
  }
}
