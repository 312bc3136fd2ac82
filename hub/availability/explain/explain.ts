import type { Queryable } from '#hub/db/snapshot.ts';
import { availableToSell, type AtsTerms, type ShelfTerms } from '#shared/stock/ats.ts';
import type { DemandEstimate } from '#shared/stock/demand.ts';
import { lagBuffer } from '#shared/stock/lag-buffer.ts';
import { unseenDemand } from '#shared/stock/unseen-demand.ts';
import { readRuleSet, type RuledChannel, type RuleSet } from '../engine/rule-set.ts';
import { ruleSetAt, termsBasisAt, type TermsBasis } from './basis-at.ts';
import { demandAt, type DemandAt } from './demand-at.ts';
import { requireExplained } from './explained-since.ts';
import { inboundAt, type InboundTransfer } from './inbound-at.ts';
import { anchorsAt } from './anchors-at.ts';
import { positionsAt, type PastPosition } from './position-at.ts';
import { rulesOfSku, type RulesOfSku } from './ruled.ts';
import { watermarksAt, type PastWatermark } from './watermarks-at.ts';

const HOUR_MS = 3_600_000;

/** Why something is withheld for what is not known of a location. */
export interface BufferStory {
  readonly seenAt: number;
  readonly until: number;
  readonly exposureHours: number;
  readonly demand: DemandEstimate;
  readonly unitsSold: number;
  readonly mean: number;
  readonly lossMean: number;
  readonly shape: number;
  readonly spread: number;
  readonly epsilon: number;
}

export interface ExplainedShelf extends ShelfTerms {
  readonly safetyStockRule: string | null;
  readonly exclusives: readonly { channel: string; rule: string }[];
  readonly sharedRule: string | null;
  readonly position: PastPosition;
  /** How far the hub held each journal of the location. */
  readonly watermarks: readonly PastWatermark[];
  readonly basis: TermsBasis;
  /** Null: nothing is withheld for silence or for the record. */
  readonly buffer: BufferStory | null;
}

/** A channel's number with everything that it comes from, at an instant. */
export interface Explanation extends Omit<AtsTerms, 'shelves'> {
  readonly sku: string;
  readonly channel: string;
  readonly at: number;
  readonly rulesVersion: number | null;
  readonly ruleSet: number | null;
  readonly limitRules: {
    readonly holdback: string | null;
    readonly cap: string | null;
    readonly minPublish: string | null;
  };
  readonly shelves: readonly ExplainedShelf[];
  /** The instant that inbound holds for, ms since 1970; null: nothing was on its way that the rules speak of. */
  readonly inboundAsOf: number | null;
  /** All that was on its way to the channel's locations, also what did not count. */
  readonly onTheWay: readonly InboundTransfer[];
}

/** A shelf before the formula: where it stands, and what is withheld for what is not known. */
type Shelf = Pick<ExplainedShelf, 'position' | 'watermarks' | 'basis' | 'buffer'> & {
  readonly lag: number;
  readonly record: number;
};

export interface Question {
  readonly sku: string;
  readonly channel: string;
  /** ms since 1970; what the hub had taken by then counts. */
  readonly at: number;
  readonly movementsMax: number;
}

/**
 * What a channel might sell of a sku at an instant, and why (A1): recomputed by the pure formula from facts, rules and
 * silence as they were then. Read it in one snapshot. Undefined: the channel was not there. Throws PAST_PRUNED.
 */
export async function explain(client: Queryable, question: Question): Promise<Explanation | undefined> {
  const { sku, channel: code, movementsMax } = question;
  // Instants of facts are kept to the microsecond, those of questions to the millisecond: what began in it counts.
  const at = Math.ceil(question.at);
  // Every row is found by its key, whatever statistics say of a table that has just grown.
  await client.query("SELECT set_config('enable_seqscan', 'off', true)");
  await requireExplained(client, at);
  const ruleSet = await ruleSetAt(client, sku, at);
  if (ruleSet === null) return undefined;
  const set = await readRuleSet(client, ruleSet);
  const channel = set.channels.find((one) => one.code === code);
  if (channel === undefined) return undefined;
  const rules = await rulesOfSku(client, set, sku, channel);
  const positions = await positionsAt(client, sku, channel.locations, { at, movementsMax });
  const bases = await termsBasisAt(client, sku, at, positions);
  // The anchors when the terms were made: a count that came later has not changed them yet.
  const made = [...bases.values()].map(({ location, madeAt }) => ({ location, at: Math.ceil(madeAt) }));
  const anchors = await anchorsAt(client, sku, made);
  const places = positions.map(({ location }) => location);
  const held = await watermarksAt(client, places, at);
  const byRun = new Map<number | null, Promise<DemandAt>>();
  const demandOf = (run: number | null): Promise<DemandAt> => {
    const known = byRun.get(run) ?? demandAt(client, sku, run);
    byRun.set(run, known);
    return known;
  };
  const shelves: Shelf[] = [];
  for (const position of positions) {
    const basis = bases.get(position.location);
    if (!basis) throw new Error(`terms of location ${position.location} have no basis`);
    const anchoredAt = anchors.get(position.location)?.at ?? null;
    const buffer = await bufferOf({ position, basis, anchoredAt, set, channel, demandOf });
    shelves.push({ position, watermarks: held.get(position.location) ?? [], basis, buffer, ...withheldBy(buffer) });
  }
  const { transfers: onTheWay, asOf: inboundAsOf, inbound } = await inboundAt(client, { sku, at, set, channel });
  const holdback = rules.holdback.value;
  const terms = availableToSell(
    code,
    shelves.map((shelf) => ({
      ...shelfInput(shelf.position, rules),
      lagBuffer: shelf.lag,
      recordBuffer: shelf.record,
    })),
    { inbound, holdback, cap: rules.cap.value, minPublish: rules.minPublish.value },
  );
  return {
    ...terms,
    sku,
    channel: code,
    at,
    rulesVersion: set.rulesVersion,
    ruleSet,
    limitRules: { holdback: rules.holdback.rule, cap: rules.cap.rule, minPublish: rules.minPublish.rule },
    shelves: terms.shelves.flatMap((shelf, place) => {
      const own = shelves[place];
      return own === undefined ? [] : [toExplained(shelf, own, rules)];
    }),
    inboundAsOf,
    onTheWay,
  };
}

function toExplained(
  shelf: ShelfTerms,
  { position, watermarks, basis, buffer }: Pick<ExplainedShelf, 'position' | 'watermarks' | 'basis' | 'buffer'>,
  rules: RulesOfSku,
): ExplainedShelf {
  return {
    ...shelf,
    safetyStockRule: rules.safetyStock(position.location).rule,
    exclusives: rules.exclusives(position.location).map(({ channel, rule }) => ({ channel, rule })),
    sharedRule: rules.shared(position.location)?.rule ?? null,
    position,
    watermarks,
    basis,
    buffer,
  };
}

function shelfInput({ location, code, onHand, reserved }: PastPosition, rules: RulesOfSku) {
  return {
    location: code,
    onHand,
    reserved,
    safetyStock: rules.safetyStock(location).value,
    exclusives: rules.exclusives(location),
    shared: rules.shared(location)?.share,
  };
}

interface BufferQuestion {
  readonly position: PastPosition;
  readonly basis: TermsBasis;
  readonly anchoredAt: number | null;
  readonly set: RuleSet;
  readonly channel: RuledChannel;
  readonly demandOf: (run: number | null) => Promise<DemandAt>;
}

async function bufferOf({
  position,
  basis,
  anchoredAt,
  set,
  channel: { epsilon },
  demandOf,
}: BufferQuestion): Promise<BufferStory | null> {
  const { silence, seenAt, demandRun } = basis;
  const from = silence?.asOf ?? seenAt;
  if (from === null || (silence === null && set.unrecordedLoss === 0)) return null;
  const until = from + (silence?.stepMs ?? 0);
  const known = await demandOf(demandRun);
  const { sums, unitsSold } = known.of(position.location);
  const demand = known.estimate(position.location, from);
  const exposureHours = silence?.exposureHours ?? 0;
  const countedAt = sums.firstAt === Infinity ? until : (anchoredAt ?? sums.firstAt);
  const mean = exposureHours * demand.ratePerHour;
  const lossMean = (set.unrecordedLoss * demand.ratePerHour * Math.max(0, until - countedAt)) / HOUR_MS;
  return {
    seenAt: from,
    until,
    exposureHours,
    demand,
    unitsSold,
    mean,
    lossMean,
    ...unseenDemand(demand, mean),
    epsilon,
  };
}

function withheldBy(buffer: BufferStory | null): { lag: number; record: number } {
  if (buffer === null) return { lag: 0, record: 0 };
  const { demand, exposureHours, lossMean, epsilon } = buffer;
  const { silence, inaccuracy } = lagBuffer(demand, { exposureHours, lossMean }, epsilon);
  return { lag: silence, record: inaccuracy };
}
