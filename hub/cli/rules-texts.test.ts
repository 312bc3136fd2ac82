import { describe, expect, it } from 'vitest';
import { diffRules } from '#hub/availability/rules/diff-rules.ts';
import { rulesOf } from '#test/support/rules-documents.ts';
import { showDiff, showDryRun, showProblems } from './rules-texts.ts';

const many = Array.from({ length: 60 }, (_, n) => `STORE-${n}`);
const before = rulesOf({
  channels: [
    { code: 'web', name: 'Web', cap: 5 },
    { code: 'old', name: 'Old' },
  ],
});
const after = rulesOf({
  channels: [
    { code: 'web', name: 'Web', locations: many },
    { code: 'new', name: 'New' },
  ],
});
const diff = diffRules(before, after);
const widest = (text: string) => Math.max(...text.split('\n').map((line) => line.length));

describe('texts of the rules', () => {
  it('fit the width, and have colours for people only', () => {
    for (const columns of [60, 80, 200]) {
      const text = showDiff(diff, { columns, isInteractive: false });
      expect(widest(text)).toBeLessThanOrEqual(columns);
      for (const part of ['~ web', '+STORE-59', 'cap 5 -> none', '+ new', '- old']) expect(text).toContain(part);
      expect(text).not.toContain('\u001B');
    }
    expect(showDiff(diff, { isInteractive: true })).toContain('\u001B[32m+ new\u001B[0m');
  });

  it('show the part of a long line that is meant, and its place below it', () => {
    const document = `{${'"x": 1, '.repeat(500)}"cap": -1}`;
    const column = document.indexOf('"cap"') + 1;
    const problem = { line: 1, column, kind: 'field', message: 'cap is -1.', remedy: 'Write 0.' };
    const text = showProblems(
      'f.json',
      document,
      [problem],
      { total: 3, moreMayFollow: true },
      { columns: 60, isInteractive: false },
    );
    expect(widest(text)).toBeLessThanOrEqual(60);
    const [head, source = '', mark = '', remedy, count, more] = text.split('\n');
    expect(head).toBe(`f.json:1:${column} cap is -1.`);
    expect(source.slice(mark.indexOf('^'))).toBe('"cap": -1}');
    expect([remedy, count]).toEqual(['    Write 0.', 'and 2 more. Refused: 3 problems.']);
    expect(more).toContain('more may follow');
  });

  it('name the numbers that would change', () => {
    const numbers = {
      pairs: 900,
      pairsTotal: 1_000,
      changed: 2,
      channels: [{ channel: 'web', changed: 2, from: 40, to: 30 }],
      examples: [{ sku: 'A', channel: 'web', from: 3, to: 7 }],
    };
    const run = { isNew: true, effectiveFrom: new Date(0), skips: [4], diff: [], numbers };
    const text = showDryRun(run, { isInteractive: false });
    for (const part of [
      '2 of 900 numbers would change.',
      'Too many to preview: the other 100 of 1000 were not looked at.',
      'web: 2 numbers, 40 -> 30 (-10) units in all',
      'A on web: 3 -> 7 (+4)',
      'Pending version 4 would not',
    ]) {
      expect(text).toContain(part);
    }
  });
});
