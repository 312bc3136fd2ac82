export interface FirstPullParts {
  /** Whether the hub's positions have been complete here since the device was enrolled. */
  readonly isKnown: () => boolean;
  /** They are complete now. */
  readonly mark: () => void;
  /** Has the positions pulled again. */
  readonly pullAgain: () => void;
}

/**
 * When the hub's positions count as known here. After an enrolment the hub may hold this journal's facts already, from the device that
 * this one was before: its positions contain them, and the view counts them on top of that until it hears of each. So positions that
 * were pulled while they are sent once more are not the first that count: they are pulled again when all is acknowledged.
 */
export class FirstPull {
  readonly #parts: FirstPullParts;
  #ackedSeq = 0;
  /** What was there at the connect, or has been moved since, ends here. */
  #untilSeq = Infinity;
  #isMoving = false;
  /** Positions came while facts were on their way. */
  #isDue = false;

  constructor(parts: FirstPullParts) {
    this.#parts = parts;
  }

  /** @param earlier epochs of which facts may be sent again under the present one */
  online({ lastSeq, ackedSeq, earlier }: { lastSeq: number; ackedSeq: number; earlier: number }): void {
    this.#untilSeq = lastSeq;
    this.#ackedSeq = ackedSeq;
    this.#isMoving = earlier > 0;
  }

  /** What was to be moved up is, and ends here. */
  moved(lastSeq: number): void {
    this.#isMoving = false;
    this.#untilSeq = lastSeq;
    this.#look();
  }

  acked(seq: number): void {
    this.#ackedSeq = seq;
    this.#look();
  }

  /** All that the hub has of positions is here. */
  pulled(): void {
    this.#isDue = !this.#parts.isKnown() && this.#isBehind;
    if (!this.#isDue) this.#parts.mark();
  }

  get #isBehind(): boolean {
    return this.#isMoving || this.#ackedSeq < this.#untilSeq;
  }

  #look(): void {
    if (!this.#isDue || this.#isBehind) return;
    this.#isDue = false;
    this.#parts.pullAgain();
  }
}
