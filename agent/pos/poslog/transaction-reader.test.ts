import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TransactionReader } from './transaction-reader.ts';

const NS = 'xmlns="http://www.nrf-arts.org/IXRetail/namespace/" xmlns:v="urn:vendor"';
const transaction = (no: number, inner = '') =>
  `<Transaction><SequenceNumber>${no}</SequenceNumber>${inner}</Transaction>`;
const log = (...transactions: string[]) =>
  `<?xml version="1.0"?>\n<POSLog ${NS}>\n${transactions.join('\n')}\n</POSLog>`;

function read(
  xml: string,
  pieces: readonly number[] = [],
  limits?: ConstructorParameters<typeof TransactionReader>[0],
) {
  const reader = new TransactionReader(limits);
  const found = [];
  let at = 0;
  for (const size of pieces) {
    found.push(...reader.push(xml.slice(at, at + size)));
    at += size;
  }
  found.push(...reader.push(xml.slice(at)), ...reader.end());
  return found;
}

describe('the reader of transactions', () => {
  it('gives each with its text as it stands there, however the file is cut', () => {
    const parts = [transaction(1), transaction(2, '<a>&lt;&amp;</a><!-- x --><b><![CDATA[<c>]]></b>'), transaction(3)];
    const xml = log(...parts);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 40 })), (pieces) => {
        const found = read(xml, pieces);
        expect(found.map(({ raw }) => raw)).toEqual(parts);
        expect(found.map(({ line }) => line)).toEqual([3, 4, 5]);
        expect(found[1]?.element?.children.slice(1)).toEqual([
          { name: 'a', attributes: {}, text: '<&', children: [] },
          { name: 'b', attributes: {}, text: '<c>', children: [] },
        ]);
      }),
    );
  });

  it('leaves out what vendors add, and all that is in it', () => {
    const [found] = read(
      log(
        transaction(
          1,
          '<v:Extra><SequenceNumber>9</SequenceNumber></v:Extra><Total v:flag="yes" TotalType="T">1<v:x>2</v:x></Total>',
        ),
      ),
    );
    expect(found?.element?.children).toEqual([
      { name: 'SequenceNumber', attributes: {}, text: '1', children: [] },
      { name: 'Total', attributes: { flag: 'yes', TotalType: 'T' }, text: '1', children: [] },
    ]);
  });

  it('takes one transaction without a log around it', () => {
    expect(read(`<Transaction ${NS}><SequenceNumber>1</SequenceNumber></Transaction>`)).toHaveLength(1);
  });

  it('X2 a transaction that is too big is given up, and the next one is read', () => {
    const limits = { chars: 2_000, elements: 50, depth: 10, charsWithoutEnd: 10_000 };
    const long = transaction(1, `<a>${'x'.repeat(5_000)}</a>`);
    const wide = transaction(2, '<a/>'.repeat(60));
    const deep = transaction(3, `${'<a>'.repeat(20)}${'</a>'.repeat(20)}`);
    for (const pieces of [[], Array.from({ length: 100 }, () => 100)]) {
      const found = read(log(long, wide, deep, transaction(4)), pieces, limits);
      expect(found.map(({ element }) => element === undefined)).toEqual([true, true, true, false]);
      expect(found[0]?.reason).toContain('more than 2000 characters');
      expect(found[0]?.raw.startsWith('<Transaction><SequenceNumber>1')).toBe(true);
      expect(found[3]?.raw).toBe(transaction(4));
    }
  });

  it.each([
    ['within a transaction', `<Transaction>${'<a/>'.repeat(2_600)}`],
    ['between two', '<a/>'.repeat(2_600)],
    ['in text', 'lorem '.repeat(2_000)],
  ])('X2 refuses a file in which no transaction ends for long, %s; those before it are read', (_where, endless) => {
    const limits = { chars: 1_000, elements: 50, depth: 10, charsWithoutEnd: 10_000 };
    const reader = new TransactionReader(limits);
    expect(
      reader.push(`<POSLog ${NS}>${Array.from({ length: 300 }, (_, no) => transaction(no)).join('')}`),
    ).toHaveLength(300);
    const rest = endless.match(/.{1,100}/gs) ?? [];
    let read = 0;
    expect(() => {
      for (const piece of rest) {
        reader.push(piece);
        read += piece.length;
      }
    }).toThrow(expect.objectContaining({ code: 'POSLOG_FILE_INVALID' }) as Error);
    expect(read).toBeGreaterThan(9_800);
  });

  it.each([
    ['breaks off', log(transaction(1)).slice(0, -20), /Unclosed root tag|Unclosed/],
    [
      'has a document type',
      `<!DOCTYPE POSLog [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>${log(transaction(1, '&b;'))}`,
      /document type/,
    ],
    ['uses an entity of its own', log(transaction(1, '<a>&lol;</a>')), /Invalid character entity/],
    ['is something else', '<html><body/></html>', /begins with <html>/],
    ['is of another namespace', '<POSLog xmlns="urn:other"/>', /begins with <POSLog>/],
    ['is no XML', 'Sequence;Store\n1;2\n', /Non-whitespace before first tag/],
    ['is empty', '', /empty/],
    ['crosses its tags', '<POSLog><Transaction></POSLog></Transaction>', /Unexpected close tag/],
    [
      'has an endless attribute',
      `<POSLog><Transaction a="${'x'.repeat(200_000)}"/></POSLog>`,
      /Max buffer length exceeded/,
    ],
  ])('X2 refuses a file that %s', (_what, xml, why) => {
    const pieces = Array.from({ length: Math.ceil(xml.length / 1_000) }, () => 1_000);
    expect(() => read(xml, pieces)).toThrow(
      expect.objectContaining({ code: 'POSLOG_FILE_INVALID', message: expect.stringMatching(why) as string }) as Error,
    );
  });
});
