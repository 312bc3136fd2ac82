import { describe, expect, it } from 'vitest';
import { acceptRules, checkRules } from './check-rules.ts';
import { withReading } from './reading.ts';

const LONG = { timeout: 60_000 };
const known = {
  locations: new Set(['S1']),
  categories: new Set<string>(),
  skus: new Set<string>(),
  skusNear: new Map(),
};
const head = 'rules: 1\nchannels:\n  - {code: web, name: Web, locations: [S1]}\nsafetyStock:\n';
const rule = (n: number, more = '') =>
  `  - {id: r${n}, units: 1, from: 2026-01-01T00:00:00Z, channel: web, category: c${n}${more}}\n`;
const documentOf = (rules: number, more = ''): string =>
  head + Array.from({ length: rules }, (_, n) => rule(n)).join('') + more;

const accept = (text: string) => withReading(text, (reading) => reading.check());
const refusal = (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('a document of rules', () => {
  it.each([10, 2_000])(
    'of %i rules is read to what it says, and refused with what is wrong in it',
    LONG,
    async (rules) => {
      expect(await accept(documentOf(rules))).toEqual(acceptRules(checkRules(documentOf(rules))));
      const bad = documentOf(rules, rule(rules, ', units: -3') + rule(rules + 1, ', group: nowhere'));
      const { list, total } = { list: checkRules(bad).problems.list(), total: checkRules(bad).problems.total };
      expect(await refusal(accept(bad))).toMatchObject({
        code: 'RULES_INVALID',
        context: { problems: list, problemsTotal: total },
      });
      // Names of the database are held against it too: no category is there.
      expect(await refusal(withReading(documentOf(rules), (reading) => reading.check(known)))).toMatchObject({
        code: 'RULES_INVALID',
        context: { problemsTotal: rules },
      });
      expect(await refusal(accept('x'.repeat(60 * rules)))).toMatchObject({ code: 'RULES_INVALID' });
    },
  );

  it('X2 that is long is read while the hub goes on, a few at a time', LONG, async () => {
    let ticks = 0;
    const ticking = setInterval(() => (ticks += 1), 5);
    const text = documentOf(3_000);
    const reading = Array.from({ length: 4 }, () => accept(text));
    expect(await refusal(accept(text))).toMatchObject({ code: 'RATE_LIMITED' });
    for (const document of await Promise.all(reading)) expect(document.safetyStock).toHaveLength(3_000);
    clearInterval(ticking);
    // Read in place, four of them would leave a turn between two at the most.
    expect(ticks).toBeGreaterThan(20);
    expect((await accept(text)).safetyStock).toHaveLength(3_000);
  });
});
