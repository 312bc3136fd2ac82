import { groupLocations, locationsOf } from './group-locations.ts';
import { rankOf } from './rule-rank.ts';
import type { AllocationRule, ChannelRule, Listing, RulesDocument } from './rules-document.ts';
import { validityOf, type Validity } from './validity.ts';

/** What all rows have: whose rule it is, for which products (at most one of both; null: all), when, and how specific. */
interface RuleRow extends Validity {
  readonly ruleId: string;
  readonly sku: string | null;
  readonly category: string | null;
  /** Ascending: the first that matches is the one that counts. */
  readonly rank: number;
}

export interface ChannelRow extends Readonly<Omit<ChannelRule, 'locations' | 'groups' | 'cap'>> {
  readonly locations: readonly string[];
  /** Null: none. */
  readonly cap: number | null;
}

export interface SafetyRow extends RuleRow {
  readonly units: number;
  /** Null: all locations, those to come too. */
  readonly locations: readonly string[] | null;
  /** Null: all channels. */
  readonly channel: string | null;
}

/** Null fields are not changed by this rule: the next one that has them counts, and the channel's own at last. */
export interface LimitRow extends RuleRow {
  readonly channel: string;
  readonly holdback: number | null;
  readonly cap: number | null;
  readonly minPublish: number | null;
}

/** Exactly one of `units` and `percent` is not null. */
export interface AllocationRow extends RuleRow {
  readonly channel: string;
  readonly mode: AllocationRule['mode'];
  readonly units: number | null;
  readonly percent: number | null;
  /** Only locations that the channel sells from. */
  readonly locations: readonly string[];
  /** Place in the document. All exclusive rows that match count, in this order; of shared ones the first by rank. */
  readonly ordinal: number;
}

/** The document as flat rows, groups resolved: what tables can be filled from. */
export interface CompiledRules {
  readonly transitHours: number;
  readonly unrecordedLoss: number;
  readonly channels: readonly ChannelRow[];
  readonly safetyStock: readonly SafetyRow[];
  readonly limits: readonly LimitRow[];
  readonly allocations: readonly AllocationRow[];
  readonly listings: readonly Listing[];
}

export interface CompileOptions {
  /** Locations that exist; others are left out. Absent: all that the document names. */
  readonly locations?: ReadonlySet<string>;
  /** Rules that ended by then, ms since 1970, are left out. Absent: none is. */
  readonly now?: number;
}

/** The rows of a checked document. Safety stock and limits by rank, allocations as they stand in it. */
export function compileRules(document: RulesDocument, { locations, now }: CompileOptions = {}): CompiledRules {
  const exist = (code: string) => locations === undefined || locations.has(code);
  const groups = groupLocations(document.groups);
  const sellsFrom = new Map(document.channels.map((rule) => [rule.code, locationsOf(rule, groups).filter(exist)]));
  const placesOf = (rule: { location?: string | undefined; group?: string | undefined }): string[] | null => {
    if (rule.location !== undefined) return [rule.location].filter(exist);
    return rule.group === undefined ? null : (groups.get(rule.group) ?? []).filter(exist);
  };
  const isOver = ({ until }: Validity) => now !== undefined && until !== null && until <= now;
  return {
    transitHours: document.transitHours,
    unrecordedLoss: document.unrecordedLoss,
    channels: document.channels.map((rule) => toChannel(rule, sellsFrom.get(rule.code) ?? [])),
    safetyStock: document.safetyStock
      .map((rule) => ({
        ...rowOf(rule, rankOf(rule)),
        units: rule.units,
        locations: placesOf(rule),
        channel: rule.channel ?? null,
      }))
      .filter((row) => !isOver(row))
      .sort(byRank),
    limits: document.limits
      .map((rule) => ({
        ...rowOf(rule, rankOf(rule)),
        channel: rule.channel,
        holdback: rule.holdback ?? null,
        cap: rule.cap ?? null,
        minPublish: rule.minPublish ?? null,
      }))
      .filter((row) => !isOver(row))
      .sort(byRank),
    allocations: document.allocations
      .map((rule, ordinal) => ({
        ...rowOf(rule, rankOf(rule)),
        channel: rule.channel,
        mode: rule.mode,
        units: rule.units ?? null,
        percent: rule.percent ?? null,
        locations: within(placesOf(rule), sellsFrom.get(rule.channel) ?? []),
        ordinal,
      }))
      .filter((row) => !isOver(row)),
    listings: document.listings,
  };
}

function toChannel(rule: ChannelRule, locations: readonly string[]): ChannelRow {
  const { code, name, epsilon, holdback, cap = null, minPublish, inboundHorizonHours } = rule;
  return { code, name, locations, epsilon, holdback, cap, minPublish, inboundHorizonHours };
}

function rowOf(
  rule: {
    readonly id: string;
    readonly sku?: string | undefined;
    readonly category?: string | undefined;
    readonly from?: string | undefined;
    readonly until?: string | undefined;
  },
  rank: number,
): RuleRow {
  return { ruleId: rule.id, sku: rule.sku ?? null, category: rule.category ?? null, rank, ...validityOf(rule) };
}

const byRank = (a: RuleRow, b: RuleRow): number => a.rank - b.rank;

function within(places: readonly string[] | null, sellsFrom: readonly string[]): readonly string[] {
  if (places === null) return sellsFrom;
  const named = new Set(places);
  return sellsFrom.filter((code) => named.has(code));
}
