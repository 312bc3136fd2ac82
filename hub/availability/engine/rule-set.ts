import type { Queryable } from '#hub/db/snapshot.ts';

/** A channel as a rule set has it. */
export interface RuledChannel {
  readonly slot: number;
  readonly code: string;
  readonly epsilon: number;
  readonly holdback: number;
  readonly cap: number | null;
  readonly minPublish: number;
  readonly inboundHorizonHours: number;
  /** Numbers of the locations that it sells from. */
  readonly locations: readonly number[];
}

export type RuleKind = 'safetyStock' | 'limit' | 'exclusive' | 'shared';

/** The rules that hold at one instant, as rows of the database. Never changed once made. */
export interface RuleSet {
  readonly ruleSet: number;
  readonly rulesVersion: number | null;
  readonly holdsAt: number;
  /** Length of the arrays over channels. */
  readonly slots: number;
  readonly unrecordedLoss: number;
  /** When units arrive of which nobody says it, hours after they left. */
  readonly transitHours: number;
  readonly channels: readonly RuledChannel[];
  /** Which kinds it has rows of: what it has none of costs nothing. */
  readonly kinds: ReadonlySet<RuleKind>;
}

const SET = `
  SELECT rule_set_no AS "ruleSet", rules_version AS "rulesVersion", holds_at AS "holdsAt", slots,
    unrecorded_loss AS "unrecordedLoss", transit_hours AS "transitHours",
    ARRAY(SELECT kind::text FROM unnest(enum_range(NULL::rule_kind)) AS kind
           WHERE EXISTS (SELECT FROM rule_rows r WHERE r.rule_set_no = s.rule_set_no AND r.kind = kind.kind)) AS kinds
  FROM rule_sets s WHERE rule_set_no = $1`;

const CHANNELS = `
  SELECT slot, code, epsilon, holdback, cap, min_publish AS "minPublish",
    inbound_horizon_hours AS "inboundHorizonHours", locations
  FROM rule_channels WHERE rule_set_no = $1 ORDER BY slot`;

type SetRow = Omit<RuleSet, 'channels' | 'kinds'> & { readonly kinds: RuleKind[] };

export async function readRuleSet(client: Queryable, ruleSet: number): Promise<RuleSet> {
  const { rows } = await client.query<SetRow>(SET, [ruleSet]);
  const [row] = rows;
  if (!row) throw new Error(`there is no rule set ${ruleSet}`);
  const channels = await client.query<RuledChannel>(CHANNELS, [ruleSet]);
  return { ...row, channels: channels.rows, kinds: new Set(row.kinds) };
}

/** The rule set that the last job of kind `rules` brings; undefined before the first. */
export async function lastRuleSet(client: Queryable): Promise<number | undefined> {
  const { rows } = await client.query<{ no: number | null }>('SELECT max(rule_set_no) AS no FROM rule_sets');
  return rows[0]?.no ?? undefined;
}
