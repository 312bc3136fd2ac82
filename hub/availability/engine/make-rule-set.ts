import type { PoolClient } from 'pg';
import { bufferThresholds } from '#shared/stock/buffer-thresholds.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { compileRules, type CompiledRules } from '#hub/availability/rules/compile-rules.ts';
import type { RulesDocument } from '#hub/availability/rules/rules-document.ts';
import { holdsAt, type Validity } from '#hub/availability/rules/validity.ts';
import type { RuledChannel, RuleKind } from './rule-set.ts';

/** One row of rule_rows. */
export interface RuleRow {
  kind: RuleKind;
  product: string;
  location_no: number;
  slot: number;
  rank: number;
  ordinal: number;
  rule_id: string;
  units?: number | null;
  percent?: number | null;
  holdback?: number | null;
  cap?: number | null;
  min_publish?: number | null;
}

/** Numbers of channels and of locations, by code. */
export interface Numbers {
  readonly slots: ReadonlyMap<string, number>;
  readonly locations: ReadonlyMap<string, number>;
}

/** The rules of a document that hold at an instant, as rows; not written down yet. */
export interface RuleRows {
  /** Length of the arrays over channels. */
  readonly slots: number;
  readonly unrecordedLoss: number;
  readonly transitHours: number;
  readonly channels: readonly RuledChannel[];
  readonly rows: readonly RuleRow[];
}

const INSERT_SET = `
  INSERT INTO rule_sets (rules_version, holds_at, slots, unrecorded_loss, transit_hours)
  VALUES ($1, $2, $3, $4, $5)
  RETURNING rule_set_no`;

const INSERT_CHANNELS = `
  INSERT INTO rule_channels
  SELECT $1, slot, code, epsilon, holdback, cap, "minPublish", "inboundHorizonHours", locations
  FROM jsonb_to_recordset($2::jsonb) AS c (slot int, code text, epsilon float8, holdback int, cap int,
    "minPublish" int, "inboundHorizonHours" float8, locations int[])`;

/** A recordset `r` of RuleRow, its columns as rule_rows has them behind the set's number. */
export const RULE_ROW_COLUMNS = `(kind rule_kind, product text, location_no int, slot int, rank int, ordinal int,
    rule_id text, units int, percent float8, holdback int, cap int, min_publish int)`;

const INSERT_ROWS = `
  INSERT INTO rule_rows SELECT $1, * FROM jsonb_to_recordset($2::jsonb) AS r ${RULE_ROW_COLUMNS}`;

/** Rows that one statement brings: bounds what is held in memory as JSON. */
const ROWS_A_STATEMENT = 20_000;

/**
 * Writes down the rules of a document that hold at an instant (ms since 1970), as rows that SQL finds by product and
 * place. Gives the new set's number. Channels must have their slots already.
 */
export async function makeRuleSet(
  client: PoolClient,
  { document, version, at }: { document: RulesDocument; version: number | null; at: number },
): Promise<number> {
  const numbers = await readNumbers(client);
  const { slots, unrecordedLoss, transitHours, channels, rows: ruled } = ruleRowsOf(document, numbers, at);
  const values = [version, at, slots, unrecordedLoss, transitHours];
  const { rows } = await client.query<{ rule_set_no: number }>(INSERT_SET, values);
  const ruleSet = rows[0]?.rule_set_no;
  if (ruleSet === undefined) throw new Error('a rule set was not made');
  await client.query(INSERT_CHANNELS, [ruleSet, JSON.stringify(channels)]);
  await keepThresholds(client, new Set(channels.map(({ epsilon }) => epsilon)));
  for (let from = 0; from < ruled.length; from += ROWS_A_STATEMENT) {
    await client.query(INSERT_ROWS, [ruleSet, JSON.stringify(ruled.slice(from, from + ROWS_A_STATEMENT))]);
  }
  return ruleSet;
}

/** The rows of a document at an instant (ms since 1970). Throws when it names what has no number. */
export function ruleRowsOf(document: RulesDocument, numbers: Numbers, at: number): RuleRows {
  const rules = compileRules(document, { locations: new Set(numbers.locations.keys()) });
  return {
    slots: Math.max(0, ...numbers.slots.values()),
    unrecordedLoss: rules.unrecordedLoss,
    transitHours: rules.transitHours,
    channels: channelsOf(rules, numbers),
    rows: rowsOf(rules, numbers, at),
  };
}

/** What SQL looks buffers up in; the same for ever once it is there. */
async function keepThresholds(client: PoolClient, risks: ReadonlySet<number>): Promise<void> {
  for (const epsilon of risks) {
    const { rowCount } = await client.query('SELECT FROM lag_thresholds WHERE epsilon = $1 LIMIT 1', [epsilon]);
    if (rowCount !== 0) continue;
    const classes = bufferThresholds(epsilon).map((thresholds, place) => ({ class: place, thresholds }));
    await client.query(
      `INSERT INTO lag_thresholds (epsilon, class, thresholds)
       SELECT $1, * FROM jsonb_to_recordset($2::jsonb) AS t (class int, thresholds float8[]) ORDER BY class
       ON CONFLICT DO NOTHING`,
      [epsilon, JSON.stringify(classes)],
    );
  }
}

export async function readNumbers(client: Queryable): Promise<Numbers> {
  const channels = await client.query<{ code: string; no: number }>('SELECT code, channel_no AS no FROM channels');
  const locations = await client.query<{ code: string; no: number }>('SELECT code, location_no AS no FROM locations');
  const byCode = (rows: { code: string; no: number }[]) => new Map(rows.map(({ code, no }) => [code, no]));
  return { slots: byCode(channels.rows), locations: byCode(locations.rows) };
}

function channelsOf(rules: CompiledRules, numbers: Numbers): RuledChannel[] {
  return rules.channels.map((channel) => ({
    slot: numberOf(numbers.slots, channel.code),
    code: channel.code,
    epsilon: channel.epsilon,
    holdback: channel.holdback,
    cap: channel.cap,
    minPublish: channel.minPublish,
    inboundHorizonHours: channel.inboundHorizonHours,
    locations: channel.locations.map((code) => numberOf(numbers.locations, code)),
  }));
}

function rowsOf(rules: CompiledRules, numbers: Numbers, at: number): RuleRow[] {
  const inForce = <T extends Validity>(rows: readonly T[]): T[] => rows.filter((row) => holdsAt(row, at));
  const slotOf = (channel: string | null): number => (channel === null ? 0 : numberOf(numbers.slots, channel));
  const placesOf = (codes: readonly string[] | null): number[] =>
    codes === null ? [0] : codes.map((code) => numberOf(numbers.locations, code));
  const safety = inForce(rules.safetyStock).flatMap((row, ordinal) =>
    placesOf(row.locations).map((location_no): RuleRow => {
      return {
        ...commonOf(row, ordinal),
        kind: 'safetyStock',
        location_no,
        slot: slotOf(row.channel),
        units: row.units,
      };
    }),
  );
  const limits = inForce(rules.limits).map((row, ordinal): RuleRow => {
    const { holdback, cap, minPublish: min_publish } = row;
    return {
      ...commonOf(row, ordinal),
      kind: 'limit',
      location_no: 0,
      slot: slotOf(row.channel),
      holdback,
      cap,
      min_publish,
    };
  });
  const allocations = inForce(rules.allocations).flatMap((row) =>
    placesOf(row.locations).map((location_no): RuleRow => {
      const { mode: kind, units, percent, ordinal } = row;
      return { ...commonOf(row, ordinal), kind, location_no, slot: slotOf(row.channel), units, percent };
    }),
  );
  return [...safety, ...limits, ...allocations];
}

function commonOf(
  { sku, category, rank, ruleId }: { sku: string | null; category: string | null; rank: number; ruleId: string },
  ordinal: number,
): Pick<RuleRow, 'product' | 'rank' | 'ordinal' | 'rule_id'> {
  const product = sku !== null ? `s${sku}` : category !== null ? `c${category}` : '';
  return { product, rank, ordinal, rule_id: ruleId };
}

function numberOf(numbers: ReadonlyMap<string, number>, code: string): number {
  const no = numbers.get(code);
  if (no === undefined) throw new Error(`the rules name ${code}, which has no number`);
  return no;
}
