import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  CATEGORIES,
  CHANNELS,
  DAYS,
  GROUP_LOCATIONS,
  GROUPS,
  LOCATIONS,
  numbered,
  onChannel,
  place,
  product,
  rulesOf,
  SKUS,
  validity,
} from '#test/support/rules-documents.ts';
import { compileRules } from './compile-rules.ts';
import { channelLocations, exclusivesOf, limitsOf, safetyStockOf, sharedOf, type Asked } from './resolve.ts';
import { nextBoundary } from './validity.ts';

const channels = [
  { code: 'web', name: 'Web', locations: ['S4'], groups: ['north'], cap: 90, holdback: 1 },
  { code: 'amazon', name: 'Amazon', groups: ['inner', 'south'] },
];

const asked: fc.Arbitrary<Asked> = fc.record({
  sku: fc.constantFrom(...SKUS),
  category: fc.constantFrom(...CATEGORIES, null),
  location: fc.constantFrom(...LOCATIONS),
  channel: fc.constantFrom(...CHANNELS),
  at: fc.constantFrom(...DAYS.flatMap((day) => [Date.parse(day) - 1, Date.parse(day)])),
});

interface AnyRule {
  readonly id: string;
  readonly sku?: string;
  readonly category?: string;
  readonly location?: string;
  readonly group?: string;
  readonly channel?: string;
  readonly from?: string;
  readonly until?: string;
  readonly units?: number;
}

const matches = (rule: AnyRule, asked: Asked): boolean =>
  (rule.sku ?? asked.sku) === asked.sku &&
  (rule.category ?? asked.category) === asked.category &&
  (rule.location ?? asked.location) === asked.location &&
  (rule.group === undefined || GROUP_LOCATIONS[rule.group]!.includes(asked.location)) &&
  (rule.channel ?? asked.channel) === asked.channel &&
  (rule.from === undefined || Date.parse(rule.from) <= asked.at) &&
  (rule.until === undefined || asked.at < Date.parse(rule.until));

/** The classes of targets, the most specific first, written out. */
const CLASSES = ['sku', 'category', 'all'].flatMap((product) =>
  ['location', 'group', 'all'].flatMap((place) =>
    ['channel', 'all'].map((channel) => `${product} ${place} ${channel}`),
  ),
);
const classOf = (rule: AnyRule): string =>
  [
    rule.sku ? 'sku' : rule.category ? 'category' : 'all',
    rule.location ? 'location' : rule.group ? 'group' : 'all',
    rule.channel ? 'channel' : 'all',
  ].join(' ');

/** The most specific of the rules that match, and undefined when several are equally so: the check refuses such. */
function best(rules: readonly AnyRule[], asked: Asked): AnyRule | null | undefined {
  for (const name of CLASSES) {
    const found = rules.filter((rule) => classOf(rule) === name && matches(rule, asked));
    if (found.length > 1) return undefined;
    if (found.length === 1) return found[0];
  }
  return null;
}

const ruleList = (fields: fc.Arbitrary<object>) =>
  fc.array(fc.tuple(product, fields, validity), { maxLength: 12 }).map((list) =>
    numbered(
      list.map((parts) => Object.assign({}, ...parts)),
      'r',
    ),
  );

describe('resolution', () => {
  it('the most specific safety stock in force counts, in whatever order the document has them', () => {
    const rules = ruleList(
      fc.tuple(place, onChannel, fc.record({ units: fc.nat(20) })).map((parts) => Object.assign({}, ...parts)),
    );
    fc.assert(
      fc.property(rules, asked, fc.infiniteStream(fc.nat()), (safetyStock, asked, noise) => {
        const expected = best(safetyStock as never, asked);
        fc.pre(expected !== undefined);
        const resolve = (list: object[]) =>
          safetyStockOf(compileRules(rulesOf({ groups: GROUPS, channels, safetyStock: list })), asked);
        const answer = expected === null ? { units: 0, rule: null } : { units: expected.units, rule: expected.id };
        expect(resolve(safetyStock)).toEqual(answer);
        const shuffled = safetyStock.map((rule) => ({ rule, key: noise.next().value })).sort((a, b) => a.key - b.key);
        expect(resolve(shuffled.map(({ rule }) => rule))).toEqual(answer);
      }),
      { numRuns: 500 },
    );
  });

  it('of each limit the most specific that names it counts, else the channel speaks', () => {
    const rules = ruleList(
      fc.record(
        { holdback: fc.nat(9), cap: fc.nat(50), minPublish: fc.nat(5), channel: fc.constantFrom(...CHANNELS) },
        { requiredKeys: ['channel'] },
      ),
    );
    fc.assert(
      fc.property(rules, asked, (limits, asked) => {
        const own = { holdback: 1, cap: 90, minPublish: 0 };
        const none = { holdback: 0, cap: Infinity, minPublish: 0 };
        const found = limitsOf(compileRules(rulesOf({ groups: GROUPS, channels, limits })), asked);
        for (const field of ['holdback', 'cap', 'minPublish'] as const) {
          const expected = best(limits.filter((rule) => rule[field] !== undefined) as never, asked);
          if (expected === undefined) continue;
          const byChannel = { units: (asked.channel === 'web' ? own : none)[field], rule: null };
          expect(found[field]).toEqual(
            expected === null ? byChannel : { units: (expected as never)[field], rule: expected.id },
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it('exclusive allocations all count, in order, where their channel sells; of shared ones the most specific', () => {
    const share = fc.oneof(fc.record({ units: fc.nat(9) }), fc.record({ percent: fc.nat(100) }));
    const fields = fc
      .tuple(
        place,
        share,
        fc.record({ channel: fc.constantFrom(...CHANNELS), mode: fc.constantFrom('exclusive', 'shared') }),
      )
      .map((parts) => Object.assign({}, ...parts));
    const sells: Record<string, readonly string[]> = { web: ['S1', 'S2', 'S4'], amazon: ['S2', 'S3'] };
    fc.assert(
      fc.property(ruleList(fields), asked, (allocations, asked) => {
        const rules = compileRules(rulesOf({ groups: GROUPS, channels, allocations }));
        const here = allocations.filter((rule) => sells[String(rule['channel'])]!.includes(asked.location));
        const exclusive = here.filter(
          (rule) =>
            rule['mode'] === 'exclusive' && matches(rule as never, { ...asked, channel: String(rule['channel']) }),
        );
        expect(exclusivesOf(rules, asked).map(({ rule }) => rule)).toEqual(exclusive.map(({ id }) => id));
        const expected = best(here.filter((rule) => rule['mode'] === 'shared') as never, asked);
        fc.pre(expected !== undefined);
        expect(sharedOf(rules, asked)?.rule).toBe(expected?.id);
      }),
      { numRuns: 500 },
    );
  });

  it('a channel sells from its locations and those of its groups, groups in them included', () => {
    const rules = compileRules(rulesOf({ groups: GROUPS, channels }));
    expect(channelLocations(rules, 'web')).toEqual(['S1', 'S2', 'S4']);
    expect(channelLocations(rules, 'amazon')).toEqual(['S2', 'S3']);
    expect(channelLocations(rules, 'none')).toEqual([]);
  });
});

describe('compiled rules', () => {
  const rule = { units: 1, from: DAYS[1], until: DAYS[3] };
  const document = rulesOf({ safetyStock: [{ id: 'a', ...rule }] });

  it('hold from their first instant on and before their last, and are left out once that is over', () => {
    const units = (at: number) =>
      safetyStockOf(compileRules(document), { sku: 'A', category: null, location: 'S1', channel: 'web', at }).units;
    const [from, until] = [Date.parse(DAYS[1]!), Date.parse(DAYS[3]!)];
    expect([from - 1, from, until - 1, until].map(units)).toEqual([0, 1, 1, 0]);
    expect(compileRules(document, { now: until - 1 }).safetyStock).toHaveLength(1);
    expect(compileRules(document, { now: until }).safetyStock).toHaveLength(0);
  });

  it('name each instant at which something begins or ends', () => {
    const boundaries: (number | null)[] = [0];
    for (let at: number | null = 0; at !== null;) boundaries.push((at = nextBoundary(document, at)));
    expect(boundaries).toEqual([0, Date.parse(DAYS[1]!), Date.parse(DAYS[3]!), null]);
  });

  it('leave out locations that do not exist, and know places for all, one or a group', () => {
    const safetyStock = [
      { id: 'all', units: 1 },
      { id: 'one', units: 2, location: 'S1' },
      { id: 'north', units: 3, group: 'north' },
    ];
    const rules = compileRules(rulesOf({ groups: GROUPS, channels, safetyStock }), {
      locations: new Set(['S2', 'S3']),
    });
    expect(rules.safetyStock.map(({ ruleId, locations }) => [ruleId, locations])).toEqual([
      ['one', []],
      ['north', ['S2']],
      ['all', null],
    ]);
    expect(rules.channels.map(({ locations }) => locations)).toEqual([['S2'], ['S2', 'S3']]);
  });
});
