import { describe, expect, it } from 'vitest';
import { DAYS } from '#test/support/rules-documents.ts';
import { acceptRules, checkRules } from './check-rules.ts';
import { RULES_LIMITS } from './read-rules.ts';

const known = {
  locations: new Set(['S1', 'S2', 'S3', 'S4']),
  categories: new Set(['shoes', 'hats']),
  skus: new Set(['A', 'B', 'C', '22423', '007']),
  skusNear: new Map([['22432', ['22423', '22500']]]),
};

const BASE = `rules: 1
groups:
  - {code: north, locations: [S1, S2]}
  - {code: south, locations: [S3]}
channels:
  - {code: web, name: Web, groups: [north], locations: [S4]}
  - {code: amazon, name: Amazon, locations: [S1, S3]}
`;
/** Where what a test adds to BASE begins. */
const AT = BASE.split('\n').length;

/** Each problem as `line:column kind message | remedy`, the line counted from the first that was added. */
function told(added: string, base = BASE): string[] {
  return checkRules(base + added, known)
    .problems.list()
    .map(({ line, column, kind, message, remedy }) => {
      const place = `${base === '' ? line : line - AT + 1}:${column}`;
      return `${place} ${kind} ${message} | ${remedy}`.replaceAll(
        /line (\d+)/g,
        (_, line: string) => `line +${base === '' ? line : Number(line) - AT + 1}`,
      );
    });
}

describe('bad rules are refused with the line and the remedy', () => {
  it('a good document has no problem, with names written as numbers, and JSON is read as well', () => {
    const added =
      'safetyStock:\n  - {id: 1, units: 3, sku: 22423}\n  - {id: 2, units: 3, sku: 007, group: north}\nlimits:\n';
    const read = checkRules(BASE + added, known);
    expect(read.problems.list()).toEqual([]);
    const document = acceptRules(read);
    expect(document.safetyStock.map(({ sku }) => sku)).toEqual(['22423', '007']);
    const asJson = checkRules(JSON.stringify(document, null, 2), known);
    expect(asJson.problems.list()).toEqual([]);
    expect(asJson.document).toEqual(document);
  });

  it('brackets in texts and comments are no levels, and fields that are there twice are told up to a bound', () => {
    const deep = '['.repeat(50);
    const added = `# ${deep}\nlistings:\n  - {channel: web, sku: A, channelSku: "${deep}"}\n  - channel: web\n    sku: A\n    channelSku: a${deep}\n  - channel: web\n    sku: A\n    channelSku: >-\n      [`;
    expect(told(added)).toEqual([]);
    const twice = Array.from({ length: 20_000 }, (_, n) => `k${n}: 1\n`).join('');
    expect(told(twice + twice)).toHaveLength(100);
  });

  it.each([
    ['what is not YAML', 'limits: [', ['1:10 syntax This is not YAML:']],
    ['tabs', 'limits:\n\t- id: x', ['2:1 syntax', 'Indent with blanks']],
    ['a field twice', 'limits: []\nlimits: []', ['2:1 duplicate-field "limits" is here twice, first in line +1.']],
    ['an alias', 'limits: &a []\nallocations: *a', ['2:1 alias *a is an alias. | Write the value out']],
    ['a tag', 'limits: !!binary aGk=', ['1:9 syntax', 'Leave the tag away']],
    ['a second document', '---\nrules: 1', ['1:1 syntax', 'Put everything in one document']],
    ['too many levels', `limits: ${'['.repeat(12)}${']'.repeat(12)}`, ['syntax This is more than 8 levels deep.']],
    ['brackets without end', 'limits: ' + '['.repeat(500_000), ['1:17 syntax This is more than 8 levels deep.']],
    ['entries of entries', 'limits:\n' + '- '.repeat(500_000), ['2:17 syntax This is more than 8 levels deep.']],
    ['an unknown field', 'limit: []', ['1:1 unknown-field There is no field "limit" here. | Did you mean limits?']],
    [
      'a prototype for a field',
      '__proto__: {a: 1}',
      ['1:1 unknown-field There is no field "__proto__" here. | Accepted: rules, transitHours'],
    ],
    [
      'an unknown field of an entry',
      'safetyStock:\n  - id: a\n    unit: 3',
      [
        '2:5 field units is missing. | Add `units:`.',
        '3:5 unknown-field There is no field "unit" here. | Did you mean units?',
      ],
    ],
    [
      'a negative cap',
      'limits:\n  - {id: a, channel: web, cap: -5}',
      ['2:27 field cap is -5, and must be at least 0. | Write at least 0; units that are withheld are positive too.'],
    ],
    [
      'units beyond all measure',
      'limits:\n  - {id: a, channel: web, cap: 1e9}',
      ['2:27 field cap is 1000000000, and must be 1000000 at most.'],
    ],
    [
      'a risk that no buffer is made for',
      '  - {code: ebay, name: E, epsilon: 0.00001}\n  - {code: otto, name: O, epsilon: 0.5}',
      [
        '1:27 field epsilon is 0.00001, and must be at least 0.0001. | Write at least 0.0001.',
        '2:27 field epsilon is 0.5, and must be 0.2 at most. | Write 0.2 at most.',
      ],
    ],
    [
      'numbers without an end, and none',
      'transitHours: .inf\nunrecordedLoss: .nan',
      [
        '1:1 field transitHours is infinite, and must be a number.',
        '2:1 field unrecordedLoss is no number, and must be a',
      ],
    ],
    [
      'an empty text, told once',
      'limits:\n  - {id: a, channel: web, cap: 1, category: ""}',
      ['2:35 field category is empty. | Write a text of a letter or more.'],
    ],
    [
      'more units than a machine counts, told once by the bound of the field',
      'limits:\n  - {id: a, channel: web, cap: 99999999999999999999}',
      ['2:27 field cap is 100000000000000000000, and must be 1000000 at most. | Write 1000000 at most.'],
    ],
    [
      'a text with a tab in it',
      'limits:\n  - {id: a, channel: web, cap: 1, category: "a\\tb"}',
      ['2:35 field category is "a\\tb": a character in it cannot be printed. | Leave tabs, line breaks'],
    ],
    [
      'half a unit',
      'limits:\n  - {id: a, channel: web, cap: 1.5}',
      ['2:27 field cap is 1.5, and must be a whole number.'],
    ],
    [
      'a text for a number',
      'transitHours: soon',
      ['1:1 field transitHours is "soon", and must be a number. | Write a number.'],
    ],
    [
      'percents beyond 100',
      'allocations:\n  - {id: a, channel: web, mode: exclusive, percent: 101}',
      ['2:44 field percent is 101, and must be 100 at most.'],
    ],
    [
      'percents of a thousandth',
      'allocations:\n  - {id: a, channel: web, mode: exclusive, percent: 1.001}',
      ['2:44 field percent is 1.001: must have two decimals at most.'],
    ],
    [
      'a mode that is none',
      'allocations:\n  - {id: a, channel: web, mode: mine, units: 1}',
      ['2:27 field mode is "mine", and must be exclusive or shared.'],
    ],
    [
      'a code that is none',
      'limits:\n  - {id: a, channel: "the web", cap: 1}',
      ['2:13 field channel is "the web": must be 1-32 letters'],
    ],
    [
      'a day for an instant',
      'limits:\n  - {id: a, channel: web, cap: 1, from: 2026-12-01}',
      ['2:35 field from is "2026-12-01": no instant. | Write an instant with its offset'],
    ],
    ['a list that is none', 'limits: many', ['1:1 field limits is "many", and must be a list']],
    ['a list that is there already', 'channels: []', ['1:1 duplicate-field']],
    [
      'an unknown location',
      'safetyStock:\n  - {id: a, units: 1, location: S22}',
      ['2:23 unknown-name There is no location S22. | Did you mean S2? Create it first'],
    ],
    [
      'an unknown group',
      'safetyStock:\n  - {id: a, units: 1, group: nroth}',
      ['2:23 unknown-name There is no group nroth. | Did you mean north? Add it to `groups`.'],
    ],
    [
      'an unknown channel',
      'limits:\n  - {id: a, channel: amazom, cap: 1}',
      ['2:13 unknown-name There is no channel amazom. | Did you mean amazon?'],
    ],
    [
      'an unknown sku',
      'safetyStock:\n  - {id: a, units: 1, sku: 22432}',
      [
        '2:23 unknown-name There is no product with the sku 22432. | Did you mean 22423? Add the product first: PUT /v1/products.',
      ],
    ],
    [
      'an unknown category',
      'safetyStock:\n  - {id: a, units: 1, category: Shoes}',
      [
        '2:23 unknown-name There is no category Shoes. | Did you mean shoes? A category comes with its products: PUT /v1/products',
      ],
    ],
    [
      'a listing of nothing',
      'listings:\n  - {channel: web, channelSku: X, sku: Z}',
      ['2:35 unknown-name There is no product with the sku Z.'],
    ],
    [
      'the same listing twice',
      'listings:\n  - {channel: web, channelSku: X, sku: A}\n  - {channel: web, channelSku: X, sku: B}',
      ['3:20 duplicate-name The listing X of web is here twice, first in line +2.'],
    ],
    [
      'the same id twice',
      'safetyStock:\n  - {id: a, units: 1}\nlimits:\n  - {id: a, channel: web, cap: 1}',
      ['4:6 duplicate-name The rule a is here twice, first in line +2. | Give each rule an id of its own'],
    ],
    [
      'a sku and a category',
      'safetyStock:\n  - {id: a, units: 1, sku: A, category: hats}',
      ['2:31 two-targets The rule a names a sku and a category. | Leave `category` away to speak of the sku'],
    ],
    [
      'a location and a group',
      'safetyStock:\n  - {id: a, units: 1, location: S1, group: south}',
      ['2:37 two-targets The rule a names a location and a group.'],
    ],
    [
      'an end before the beginning',
      `limits:\n  - {id: a, channel: web, cap: 1, from: "${DAYS[2]}", until: "${DAYS[2]}"}`,
      ['2:65 empty-validity The rule a ends before it begins. | Put `until` after 2026-03-03T00:00:00Z'],
    ],
    [
      'units and percent',
      'allocations:\n  - {id: a, channel: web, mode: shared, units: 1, percent: 5}',
      ['2:6 units-or-percent The allocation a has both `units` and `percent`. | Give it exactly one'],
    ],
    [
      'neither',
      'allocations:\n  - {id: a, channel: web, mode: shared}',
      ['2:6 units-or-percent The allocation a has neither'],
    ],
    [
      'a limit of nothing',
      'limits:\n  - {id: a, channel: web}',
      ['2:6 no-effect The limit a sets nothing. | Give it `holdback`, `cap` or `minPublish`'],
    ],
    [
      'an allocation where the channel does not sell',
      'allocations:\n  - {id: a, channel: web, mode: exclusive, units: 1, location: S3}',
      ['2:54 no-effect The allocation a holds nowhere: web does not sell from S3. | Add S3 to the channel'],
    ],
    [
      'two equally specific safety stocks',
      'safetyStock:\n  - {id: a, units: 1, sku: A, group: north}\n  - {id: b, units: 2, sku: A, group: north}',
      [
        '3:6 ambiguous The rules a (line +2) and b both set the safety stock of sku A at once, and none is more specific. | Let one speak of less',
      ],
    ],
    [
      'two equally specific limits',
      'limits:\n  - {id: a, channel: web, cap: 1, minPublish: 2}\n  - {id: b, channel: web, cap: 2, holdback: 1}',
      ['3:6 ambiguous The rules a (line +2) and b both set the cap of all products at once'],
    ],
    [
      'two equally specific shared allocations',
      'allocations:\n  - {id: a, channel: web, mode: shared, units: 1}\n  - {id: b, channel: web, mode: shared, percent: 2}',
      ['3:6 ambiguous The rules a (line +2) and b both set the shared allocation of all products'],
    ],
    [
      'exclusives beyond 100 %',
      'allocations:\n  - {id: a, channel: web, mode: exclusive, percent: 60, group: north}\n  - {id: b, channel: amazon, mode: exclusive, percent: 60.5, sku: A}',
      [
        '3:47 over-100-percent Exclusive shares of sku A at S1 come to 120.5 %: a 60 % (line +2) + b 60.5 %. | Take 20.5 % from them',
      ],
    ],
    [
      'exclusives beyond 100 % once a product changes its category',
      'allocations:\n  - {id: a, channel: web, mode: exclusive, percent: 60, category: hats}\n  - {id: b, channel: amazon, mode: exclusive, percent: 60, sku: A}',
      ['sku A, were it of category hats, at S1 come to 120 %'],
    ],
  ])('%s', (_, added, parts) => {
    const all = told(added).join('\n');
    for (const part of parts) expect(all).toContain(part);
  });

  it('nothing at all, and what is no map of fields', () => {
    expect(told('', '')).toEqual([
      '1:1 field There are no rules here. | Begin with `rules: 1`, and `channels:` below it.',
    ]);
    expect(told('- a', '')[0]).toContain('1:1 field The document is a list, and must be fields');
    expect(told('rules: 2', '')[0]).toContain('1:1 field rules is 2, and must be 1.');
  });

  it('cycles of groups are named', () => {
    const groups =
      'rules: 1\ngroups:\n  - {code: a, groups: [b]}\n  - {code: b, groups: [c]}\n  - {code: c, groups: [a]}\n  - {code: d, groups: [d]}';
    expect(told(groups, '')).toEqual([
      '5:24 group-cycle A group contains itself: a -> b -> c -> a. | Take a out of c, or another group out of the circle.',
      '6:24 group-cycle A group contains itself: d -> d. | Take d out of d, or another group out of the circle.',
    ]);
  });

  it('all problems are told at once, of good entries beside malformed ones too', () => {
    const problems = told(
      [
        'safetyStock:',
        '  - {id: a, units: -1}',
        '  - {id: b, units: 1, sku: A, location: S9}',
        'allocations:',
        '  - {id: c, mode: exclusive, channel: web, percent: 70, colour: red}',
        '  - {id: d, mode: exclusive, channel: web, percent: 70}',
        '  - {id: e, mode: exclusive, channel: amazon, percent: 70, sku: A}',
      ].join('\n'),
    );
    expect(problems.map((problem) => problem.split(' ').slice(0, 2).join(' '))).toEqual([
      '2:13 field',
      '3:31 unknown-name',
      '5:57 unknown-field',
      '7:47 over-100-percent',
    ]);
  });

  it('names in malformed entries are no second mistake', () => {
    const text =
      'rules: 1\ngroups:\n  - {code: g, size: 3}\nchannels:\n  - {code: c, groups: [g], cap: -1, name: C}\n  - {code: d, groups: [g], name: D}\nallocations:\n  - {id: x, channel: c, mode: shared, units: 1, location: S1}\n  - {id: y, channel: d, mode: shared, units: 1, location: S1}';
    expect(
      checkRules(text, known)
        .problems.list()
        .map(({ line, kind }) => [line, kind]),
    ).toEqual([
      [3, 'unknown-field'],
      [5, 'field'],
    ]);
  });

  it('X2 exclusive allocations of one sku at one location are bounded, those that hold at once', () => {
    const own = (id: number, more: string) => `  - {id: e${id}, channel: web, mode: exclusive, units: 1, ${more}}\n`;
    const forAll = Array.from({ length: 10 }, (_, n) => own(n, 'location: S1')).join('');
    const ofSku = Array.from({ length: 6 }, (_, n) => own(n + 10, 'sku: A')).join('');
    const head = `allocations:\n${forAll}${ofSku}`;
    expect(told(head + own(16, 'sku: B') + own(17, 'sku: A, location: S2'))).toEqual([]);
    const until = 'until: 2026-01-01T00:00:00Z';
    const later = head.replaceAll('sku: A', `sku: A, ${until}`) + own(16, 'sku: A, from: 2026-01-01T00:00:00Z');
    expect(told(later)).toEqual([]);
    expect(told(head + own(16, 'category: shoes'))).toEqual([
      '18:6 too-large 17 exclusive allocations are of sku A, were it of category shoes, at S1; the first is e0 (line +2).' +
        ' | At most 16 are taken: let some be shared, or not hold at once (`from`, `until`, sku, location).',
    ]);
  });

  it('X2 rules times locations are bounded, and so are groups in groups', () => {
    const stores = Array.from({ length: 2_000 }, (_, n) => `L${n}`);
    const rules = Array.from({ length: 1_000 }, (_, n) => `\n  - {id: r${n}, units: 1, sku: K${n}, group: all}`).join(
      '',
    );
    const spread = checkRules(
      `rules: 1\ngroups:\n  - {code: all, locations: [${stores.join(', ')}]}\nsafetyStock:${rules}`,
    );
    expect(spread.problems.list()).toMatchObject([
      { line: 255, kind: 'too-large', remedy: expect.stringMatching('At most') },
    ]);
    const chain = Array.from({ length: 1_000 }, (_, n) => `\n  - {code: g${n}, groups: [g${n + 1}]}`).join('');
    const nested = checkRules(`rules: 1\ngroups:${chain}\n  - {code: g1000, locations: [${stores.join(', ')}]}`);
    expect(nested.problems.list()).toMatchObject([{ kind: 'too-large', remedy: 'Let fewer groups contain others.' }]);
  });

  it('X2 a document is bounded in bytes and in each list, and problems are listed up to a bound', () => {
    expect(told(`# ${'x'.repeat(RULES_LIMITS.bytes)}`, '')[0]).toMatch(
      /^1:1 too-large The document has \d+ bytes\. \|/,
    );
    const rule = '- {id: a, units: 1}\n';
    const many = told(`rules: 1\nsafetyStock:\n${rule.repeat(RULES_LIMITS.rules + 1)}`, '');
    expect(many).toEqual([expect.stringContaining('2:1 too-large There are 10001 rules.')]);
    const members = `rules: 1\ngroups:\n  - {code: a, locations: [${'S,'.repeat(RULES_LIMITS.members + 1)}]}\n`;
    expect(told(members, '')).toEqual([expect.stringContaining('2:1 too-large There are 50001 names in groups')]);
    const { problems } = checkRules(`rules: 1\nsafetyStock:\n${rule.repeat(500)}`);
    expect([problems.list().length, problems.total]).toEqual([100, 499]);
    expect(() => problems.refuse()).toThrow(/^The rules have 499 problems; the first: line 4: /);
  });

  it('X2 nothing that is nested without end exhausts the stack, and aliases do not unfold', () => {
    for (const text of ['['.repeat(100_000), '- '.repeat(100_000), '{a: '.repeat(20_000)]) {
      expect(checkRules(text).problems.total).toBeGreaterThan(0);
    }
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\n${'bcdefgh'.replaceAll(/./g, (letter) => `${letter}: &${letter} [${`*${String.fromCodePoint(letter.codePointAt(0)! - 1)},`.repeat(9)}]\n`)}`;
    expect(checkRules(bomb).problems.list()[0]!.kind).toBe('alias');
  });
});
