import { describe, expect, it } from 'vitest';
import { canonicalContent } from '#shared/protocol/content.ts';
import { decodeFrame, type ReadFact } from '#shared/protocol/frame.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import { setCountsAheadAside } from './counts-ahead.ts';

const NOW = 1_790_000_000_000;
const LATEST = NOW + LIMITS.countAheadMs;

function fact(kind: string, at: number, seq = 1): ReadFact {
  const price = kind === 'sale' ? { unitPriceMinor: 1 } : {};
  const body = { ...(kind === 'sale' ? { currency: 'EUR' } : {}), lines: [{ sku: 'A', quantity: 3, ...price }] };
  const content = canonicalContent(kind, body);
  return { ok: true, seq, at, offsetMs: 0, key: `${kind}${seq}`, correlationId: 'story', source: 'test', ...content };
}

describe('counts ahead of the hub', () => {
  it('S5 M2 a count beyond the limit is set aside with its line, which reads as the same fact again', () => {
    const ahead = fact('count', LATEST + 1, 7);
    const [aside] = setCountsAheadAside([ahead], NOW);
    expect(aside).toMatchObject({ ok: false, seq: 7, key: 'count7', code: 'COUNT_AHEAD' });
    const line = aside?.ok === false ? aside.verbatim : '';
    expect(decodeFrame(Buffer.from(line), 'lines', 7, 1)).toEqual([ahead]);
  });

  it('S5 one within the limit, one of the past, and whatever moves units is taken', () => {
    const facts = [
      fact('count', LATEST, 1),
      fact('count', NOW - 400 * 86_400_000, 2),
      fact('sale', LATEST + 86_400_000, 3),
      fact('receipt', LATEST + 86_400_000, 4),
    ];
    expect(setCountsAheadAside(facts, NOW)).toBe(facts);
  });

  it('F5 the others of its frame keep their places', () => {
    const facts = [fact('sale', LATEST + 9, 1), fact('count', LATEST + 9, 2), fact('count', NOW, 3)];
    expect(setCountsAheadAside(facts, NOW).map(({ ok, seq }) => [ok, seq])).toEqual([
      [true, 1],
      [false, 2],
      [true, 3],
    ]);
  });
});
