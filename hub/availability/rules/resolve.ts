import type { Share } from '#shared/stock/ats.ts';
import type { AllocationRow, CompiledRules, LimitRow } from './compile-rules.ts';
import { holdsAt, type Validity } from './validity.ts';

/** Of which product, where, on which channel, when (ms since 1970). */
export interface Asked {
  readonly sku: string;
  /** Null: the product has none. */
  readonly category: string | null;
  readonly location: string;
  readonly channel: string;
  readonly at: number;
}

/** Units, and the rule that they come from; null when no rule speaks of it and the channel's own, or none, counts. */
export interface RuledUnits {
  readonly units: number;
  readonly rule: string | null;
}

export interface RuledShare {
  readonly channel: string;
  readonly share: Share;
  readonly rule: string;
}

export interface RuledLimits {
  readonly holdback: RuledUnits;
  /** Infinity: none. */
  readonly cap: RuledUnits;
  readonly minPublish: RuledUnits;
}

const NONE: RuledUnits = { units: 0, rule: null };

/** Units kept in the location, for its shelf. */
export function safetyStockOf({ safetyStock }: CompiledRules, asked: Asked): RuledUnits {
  const row = safetyStock.find(
    (row) =>
      isInForce(row, asked) &&
      (row.locations === null || row.locations.includes(asked.location)) &&
      (row.channel === null || row.channel === asked.channel),
  );
  return row === undefined ? NONE : { units: row.units, rule: row.ruleId };
}

/** What is held back of a channel's number, and its bounds; of an unknown channel nothing is. */
export function limitsOf(rules: CompiledRules, asked: Omit<Asked, 'location'>): RuledLimits {
  const channel = rules.channels.find(({ code }) => code === asked.channel);
  const found = rules.limits.filter((row) => row.channel === asked.channel && isInForce(row, asked));
  const first = (field: 'holdback' | 'cap' | 'minPublish', own: number): RuledUnits => {
    const row = found.find((row: LimitRow) => row[field] !== null);
    return row === undefined ? { units: own, rule: null } : { units: row[field] ?? own, rule: row.ruleId };
  };
  return {
    holdback: first('holdback', channel?.holdback ?? 0),
    cap: first('cap', channel?.cap ?? Infinity),
    minPublish: first('minPublish', channel?.minPublish ?? 0),
  };
}

/** What channels have for themselves at the location, all channels, in the order of the document. */
export function exclusivesOf({ allocations }: CompiledRules, asked: Omit<Asked, 'channel'>): RuledShare[] {
  return allocations.filter((row) => row.mode === 'exclusive' && allocates(row, asked)).map(toShare);
}

/** The most that the channel may use of what all share at the location; undefined: all of it. */
export function sharedOf({ allocations }: CompiledRules, asked: Asked): RuledShare | undefined {
  let first: AllocationRow | undefined;
  for (const row of allocations) {
    if (row.mode !== 'shared' || row.channel !== asked.channel || !allocates(row, asked)) continue;
    if (first === undefined || row.rank < first.rank) first = row;
  }
  return first && toShare(first);
}

/** The locations that a channel sells from, sorted; none when it is unknown. */
export function channelLocations({ channels }: CompiledRules, channel: string): readonly string[] {
  return channels.find(({ code }) => code === channel)?.locations ?? [];
}

function allocates(row: AllocationRow, asked: Omit<Asked, 'channel'>): boolean {
  return isInForce(row, asked) && row.locations.includes(asked.location);
}

function isInForce(
  row: Validity & { readonly sku: string | null; readonly category: string | null },
  { sku, category, at }: Pick<Asked, 'sku' | 'category' | 'at'>,
): boolean {
  return (
    (row.sku === null || row.sku === sku) && (row.category === null || row.category === category) && holdsAt(row, at)
  );
}

function toShare({ channel, units, percent, ruleId }: AllocationRow): RuledShare {
  return { channel, share: units === null ? { percent: percent ?? 0 } : { units }, rule: ruleId };
}
