import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CATEGORIES,
  CHANNELS,
  DAYS,
  defined,
  GROUP_LOCATIONS,
  GROUPS,
  LOCATIONS,
  numbered,
  place,
  product,
  SKUS,
  validity,
} from '#test/support/rules-documents.ts';
import { checkRules } from './check-rules.ts';
import type { RulesDocument } from './rules-document.ts';

const channels = [
  { code: 'web', name: 'Web', locations: ['S4'], groups: ['north'] },
  { code: 'amazon', name: 'Amazon', groups: ['inner', 'south'] },
];
const SELLS: Record<string, readonly string[]> = { web: ['S1', 'S2', 'S4'], amazon: ['S2', 'S3'] };

type Rule = RulesDocument['allocations'][number];
const holds = ({ from, until }: { from?: string | undefined; until?: string | undefined }, at: number) =>
  (from === undefined || Date.parse(from) <= at) && (until === undefined || at < Date.parse(until));
const isAt = (rule: { location?: string | undefined; group?: string | undefined }, location: string) =>
  (rule.location ?? location) === location &&
  (rule.group === undefined || GROUP_LOCATIONS[rule.group]!.includes(location));
const instants = [0, ...DAYS.map((day) => Date.parse(day))];

describe('rules that overlap, against brute force', () => {
  it('A2 exclusives are refused exactly when some sku, category, location and instant has more than 100 %', () => {
    const allocation = fc
      .tuple(
        product,
        place,
        validity,
        fc.record({ channel: fc.constantFrom(...CHANNELS), percent: fc.constantFrom(10, 30.5, 40, 50, 69.5) }),
      )
      .map((parts): object => Object.assign({ mode: 'exclusive' }, ...parts));
    fc.assert(
      fc.property(fc.array(allocation, { maxLength: 7 }), (list) => {
        const allocations = numbered(list, 'x') as unknown as Rule[];
        const isTooMuch = [...SKUS, 'any other'].some((sku) =>
          [...CATEGORIES, undefined].some((category) =>
            LOCATIONS.some((location) =>
              instants.some((at) => {
                const sum = allocations
                  .filter((rule) => (rule.sku ?? sku) === sku && (rule.category ?? category) === category)
                  .filter((rule) => SELLS[rule.channel]!.includes(location) && isAt(rule, location) && holds(rule, at))
                  .reduce((sum, rule) => sum + rule.percent!, 0);
                return sum > 100;
              }),
            ),
          ),
        );
        const { problems } = checkRules(JSON.stringify({ rules: 1, groups: GROUPS, channels, allocations }));
        expect(problems.list().some(({ kind }) => kind === 'over-100-percent')).toBe(isTooMuch);
      }),
      { numRuns: 1_000 },
    );
  });

  it('safety stocks are refused exactly when two of the same class match one target at one instant', () => {
    const rule = fc
      .tuple(product, place, validity, fc.option(fc.constantFrom(...CHANNELS), { nil: undefined }))
      .map(([product, place, validity, channel]) => ({
        units: 1,
        ...product,
        ...place,
        ...validity,
        ...defined({ channel }),
      }));
    const classOf = (rule: Rule) =>
      [rule.sku, rule.category, rule.channel].join('/') + Boolean(rule.location) + Boolean(rule.group);
    fc.assert(
      fc.property(fc.array(rule, { maxLength: 6 }), (list) => {
        const safetyStock = numbered(list, 's') as unknown as Rule[];
        const clashes = safetyStock.some((a, place) =>
          safetyStock
            .slice(place + 1)
            .some(
              (b) =>
                classOf(a) === classOf(b) &&
                LOCATIONS.some((location) => isAt(a, location) && isAt(b, location)) &&
                instants.some((at) => holds(a, at) && holds(b, at)),
            ),
        );
        const { problems } = checkRules(JSON.stringify({ rules: 1, groups: GROUPS, channels, safetyStock }));
        expect(problems.list().some(({ kind }) => kind === 'ambiguous')).toBe(clashes);
      }),
      { numRuns: 1_000 },
    );
  });
});
