import { describe, expect, it } from 'vitest';
import { rulesOf } from '#test/support/rules-documents.ts';
import { diffRules } from './diff-rules.ts';

const exclusive = (...ids: string[]) => ids.map((id) => ({ id, channel: 'web', mode: 'exclusive', units: 1 }));

describe('diffRules', () => {
  it('knows what was added, removed and changed by its name, whatever its place', () => {
    const channel = { code: 'web', name: 'Web', locations: ['S1', 'S2'], cap: 5 };
    const before = rulesOf({
      channels: [channel, { code: 'amz', name: 'A' }],
      safetyStock: [{ id: 'a', units: 1, from: '2026-01-01T00:00:00Z' }],
      listings: [{ channel: 'web', channelSku: 'X', sku: 'A' }],
    });
    const after = rulesOf({
      transitHours: 24,
      channels: [
        { code: 'ebay', name: 'E' },
        { ...channel, cap: undefined, locations: ['S3', 'S1'] },
      ],
      safetyStock: [{ id: 'a', units: 1, from: '2026-01-01T01:00:00+01:00' }],
      listings: [{ channel: 'web', channelSku: 'X', sku: 'B' }],
    });
    const diff = diffRules(before, after);
    expect(diff.map(({ section, change, name }) => `${section} ${change} ${name}`)).toEqual([
      'settings changed transitHours',
      'channels added ebay',
      'channels changed web',
      'channels removed amz',
      'listings changed X of web',
    ]);
    expect(diff[2]!.fields).toEqual([
      { field: 'locations', added: ['S3'], removed: ['S2'] },
      { field: 'cap', from: 5 },
    ]);
    expect(diff[4]!.fields).toEqual([{ field: 'sku', from: 'A', to: 'B' }]);
    expect(diffRules(after, after)).toEqual([]);
    expect(diffRules(undefined, before).every(({ change }) => change === 'added')).toBe(true);
  });

  it('the order of exclusive allocations has a meaning, that of the others has none', () => {
    const before = rulesOf({ allocations: exclusive('a', 'b', 'c') });
    expect(diffRules(before, rulesOf({ allocations: exclusive('a', 'c', 'b') }))).toMatchObject([
      { change: 'moved', name: 'c', fields: [{ field: 'place', from: 3, to: 2 }] },
      { change: 'moved', name: 'b', fields: [{ field: 'place', from: 2, to: 3 }] },
    ]);
    expect(diffRules(before, rulesOf({ allocations: exclusive('x', 'a', 'c') })).map(({ change }) => change)).toEqual([
      'added',
      'removed',
    ]);
    const stocks = ['a', 'b'].map((id) => ({ id, units: 1 }));
    expect(diffRules(rulesOf({ safetyStock: stocks }), rulesOf({ safetyStock: stocks.toReversed() }))).toEqual([]);
  });
});
