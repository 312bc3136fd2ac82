import { canonicalContent } from '#shared/protocol/content.ts';
import { encodeFrame, type FramedFact } from '#shared/protocol/frame.ts';
import type { Push } from '#shared/protocol/messages/push.ts';

/** What the facts of a made frame have in common. */
export interface FrameOf {
  readonly epoch: number;
  readonly fromSeq: number;
  readonly count: number;
  /** The key of a fact is this and its seq. */
  readonly keyPrefix: string;
  readonly sku?: string;
}

/** Sales of one unit with consecutive seqs; equal arguments make equal facts. */
export function framedSales({ epoch, fromSeq, count, keyPrefix, sku = 'SKU-1' }: FrameOf): FramedFact[] {
  return Array.from({ length: count }, (_, place) => {
    const seq = fromSeq + place;
    const key = `${keyPrefix}${seq}`;
    const { bodyText } = canonicalContent('sale', {
      receiptNo: key,
      currency: 'EUR',
      lines: [{ sku, quantity: 1, unitPriceMinor: 199 }],
    });
    return { seq, at: epoch + seq, offsetMs: 0, kind: 'sale', key, correlationId: key, source: 'test', bodyText };
  });
}

/** A push of such sales as an agent of protocol 2 sends it. */
export function pushOf(of: FrameOf): Push {
  const frame = new Uint8Array(encodeFrame(framedSales(of), 'lines.zstd'));
  return { epoch: of.epoch, fromSeq: of.fromSeq, count: of.count, encoding: 'lines.zstd', frame };
}
