import type { Queryable } from '#hub/db/snapshot.ts';
import type { Share } from '#shared/stock/ats.ts';
import type { RuledChannel, RuleKind, RuleSet } from '../engine/rule-set.ts';

interface RuleRow {
  readonly kind: RuleKind;
  readonly location_no: number;
  readonly slot: number;
  readonly rule_id: string;
  readonly units: number | null;
  readonly percent: number | null;
  readonly holdback: number | null;
  readonly cap: number | null;
  readonly min_publish: number | null;
}

/** Units, and the rule they come from; null: the channel's own, or none. */
export interface Ruled<Value = number> {
  readonly value: Value;
  readonly rule: string | null;
}

export interface RuledAllocation {
  readonly channel: string;
  readonly share: Share;
  readonly rule: string;
}

/** What a rule set says of one sku, to one channel: the most specific first, as SQL takes them. */
export interface RulesOfSku {
  safetyStock(location: number): Ruled;
  exclusives(location: number): RuledAllocation[];
  shared(location: number): RuledAllocation | undefined;
  readonly holdback: Ruled;
  readonly cap: Ruled;
  readonly minPublish: Ruled;
}

const ROWS = `
  SELECT kind::text, location_no, slot, rule_id, units, percent, holdback, cap, min_publish
  FROM rule_rows r
  WHERE rule_set_no = $1 AND product IN ('s' || $2, 'c' || (SELECT category FROM products WHERE sku = $2), '')
    AND (slot IN (0, $3) OR kind = 'exclusive')
  ORDER BY rank, ordinal`;

/** `ordinal` alone orders exclusive ones, whatever they are for. */
const EXCLUSIVES = `
  SELECT kind::text, location_no, slot, rule_id, units, percent, holdback, cap, min_publish
  FROM rule_rows r
  WHERE rule_set_no = $1 AND kind = 'exclusive'
    AND product IN ('s' || $2, 'c' || (SELECT category FROM products WHERE sku = $2), '')
  ORDER BY ordinal`;

export async function rulesOfSku(
  client: Queryable,
  set: RuleSet,
  sku: string,
  channel: RuledChannel,
): Promise<RulesOfSku> {
  const { rows } = await client.query<RuleRow>(ROWS, [set.ruleSet, sku, channel.slot]);
  const exclusive = (await client.query<RuleRow>(EXCLUSIVES, [set.ruleSet, sku])).rows;
  const codes = new Map(set.channels.map(({ slot, code }) => [slot, code]));
  const toAllocation = ({ slot, units, percent, rule_id: rule }: RuleRow): RuledAllocation => {
    const share = units === null ? { percent: percent ?? 0 } : { units };
    return { channel: codes.get(slot) ?? '', share, rule };
  };
  const first = (kind: RuleKind, location: number): RuleRow | undefined =>
    rows.find((row) => row.kind === kind && (row.location_no === 0 || row.location_no === location));
  const limit = (field: 'holdback' | 'cap' | 'min_publish', own: number): Ruled => {
    const row = rows.find((row) => row.kind === 'limit' && row[field] !== null);
    return { value: row?.[field] ?? own, rule: row?.rule_id ?? null };
  };
  return {
    safetyStock(location) {
      const row = first('safetyStock', location);
      return { value: row?.units ?? 0, rule: row?.rule_id ?? null };
    },
    exclusives: (location) => exclusive.filter((row) => row.location_no === location).map(toAllocation),
    shared(location) {
      const row = first('shared', location);
      return row && toAllocation(row);
    },
    holdback: limit('holdback', channel.holdback),
    cap: limit('cap', channel.cap ?? Infinity),
    minPublish: limit('min_publish', channel.minPublish),
  };
}
