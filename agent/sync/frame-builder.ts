import type { Journal } from '#agent/store/journal-contract.ts';
import { encodeFrame, type FramedFact } from '#shared/protocol/frame.ts';
import type { Push } from '#shared/protocol/messages/push.ts';
import type { FrameShape } from './upstream-state.ts';

/** Text of one frame before compression, so that neither side ever holds much of it. */
const RAW_CHARS_MAX = 2 * 1024 * 1024;
/** A shorter frame is sent plain: it takes longer to begin compressing, here and at the hub, than to send it. */
const COMPRESSED_CHARS_MIN = 8 * 1024;
/** From so many facts on a frame says what a fact takes. */
const SAMPLE_MIN = 16;

export interface Frame {
  readonly fromSeq: number;
  readonly count: number;
  readonly encoding: 'lines' | 'lines.zstd';
  readonly frame: Push['frame'];
}

/** Reads facts and makes frames of them that keep to a size, by what facts took in the frames before. */
export class FrameBuilder {
  readonly #journal: Pick<Journal, 'read'>;
  readonly #bytesPerFact = { lines: 700, 'lines.zstd': 130 };

  constructor(journal: Pick<Journal, 'read'>) {
    this.#journal = journal;
  }

  /** A frame of the facts from `fromSeq` on; null when the journal does not have that fact. */
  async build(fromSeq: number, shape: FrameShape): Promise<Frame | null> {
    const preferred = shape.compressed ? 'lines.zstd' : 'lines';
    const fitting = Math.floor(shape.bytesMax / this.#bytesPerFact[preferred]);
    const limit = Math.max(1, Math.min(shape.factsMax, fitting));
    let facts = consecutive(await this.#journal.read(fromSeq, limit), fromSeq);
    if (facts.length === 0) return null;
    for (;;) {
      const encoding = isShort(facts) ? 'lines' : preferred;
      const frame = encodeFrame(facts, encoding);
      const count = facts.length;
      const isSample = encoding === preferred && (count >= SAMPLE_MIN || frame.length > shape.bytesMax);
      this.#learn(preferred, frame.length / count, isSample);
      if (frame.length <= shape.bytesMax || count === 1) {
        return { fromSeq, count, encoding, frame: frame as Push['frame'] };
      }
      facts = facts.slice(0, Math.max(1, Math.floor((count * shape.bytesMax * 0.9) / frame.length)));
    }
  }

  /** A short frame tells little, but a run of them after a big fact must not keep frames short for ever. */
  #learn(encoding: Frame['encoding'], bytesPerFact: number, isSample: boolean): void {
    const before = this.#bytesPerFact[encoding];
    if (isSample) this.#bytesPerFact[encoding] = bytesPerFact;
    else if (bytesPerFact < before) this.#bytesPerFact[encoding] = Math.max(bytesPerFact, before / 4);
  }
}

function isShort(facts: readonly FramedFact[]): boolean {
  let chars = 0;
  return facts.every(({ bodyText }) => (chars += bodyText.length) < COMPRESSED_CHARS_MIN);
}

/** The run of facts that begins at `fromSeq`, as far as it is gapless and not too long. */
function consecutive(facts: readonly FramedFact[], fromSeq: number): readonly FramedFact[] {
  let chars = 0;
  const end = facts.findIndex((fact, place) => {
    chars += fact.bodyText.length;
    return fact.seq !== fromSeq + place || (place > 0 && chars > RAW_CHARS_MAX);
  });
  return end < 0 ? facts : facts.slice(0, end);
}
