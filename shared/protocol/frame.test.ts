import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalContent } from './content.ts';
import { ShelfwireError } from './errors.ts';
import type { FactKind } from './fact.ts';
import { decodeFrame, encodeFrame, type FramedFact } from './frame.ts';
import { LIMITS } from './limits.ts';

const AT = 1_790_000_000_000;

function framed(seq: number, kind: FactKind, body: object, head: Partial<FramedFact> = {}): FramedFact {
  const { bodyText } = canonicalContent(kind, body);
  const key = head.key ?? `key ${seq}`;
  return { seq, at: AT, offsetMs: -3, key, correlationId: key, source: 'http:till', kind, bodyText, ...head };
}
const sale = (sku: string, quantity = 1) => ({ currency: 'GBP', lines: [{ sku, quantity, unitPriceMinor: 5 }] });
const codeOf = (run: () => unknown): unknown => {
  try {
    return run();
  } catch (error) {
    return error instanceof ShelfwireError ? error.code : error;
  }
};

describe('frames', () => {
  it('F1 what is read is what was written, for any printable text', () => {
    const text = fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 40 })
      .filter((value) => /^[^\p{Cc}\p{Cs}\u2028\u2029]+$/u.test(value));
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text, text), { minLength: 1, maxLength: 20 }), (texts) => {
        const facts = texts.map(([sku, key, source], place) =>
          framed(place + 7, 'sale', sale(sku), { key, correlationId: key, source }),
        );
        for (const encoding of ['lines', 'lines.zstd'] as const) {
          const read = decodeFrame(encodeFrame(facts, encoding), encoding, 7, facts.length);
          expect(read.map((fact) => fact.ok && { ...fact, kind: fact.content.kind })).toEqual(
            facts.map((fact) => ({ ...fact, ok: true, ...canonicalContent(fact.kind, JSON.parse(fact.bodyText)) })),
          );
        }
      }),
    );
  });

  it('F5 one bad line is kept verbatim with its reason and spoils no other', () => {
    const good = encodeFrame([framed(1, 'sale', sale('A'))], 'lines').toString();
    const cases: [string, string][] = [
      ['nonsense', 'FACT_INVALID'],
      [good.replace('"quantity":1', '"quantity":"1"'), 'FACT_INVALID'],
      [good.replace('"quantity":1', '"quantity":1e9'), 'FACT_INVALID'],
      [good.replace('{"currency"', '{"curency":"GBP","currency"'), 'FACT_INVALID'],
      [good.replace('\tsale\t', '\tgift\t'), 'FACT_KIND_UNKNOWN'],
      [good.replace(String(AT), '17'), 'FACT_INVALID'],
      [good.replace('"sku":"A"', '"sku":"A\\u0000"'), 'FACT_INVALID'],
      [good.slice(0, -1), 'FACT_INVALID'],
      ['', 'FACT_INVALID'],
    ];
    const text = cases.map(([line]) => `${line}\n${good}`).join('\n');
    const read = decodeFrame(Buffer.from(text), 'lines', 1, cases.length * 2);
    expect(read.filter((fact) => fact.ok)).toHaveLength(cases.length);
    cases.forEach(([verbatim, code], place) => {
      expect(read[place * 2]).toMatchObject({ ok: false, seq: place * 2 + 1, code, verbatim });
    });
  });

  it('X2 a frame that cannot be unfolded, unfolds to too much or lies about its count is refused whole', () => {
    const bomb = zstdCompressSync(Buffer.alloc(LIMITS.frameUnfoldedBytesMax + 1, 0x20));
    expect(bomb.length).toBeLessThan(LIMITS.frameBytes);
    expect(codeOf(() => decodeFrame(bomb, 'lines.zstd', 1, 1))).toBe('FRAME_INVALID');
    expect(codeOf(() => decodeFrame(Buffer.from('garbage'), 'lines.zstd', 1, 1))).toBe('FRAME_INVALID');
    expect(codeOf(() => decodeFrame(Buffer.from('{"a":1}'), 'json', 1, 1))).toBe('FRAME_INVALID');
    expect(codeOf(() => decodeFrame(Buffer.from('[{'), 'json', 1, 1))).toBe('FRAME_INVALID');
    const two = encodeFrame([framed(1, 'sale', sale('A')), framed(2, 'sale', sale('B'))], 'lines');
    expect(codeOf(() => decodeFrame(two, 'lines', 1, 3))).toBe('FRAME_INVALID');
  });

  it('S6 facts of protocol 1 are read as the same content as those of protocol 2', () => {
    const flat = [
      {
        at: AT,
        offsetMs: 0,
        key: 'R1',
        source: 'till',
        kind: 'sale',
        currency: 'GBP',
        lines: [{ sku: 'A', qty: 2, price: 5 }],
      },
      { at: AT, offsetMs: 0, key: 'C1', source: 'till', kind: 'count', lines: [{ sku: 'A', qty: 9 }] },
      {
        at: AT,
        offsetMs: 0,
        key: 'X',
        source: 'till',
        kind: 'sale',
        currency: 'GBP',
        lines: [{ sku: 'A', qty: -2, price: 5 }],
      },
      17,
    ];
    const [first, second, ...bad] = decodeFrame(Buffer.from(JSON.stringify(flat)), 'json', 3, 4);
    expect(first).toMatchObject({ ok: true, seq: 3, correlationId: 'R1', ...canonicalContent('sale', sale('A', 2)) });
    expect(second).toMatchObject({
      ok: true,
      seq: 4,
      ...canonicalContent('count', { lines: [{ sku: 'A', quantity: 9 }] }),
    });
    expect(bad).toMatchObject([
      { ok: false, seq: 5, key: 'X', code: 'FACT_INVALID' },
      { ok: false, seq: 6, verbatim: '17' },
    ]);
  });
});
