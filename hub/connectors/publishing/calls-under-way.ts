import type { CallShape } from '../connector.ts';
import { keepClaim } from './account-claims.ts';
import type { AccountTurn } from './account-turn.ts';
import type { FrozenCall } from './begin-call.ts';
import { endUnsent } from './end-call.ts';
import { endParts, send } from './send-call.ts';

/** Frozen, and paid from its bucket. */
export interface PaidCall {
  readonly call: FrozenCall;
  readonly shape: CallShape;
}

/** So many are frozen at most while all places are taken; always fewer than go at once. */
const AHEAD = 2;
/**
 * Where calls take longer none is frozen before there is a place for it. One that had to wait longer all the same is laid
 * down: its numbers are old by then, and so is whose turn it is.
 */
const AHEAD_MS = 1_000;
/** Calls whose answers are not written down yet, with those under way, are so many times the calls at once at most. */
const UNWRITTEN = 2;

/**
 * The calls of one turn: some at the channel, as many at once as it takes; some frozen that wait for a place; some whose
 * answers are being written down. The channel waits for no database: a call that was answered makes room for the next at
 * once, and that one is frozen by then.
 */
export class CallsUnderWay {
  readonly #turn: AccountTurn;
  readonly #frozen: (PaidCall & { readonly frozenAt: number })[] = [];
  readonly #running = new Set<Promise<void>>();
  #atChannel = 0;
  #lastCallMs = 0;
  #failure: unknown;
  #change = Promise.withResolvers<void>();

  constructor(turn: AccountTurn) {
    this.#turn = turn;
  }

  /** The first failure of a call as a whole: there is no sense in sending more. */
  get failure(): unknown {
    return this.#failure;
  }

  get isOver(): boolean {
    return this.#failure !== undefined || this.#turn.signal.aborted;
  }

  /** Whether one more may be frozen. */
  get hasRoom(): boolean {
    const { callsAtOnce } = this.#turn;
    const ahead = this.#lastCallMs > AHEAD_MS ? 0 : Math.min(AHEAD, callsAtOnce - 1);
    return (
      this.#atChannel + this.#frozen.length < callsAtOnce + ahead &&
      this.#running.size + this.#frozen.length < UNWRITTEN * callsAtOnce
    );
  }

  /** Resolves when one was answered or written down. */
  changed(): Promise<void> {
    return this.#change.promise;
  }

  /** Takes over a call; it goes out when there is a place. */
  add(paid: PaidCall): void {
    this.#frozen.push({ ...paid, frozenAt: this.#turn.parts.clock.monotonic() });
    this.#sendNext();
  }

  /** Waits until all have ended; what could not go out is due again. */
  async end(): Promise<void> {
    while (this.#running.size > 0 || this.#frozen.length > 0) {
      this.#sendNext();
      await Promise.all(this.#running);
    }
  }

  #sendNext(): void {
    const now = this.#turn.parts.clock.monotonic();
    for (let [next] = this.#frozen; next !== undefined; [next] = this.#frozen) {
      const leaves = !this.isOver && now - next.frozenAt <= AHEAD_MS;
      if (leaves && this.#atChannel >= this.#turn.callsAtOnce) return;
      this.#frozen.shift();
      this.#run(leaves ? this.#send(next) : this.#layDown(next));
    }
  }

  async #send({ call, shape }: PaidCall): Promise<void> {
    const { clock } = this.#turn.parts;
    const leftAt = clock.monotonic();
    let isAtChannel = true;
    const answered = (): void => {
      if (!isAtChannel) return;
      isAtChannel = false;
      this.#atChannel -= 1;
      this.#lastCallMs = clock.monotonic() - leftAt;
      this.#sendNext();
      this.#tell();
    };
    this.#atChannel += 1;
    try {
      const failed = await send(this.#turn, call, shape, answered);
      this.#failure ??= failed;
    } finally {
      answered();
    }
  }

  /** Whose account it is by now sends it, or has; while that is us nobody has. */
  async #layDown({ call, shape }: PaidCall): Promise<void> {
    this.#turn.quotas.of(shape.quota).giveBack(shape.cost(call.items.length));
    const { parts, claim } = this.#turn;
    if (await keepClaim(parts.pool, claim, parts.claimSeconds)) await endUnsent(endParts(this.#turn), call);
  }

  #run(work: Promise<void>): void {
    const running = work
      .catch((error: unknown) => {
        this.#failure ??= error;
      })
      .finally(() => {
        this.#running.delete(running);
        this.#tell();
      });
    this.#running.add(running);
  }

  #tell(): void {
    this.#change.resolve();
    this.#change = Promise.withResolvers<void>();
  }
}
