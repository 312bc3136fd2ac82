import type { Clock } from '#shared/runtime/clock.ts';
import { ChannelFailure } from '../channel-failure.ts';

/**
 * For how long a claim in the database is certainly ours, seen from here: it counts from before the statement that made it last
 * was sent. Whoever stood still meanwhile (SIGSTOP, a paused machine, a sleeping laptop) cannot know whether another hub
 * has taken over.
 *
 * Both clocks are asked and the longer span counts: the monotonic one stands still while some machines sleep, the other may be
 * set. One that was set ahead only ends a turn.
 */
export class Lease {
  readonly #clock: Clock;
  readonly #ms: number;
  #from: { readonly monotonic: number; readonly now: number };
  #isLost = false;

  /** Begins now: make it before the claim. */
  constructor(clock: Clock, seconds: number) {
    this.#clock = clock;
    this.#ms = seconds * 1_000;
    this.#from = { monotonic: clock.monotonic(), now: clock.now() };
  }

  /** Of the same instant, and then on its own. */
  another(): Lease {
    const other = new Lease(this.#clock, this.#ms / 1_000);
    other.#from = this.#from;
    return other;
  }

  /** Before a statement that makes the claim last; give it whether it did. */
  renewing(): (isOurs: boolean) => void {
    const from = { monotonic: this.#clock.monotonic(), now: this.#clock.now() };
    return (isOurs) => {
      if (!isOurs) this.#isLost = true;
      else if (from.monotonic > this.#from.monotonic) this.#from = from;
    };
  }

  get isOurs(): boolean {
    const { monotonic, now } = this.#from;
    const ageMs = Math.max(this.#clock.monotonic() - monotonic, this.#clock.now() - now);
    return !this.#isLost && ageMs <= this.#ms;
  }

  /**
   * Throws CHANNEL_CLAIM_LOST unless it is ours. In doubt, whatever the call: what was begun stays open, and is sent again under
   * its key by whose turn it is.
   */
  guard(): void {
    if (this.isOurs) return;
    const detail =
      'This hub stood still, or did not reach its database, for longer than its turn at the account lasts.';
    throw new ChannelFailure('CHANNEL_CLAIM_LOST', detail);
  }
}
