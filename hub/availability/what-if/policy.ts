import { z } from 'zod';
import { text } from '#shared/protocol/fields.ts';
import { EPSILON_LEAST, EPSILON_MOST } from '#shared/stock/buffer-thresholds.ts';
import { demandQuantile } from '#shared/stock/lag-buffer.ts';
import type { KnownDemand } from './known-demand.ts';

const epsilon = z.number().min(EPSILON_LEAST).max(EPSILON_MOST);
const units = z.int().min(0).max(1_000_000);
const factor = z.number().min(0).max(1_000);
const rounding = z.enum(['up', 'nearest']).default('up');

/** How a rule's strength is set for one channel; what is not set is as for all. */
const CHANNEL = z.strictObject({ epsilon: epsilon.optional(), units: units.optional(), factor: factor.optional() });
const common = { name: text.max(60), channels: z.record(text, CHANNEL).default({}) };

/** What is withheld, and when: a policy file. */
export const policySchema = z.discriminatedUnion('rule', [
  /** All that is known to be there is offered. */
  z.strictObject({ ...common, rule: z.literal('none') }),
  /** A safety stock of so many units: always, or while the store is silent. */
  z.strictObject({ ...common, rule: z.literal('fixed'), units, onlySilent: z.boolean().default(false) }),
  /** A day's mean sales, times a factor, while the store is silent. */
  z.strictObject({ ...common, rule: z.literal('meanDay'), factor: factor.default(1), rounding }),
  /** What is sold on average in a time as long as the silence, times a factor. */
  z.strictObject({ ...common, rule: z.literal('meanSilence'), factor: factor.default(1), rounding }),
  /** The lag buffer: what unseen demand exceeds with probability epsilon at most. */
  z.strictObject({ ...common, rule: z.literal('lagBuffer'), epsilon }),
]);
export type Policy = z.infer<typeof policySchema>;

/** What a rule may look at: a shelf, and since when its store is silent (ms since 1970). Causal by construction. */
export interface Situation {
  readonly shelf: number;
  readonly silentSince: number | undefined;
  readonly now: number;
  /** Weighted hours of the silence. */
  readonly exposureHours: number;
}
type BufferRule = (situation: Situation, known: KnownDemand) => number;

const HOUR_MS = 3_600_000;

export interface ChannelRule {
  /** Channels with the same key have the same rule. */
  readonly key: string;
  readonly buffer: BufferRule;
  /** Also while the store is heard. */
  readonly isAlways: boolean;
}

/** The rule of a policy for one channel. */
export function ruleFor(policy: Policy, channel: string): ChannelRule {
  const own = policy.channels[channel];
  switch (policy.rule) {
    case 'none':
      return { key: '', buffer: () => 0, isAlways: false };
    case 'fixed': {
      const units = own?.units ?? policy.units;
      return { key: String(units), buffer: () => units, isAlways: !policy.onlySilent };
    }
    case 'meanDay':
    case 'meanSilence': {
      const factor = own?.factor ?? policy.factor;
      const round = policy.rounding === 'up' ? Math.ceil : Math.round;
      const hours =
        policy.rule === 'meanDay' ? () => 24 : ({ now, silentSince = now }: Situation) => (now - silentSince) / HOUR_MS;
      const buffer: BufferRule = (situation, known) =>
        round(factor * hours(situation) * known.ownRate(situation.shelf, situation.now));
      return { key: String(factor), buffer, isAlways: false };
    }
    case 'lagBuffer': {
      const risk = own?.epsilon ?? policy.epsilon;
      const buffer: BufferRule = ({ shelf, now, exposureHours }, known) => {
        const demand = known.estimate(shelf, now);
        return demandQuantile(demand, demand.ratePerHour * exposureHours, risk);
      };
      return { key: String(risk), buffer, isAlways: false };
    }
    default:
      return policy satisfies never;
  }
}
