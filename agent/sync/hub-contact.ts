import type { Clock } from '#shared/runtime/clock.ts';

/** So old may be what is on disk of it, and what kill -9 leaves: less than a minute, so that each second look saves. */
const SAVE_EVERY_MS = 55_000;

/**
 * When the store was last in contact with the hub, also over a restart of the agent.
 *
 * Measured by the monotonic clock: when the system's clock is set meanwhile, the instant moves with it, so that it is as long
 * ago as it was, and never in the future. An instant on disk that would be (the clock was set back while the agent
 * did not run) counts from the start of the agent: more is not known.
 */
export class HubContact {
  readonly #clock: Clock;
  readonly #save: (at: number) => void;
  #isInContact = false;
  /** By the monotonic clock; null: never. */
  #last: number | null;
  #savedAt = -Infinity;

  /**
   * @param known system time of the last contact as an earlier process has left it; null: there was none
   * @param save takes what is to be on disk: when the hub has spoken, at each beginning and end, and once a minute between
   */
  constructor(clock: Clock, known: number | null, save: (at: number) => void) {
    this.#clock = clock;
    this.#save = save;
    this.#last = known === null ? null : clock.monotonic() - Math.max(0, clock.now() - known);
  }

  /** It has spoken, whether or not it goes on. */
  heard(): void {
    this.#last = this.#clock.monotonic();
    this.#savedAt = this.#last;
    this.#save(Math.round(this.#clock.now()));
  }

  began(): void {
    this.#isInContact = true;
    this.heard();
  }

  ended(): void {
    if (!this.#isInContact) return;
    this.#isInContact = false;
    this.heard();
  }

  /** Now and then, while it lasts and while it does not. */
  lasts(): void {
    if (this.#isInContact && this.#clock.monotonic() - this.#savedAt >= SAVE_EVERY_MS) this.heard();
  }

  /** In system time of now, ms since 1970; null: never. */
  get lastAt(): number | null {
    if (this.#last === null) return null;
    const silentMs = this.#isInContact ? 0 : this.#clock.monotonic() - this.#last;
    return Math.round(this.#clock.now() - silentMs);
  }
}
