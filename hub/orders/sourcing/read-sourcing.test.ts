import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { RulesProblem } from '#shared/protocol/problem.ts';
import { readSourcing } from './read-sourcing.ts';
import { SOURCING_LIMITS } from './sourcing-document.ts';

const known = { locations: new Set(['DC', 'S1', 'S2', 'S3', '007']), channels: new Set(['web', 'amazon']) };

/** Each problem as `line:column kind message | remedy`. */
function told(text: string): string[] {
  try {
    readSourcing(text, known);
    return [];
  } catch (error) {
    if (!(error instanceof ShelfwireError) || error.code !== 'RULES_INVALID') throw error;
    const problems = error.context['problems'] as RulesProblem[];
    return problems.map(
      ({ line, column, kind, message, remedy }) => `${line}:${column} ${kind} ${message} | ${remedy}`,
    );
  }
}

describe('the document of sourcing rules', () => {
  it('has an example that is good, names included', () => {
    const text = readFileSync(new URL('./example.sourcing.yaml', import.meta.url), 'utf8');
    const document = readSourcing(text, known);
    expect(document.criteria[1]).toEqual({ by: 'distance', step: 50 });
    expect(document.channels[1]?.excluded).toEqual(['S2']);
    expect(readSourcing(JSON.stringify(document), known)).toEqual(document);
  });

  it('takes names as they are written', () => {
    expect(
      readSourcing('sourcing: 1\nlocations: [{code: 007}]\nchannels: [{code: web, excluded: [007]}]', known),
    ).toMatchObject({
      locations: [{ code: '007', closed: false }],
      channels: [{ excluded: ['007'] }],
    });
  });

  it.each([
    ['', ['The document']],
    ['sourcing: 2', ['1:1 field sourcing is 2, and must be 1.']],
    ['sourcing: 1\nkeepUnit: 3', ['2:1 unknown-field There is no field "keepUnit" here. | Did you mean keepUnits?']],
    ['sourcing: 1\nkeepUnits: -1', ['2:1 field keepUnits is -1, and must be at least 0.']],
    ['sourcing: 1\ncriteria: []', ['2:1 field']],
    ['sourcing: 1\ncriteria: [{by: price}]', ['2:13 field by is "price"']],
    ['sourcing: 1\ncriteria: [{by: parcels, step: 2}]', ['2:26 unknown-field There is no field "step" here.']],
    ['sourcing: 1\ncriteria: [{by: load}, {by: load}]', ['2:25 duplicate-name load is here twice, first in line 2.']],
    ['sourcing: 1\ngiveUp: [keep, keep]', ['2:16 duplicate-name keep is here twice']],
    ['sourcing: 1\nlocations: [{code: S1}, {code: S1}]', ['2:26 duplicate-name S1 is here twice']],
    ['sourcing: 1\nlocations: [{code: S1, latitude: 4}]', ['S1 has no longitude. | Add `longitude:`']],
    ['sourcing: 1\nlocations: [{code: S1, latitude: 91, longitude: 0}]', ['latitude is 91, and must be 90 at most.']],
    ['sourcing: 1\nlocations: [{code: S11}]', ['unknown-name There is no location S11. | Did you mean S1?']],
    ['sourcing: 1\nchannels: [{code: wbe}]', ['There is no channel wbe. | Did you mean web?']],
    ['sourcing: 1\nchannels: [{code: web, excluded: [X9]}]', ['2:35 unknown-name There is no location X9.']],
    ['sourcing: 1\nlocations: *x', ['2:1 alias']],
    [`sourcing: 1 #${'x'.repeat(SOURCING_LIMITS.bytes)}`, ['1:1 too-large']],
  ])('refuses %j with its place', (text, problems) => {
    const found = told(text.slice(0, SOURCING_LIMITS.bytes + 100));
    expect(found).toHaveLength(problems.length);
    for (const [place, problem] of problems.entries()) expect(found[place]).toContain(problem);
  });
});
