import { describe, expect, it } from 'vitest';
import { DocumentWindow } from './document-window.ts';

const others = (from: number, count: number) => Array.from({ length: count }, (_, index) => `o${from + index}`);
/** Documents that come out, in order, with their number of rows. */
function documents(rows: readonly string[]): string[] {
  const window = new DocumentWindow<string>((row) => row);
  return [...rows.flatMap((row) => window.add(row)), ...window.end()].map(
    (document) => `${document[0]} ${document.length}`,
  );
}

describe('rows of documents in a stream', () => {
  it('are gathered while fewer than 200 other documents began after the last one', () => {
    expect(documents(['a', ...others(0, 199), 'a', ...others(199, 199), 'a'])).toContain('a 3');
    const apart = documents(['a', ...others(0, 200), 'a']);
    expect(apart.filter((document) => document === 'a 1')).toHaveLength(2);
    expect(apart).toHaveLength(202);
  });

  it('come out once each, and a row of no document at once', () => {
    const rows = ['a', 'b', 'a', '', ...others(0, 300), 'b'];
    const out = documents(rows);
    expect(out.filter((document) => document.startsWith('a'))).toEqual(['a 2']);
    expect(out).toContain(' 1');
    expect(out.map((document) => Number(document.split(' ')[1])).reduce((sum, count) => sum + count)).toBe(rows.length);
  });

  it('X2 are not gathered without end: a column of the same value is a wrong mapping', () => {
    expect(() => documents(Array.from({ length: 20_001 }, () => 'United Kingdom'))).toThrow(
      expect.objectContaining({ code: 'CSV_FILE_INVALID', message: expect.stringContaining('United Kingdom') }),
    );
  });
});
