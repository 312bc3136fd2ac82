import { describe, expect, it } from 'vitest';
import { canonicalContent } from '#shared/protocol/content.ts';
import { decodeFrame, type ReadFact } from '#shared/protocol/frame.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import { setFactsAheadAside } from './facts-ahead.ts';

const NOW = 1_790_000_000_000;
const LATEST = NOW + LIMITS.factAheadMs;

const HEADS: Readonly<Record<string, object>> = {
  sale: { currency: 'EUR' },
  return: { currency: 'EUR' },
  adjustment: { reason: 'found' },
  transferIn: { transfer: 't', from: 'S2' },
  transferOut: { transfer: 't', to: 'S2' },
};

function fact(kind: string, at: number, seq = 1, more: object = {}): ReadFact {
  const price = kind === 'sale' ? { unitPriceMinor: 1 } : {};
  const body = { ...HEADS[kind], lines: [{ sku: 'A', quantity: 3, ...price, ...more }] };
  const content = canonicalContent(kind, body);
  return { ok: true, seq, at, offsetMs: 0, key: `${kind}${seq}`, correlationId: 'story', source: 'test', ...content };
}

describe('facts ahead of the hub', () => {
  it('S5 M2 a count beyond the limit is set aside with its line, which reads as the same fact again', () => {
    const ahead = fact('count', LATEST + 1, 7);
    const [aside] = setFactsAheadAside([ahead], NOW);
    expect(aside).toMatchObject({ ok: false, seq: 7, key: 'count7', code: 'FACT_AHEAD' });
    const line = aside?.ok === false ? aside.verbatim : '';
    expect(decodeFrame(Buffer.from(line), 'lines', 7, 1)).toEqual([ahead]);
  });

  const priced = { unitPriceMinor: 1 };
  it.each([
    ['receipt', {}],
    ['return', { ...priced, condition: 'sellable' }],
    ['transferIn', {}],
    ['adjustment', {}],
  ])('S5 M2 a %s that adds sellable units is set aside: a count made after it has seen them', (kind, more) => {
    const [aside] = setFactsAheadAside([fact(kind, LATEST + 1, 7, more)], NOW);
    expect(aside).toMatchObject({ ok: false, seq: 7, key: `${kind}7`, code: 'FACT_AHEAD' });
    const within = [fact(kind, LATEST, 1, more)];
    expect(setFactsAheadAside(within, NOW)).toBe(within);
  });

  it('S5 one within the limit, one of the past, and whatever adds nothing that can be sold is taken', () => {
    const facts = [
      fact('count', LATEST, 1),
      fact('count', NOW - 400 * 86_400_000, 2),
      fact('sale', LATEST + 86_400_000, 3),
      fact('receipt', LATEST + 86_400_000, 4, { condition: 'damaged' }),
      fact('return', LATEST + 86_400_000, 5, { ...priced, condition: 'quarantined' }),
      fact('return', LATEST + 86_400_000, 6, { ...priced, condition: 'sellable', service: true }),
      fact('adjustment', LATEST + 86_400_000, 7, { quantity: -3 }),
      fact('transferOut', LATEST + 86_400_000, 8),
    ];
    expect(setFactsAheadAside(facts, NOW)).toBe(facts);
  });

  it('F5 the others of its frame keep their places', () => {
    const facts = [fact('sale', LATEST + 9, 1), fact('count', LATEST + 9, 2), fact('count', NOW, 3)];
    expect(setFactsAheadAside(facts, NOW).map(({ ok, seq }) => [ok, seq])).toEqual([
      [true, 1],
      [false, 2],
      [true, 3],
    ]);
  });
});
