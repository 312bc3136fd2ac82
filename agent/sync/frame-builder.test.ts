import { randomBytes } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { decodeFrame, type FramedFact } from '#shared/protocol/frame.ts';
import { FrameBuilder } from './frame-builder.ts';
import { NORMAL_SHAPE } from './upstream.ts';

/** Facts whose text hardly compresses, so that sizes mean something. */
function journalOf(facts: number, chars: (seq: number) => number, missing: readonly number[] = []) {
  const all = Array.from({ length: facts }, (_, place): FramedFact => {
    const seq = place + 1;
    const reason = randomBytes(chars(seq)).toString('base64').slice(0, chars(seq)) || 'x';
    const bodyText = JSON.stringify({
      reason: reason.slice(0, 256),
      lines: [{ sku: 'A', quantity: seq }],
      filler: reason,
    });
    return {
      seq,
      at: 1_790_000_000_000,
      offsetMs: 0,
      key: `k${seq}`,
      correlationId: `k${seq}`,
      source: 's',
      kind: 'adjustment',
      bodyText,
    };
  });
  return {
    read: async (from: number, limit: number) =>
      all.filter(({ seq }) => seq >= from && !missing.includes(seq)).slice(0, limit),
  };
}

async function framesOf(builder: FrameBuilder, facts: number, shape = NORMAL_SHAPE) {
  const frames = [];
  for (let from = 1; from <= facts;) {
    const frame = await builder.build(from, shape);
    if (!frame) throw new Error(`no frame from ${from}`);
    expect(decodeFrame(frame.frame, frame.encoding, from, frame.count).map(({ seq }) => seq)[0]).toBe(from);
    frames.push(frame);
    from += frame.count;
  }
  return frames;
}

describe('frame builder', () => {
  it('keeps to the size of a frame, whatever facts take', async () => {
    const frames = await framesOf(new FrameBuilder(journalOf(2_000, (seq) => (seq % 700 < 100 ? 3_000 : 200))), 2_000);
    for (const { frame, count } of frames) {
      expect(frame.byteLength).toBeLessThanOrEqual(64 * 1024);
      expect(count).toBeLessThanOrEqual(500);
    }
    expect(frames.length).toBeLessThan(60);
  });

  it('sends a single fact that is bigger than a frame alone', async () => {
    const frames = await framesOf(new FrameBuilder(journalOf(2_000, (seq) => (seq === 3 ? 120_000 : 50))), 2_000);
    const big = frames.filter(({ frame }) => frame.byteLength > 64 * 1024);
    expect(big.map(({ fromSeq, count }) => [fromSeq, count])).toEqual([[3, 1]]);
    // And frames are soon full again.
    expect(frames.length).toBeLessThan(20);
  });

  it('keeps to a smaller and plain shape', async () => {
    const shape = { factsMax: 7, bytesMax: 2_048, compressed: false };
    const frames = await framesOf(new FrameBuilder(journalOf(40, () => 100)), 40, shape);
    for (const { frame, count, encoding } of frames) {
      expect([encoding, frame.byteLength <= 2_048, count <= 7]).toEqual(['lines', true, true]);
    }
  });

  it('F3 never jumps over a fact that is missing', async () => {
    const builder = new FrameBuilder(journalOf(10, () => 10, [4]));
    expect((await builder.build(1, NORMAL_SHAPE))?.count).toBe(3);
    expect(await builder.build(4, NORMAL_SHAPE)).toBeNull();
    expect((await builder.build(5, NORMAL_SHAPE))?.count).toBe(6);
  });
});
