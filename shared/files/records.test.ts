import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LINE_CHARS_MAX, physicalLines } from './physical-lines.ts';
import { RecordReader, type CsvRecord } from './records.ts';

async function* bytes(data: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < data.length; at += size) yield data.subarray(at, at + size);
}

async function read(
  text: string | Uint8Array,
  options: { size?: number; delimiter?: string; encoding?: 'utf8' | 'latin1' } = {},
) {
  const data = typeof text === 'string' ? Buffer.from(text) : text;
  const reader = new RecordReader(options.delimiter ?? ',');
  const records: CsvRecord[] = [];
  for await (const lines of physicalLines(bytes(data, options.size ?? 7), options.encoding ?? 'utf8'))
    records.push(...reader.push(lines));
  return [...records, ...reader.end()];
}
const cells = (records: CsvRecord[]) =>
  records.map((record) => record.cells ?? `line ${record.line}: ${record.reason}`);

describe('records of a CSV file', () => {
  it('X2 a byte order mark, line ends of Windows, quotes over lines, blank lines and a missing last line end', async () => {
    const records = await read('\uFEFFa,b\r\n"1\r\n2","x ""y"""\r\n\r\n3,"4,5"');
    expect(cells(records)).toEqual([
      ['a', 'b'],
      ['1\n2', 'x "y"'],
      ['3', '4,5'],
    ]);
    expect(records.map(({ line }) => line)).toEqual([1, 2, 5]);
  });

  it('F5 a stray quote rejects its own line and swallows none that follow', async () => {
    const rows = 'a,b\n1,"x\n2,y\n3,z"z\n4,5" nail\n5,"ok"\n6,w\n';
    expect(cells(await read(rows))).toEqual([
      ['a', 'b'],
      'line 2: a quote stands where none may be',
      ['2', 'y'],
      'line 4: a quote stands where none may be',
      'line 5: a quote is not closed',
      ['5', 'ok'],
      ['6', 'w'],
    ]);
  });

  it('F5 a quote that is never closed rejects one line, however long the file', async () => {
    const rows = Array.from({ length: 5_000 }, (_, i) => `${i},x`).join('\n');
    const records = await read(`0,"open\n${rows}`, { size: 4_096 });
    expect(records.filter(({ cells }) => cells === undefined)).toEqual([
      { line: 1, raw: '0,"open', cells: undefined, reason: 'a quote is not closed' },
    ]);
    expect(records).toHaveLength(5_001);
  });

  it('X2 an oversized line is rejected alone and kept in part', async () => {
    const records = await read(`a,b\n1,${'x'.repeat(3 * LINE_CHARS_MAX)}\n2,y\n`, { size: 10_000 });
    expect(records.map(({ cells }) => cells)).toEqual([['a', 'b'], undefined, ['2', 'y']]);
    expect(records[1]).toMatchObject({ line: 2, reason: expect.stringContaining('more than 65536') });
    expect(records[1]?.raw).toHaveLength(LINE_CHARS_MAX);
  });

  it('X2 bytes that are no UTF-8, or no text at all, are CSV_FILE_INVALID', async () => {
    await expect(read(Buffer.from('a,b\n1,caf\xE9\n', 'latin1'))).rejects.toMatchObject({ code: 'CSV_FILE_INVALID' });
    await expect(read(Buffer.from('a,b\n', 'utf16le'))).rejects.toMatchObject({ code: 'CSV_FILE_INVALID' });
    expect(cells(await read(Buffer.from('1,caf\xE9\n', 'latin1'), { encoding: 'latin1' }))).toEqual([['1', 'café']]);
  });

  it('what was written as CSV is read back, cut into chunks at any place', async () => {
    const cell = fc.oneof(fc.string({ unit: fc.constantFrom('a', '"', ',', '\n', ' ', 'é', ';') }), fc.string());
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          fc.array(
            cell.map((text) => text.replaceAll(/[\r\0\p{Cs}]/gu, '')),
            { minLength: 2, maxLength: 4 },
          ),
          { maxLength: 8 },
        ),
        fc.integer({ min: 1, max: 40 }),
        fc.constantFrom(',', ';', '\t'),
        async (rows, size, delimiter) => {
          const text = rows
            .map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(delimiter))
            .join('\n');
          expect(cells(await read(text.replace(/^\uFEFF/, ''), { size, delimiter }))).toEqual(rows);
        },
      ),
      { numRuns: 200 },
    );
  });
});
