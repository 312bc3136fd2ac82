import type { Queryable } from '#hub/db/snapshot.ts';
import { IS_UNDER_WAY } from '#hub/connectors/publishing/due.ts';
import { literal } from '#hub/db/array-parameter.ts';
import type { CorrectionKind, CorrectRule, SettingsOf, Side } from '../comparison.ts';
import { correctionOf } from '../comparison.ts';
import type { Chosen } from './chosen.ts';
import { sendDocuments } from './send-documents.ts';

/** Who decided it. */
export interface Decided {
  readonly kind: CorrectionKind;
  readonly by: string;
  readonly note: string | null;
}

export interface ComparedSide {
  readonly side: Side;
  readonly settings: unknown;
}

/**
 * The correction is named in the difference, in the transaction that decides it and, but for adjustments, does it: so it is done
 * with the decision or not at all. An adjustment is a fact, which a merge of its own takes under a key made of the number.
 */
const DECIDE = `
  UPDATE differences SET state = 'corrected', decided_by = $2, decided_at = clock_timestamp(), note = $3,
    correction = json_build_object('kind', $4::text, 'key', 'reconcile/' || difference_no, 'units', unexplained),
    corrected_at = CASE WHEN $4 = 'adjustment' THEN NULL ELSE clock_timestamp() END
  WHERE difference_no = ANY ($1::bigint[])`;

/**
 * What it differs by is put right by the account's worker: it reads, and sends what the listing shall say. What is being read
 * already was asked for before this, and a call that carries the listing is ended first: as with what its channel tells of it.
 */
const MARK_PUBLICATIONS = `
  UPDATE publications p SET version = p.version + 1, must_read = p.must_read OR NOT ${IS_UNDER_WAY}, hinted = ${IS_UNDER_WAY}, hinted_says = NULL,
    due_at = CASE WHEN ${IS_UNDER_WAY} THEN p.due_at ELSE clock_timestamp() END, waits_since = coalesce(p.waits_since, clock_timestamp())
  FROM differences d, channel_accounts a JOIN channels c USING (channel_no)
  WHERE d.difference_no = ANY ($1::bigint[]) AND c.code = $2 AND a.state <> 'ended' AND p.account_no = a.account_no
    AND p.channel_sku = d.reference AND p.parked_at IS NULL`;

/** The store pulls the position once more. */
const TELL_AGAIN = `
  INSERT INTO changes (topic, scope, keys)
  SELECT 'positions', l.location_no, array_agg(DISTINCT d.sku)
  FROM differences d JOIN locations l ON l.code = d.location WHERE d.difference_no = ANY ($1::bigint[])
  GROUP BY l.location_no ORDER BY l.location_no`;

/** In one transaction with their choice, under their row locks. */
export async function correctDifferences(
  client: Queryable,
  { side, settings }: ComparedSide,
  chosen: readonly Chosen[],
  { kind, by, note }: Decided,
): Promise<void> {
  if (chosen.length === 0) return;
  const numbers = literal(chosen.map(({ difference }) => difference));
  await client.query(DECIDE, [numbers, by, note, kind]);
  switch (kind) {
    case 'adjustment':
      return;
    case 'document':
      if (side === 'erp') await sendDocuments(client, (settings as SettingsOf<'erp'>).erp, chosen);
      return;
    case 'publication':
      if (side === 'channel')
        await client.query(MARK_PUBLICATIONS, [numbers, (settings as SettingsOf<'channel'>).channel]);
      return;
    case 'tellAgain':
      await client.query(TELL_AGAIN, [numbers]);
      return;
    default:
      kind satisfies never;
  }
}

/** $1 comparison, $2 run, $3 runs in a row, $4 units, $5 value or NULL, $6 most. */
const QUALIFY = `
  SELECT difference_no AS difference, location, sku, reference, unexplained AS units, count(*) OVER () AS qualifying
  FROM differences
  WHERE comparison_no = $1 AND last_run = $2 AND ended_at IS NULL AND state = 'open' AND cause = 'unknown' AND measure = 'units'
    AND same_seen >= $3 AND abs(unexplained) <= $4 AND unexplained <> 0 AND unexplained = trunc(unexplained)
    AND ($5::bigint IS NULL OR abs(value_minor) <= $5)
  ORDER BY difference_no LIMIT $6`;

/**
 * What the rule corrects of a run's differences, in its transaction. When more qualify than it allows none is corrected: then not
 * single numbers are wrong, but something that they have in common.
 */
export async function correctByRule(
  client: Queryable,
  { comparison, run }: { comparison: number; run: number },
  side: ComparedSide,
  rule: CorrectRule,
): Promise<{ corrected: number; heldBack: number }> {
  if (rule.mode !== 'rule') return { corrected: 0, heldBack: 0 };
  const limits = [rule.seen, rule.units, rule.valueMinor ?? null, rule.most];
  const { rows } = await client.query<Chosen & { qualifying: number }>(QUALIFY, [comparison, run, ...limits]);
  const qualifying = rows[0]?.qualifying ?? 0;
  if (qualifying > rule.most) return { corrected: 0, heldBack: qualifying };
  const decided = { kind: correctionOf(side.side, rule.towards), by: 'rule', note: null };
  await correctDifferences(client, side, rows, decided);
  return { corrected: rows.length, heldBack: 0 };
}
