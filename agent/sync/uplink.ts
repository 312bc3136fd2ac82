import type { Journal } from '#agent/store/journal-contract.ts';
import { ERRORS, type ErrorCode, type WireError } from '#shared/protocol/errors.ts';
import type { Answer } from '#shared/protocol/events.ts';
import type { PushAnswer } from '#shared/protocol/messages/push.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { FrameBuilder } from './frame-builder.ts';
import type { Connection } from './link.ts';
import { initialUpstream, upstream } from './upstream.ts';
import type { UpstreamAction, UpstreamEvent, UpstreamState } from './upstream-state.ts';

/** Without an answer in this time the connection is dropped: a hub that died never answers (S2). */
const ANSWER_LIMIT_MS = 10_000;

export interface UplinkParts {
  readonly journal: Pick<Journal, 'epoch' | 'lastSeq' | 'read' | 'onAppended'>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** The last acknowledged seq that is remembered, until the hub says its own. */
  readonly ackedSeq: number;
  onAcked(seq: number): void;
  /** The hub has set facts of this epoch aside. */
  onSetAside(epoch: number, facts: PushAnswer['quarantined']): void;
  /** The connection is of no use any more. */
  onDrop(code: ErrorCode, detail: string): void;
}

/** Sends the journal's facts over whatever connection there is: does what the upstream machine says. */
export class Uplink {
  readonly #parts: UplinkParts;
  readonly #frames: FrameBuilder;
  readonly #endListening: () => void;
  /** Running timers: of each frame's answer, and of the pause (id 0). */
  readonly #timers = new Map<number, () => void>();
  #state: UpstreamState;
  #connection: Connection | null = null;
  #problem: WireError | null = null;

  constructor(parts: UplinkParts) {
    this.#parts = parts;
    this.#frames = new FrameBuilder(parts.journal);
    this.#state = initialUpstream({ lastSeq: parts.journal.lastSeq, ackedSeq: parts.ackedSeq });
    this.#endListening = parts.journal.onAppended((lastSeq) => this.#dispatch({ type: 'appended', lastSeq }));
  }

  get state(): UpstreamState {
    return this.#state;
  }

  get ackedSeq(): number {
    return this.#state.ackedSeq;
  }

  /** Why facts are not taken at present though there is a connection. */
  get problem(): WireError | null {
    return this.#problem;
  }

  attach(connection: Connection, welcome: { watermark: number; credit: number }): void {
    this.#connection = connection;
    this.#problem = null;
    this.#dispatch({ type: 'welcomed', ...welcome, lastSeq: this.#parts.journal.lastSeq });
  }

  detach(): void {
    this.#connection = null;
    for (const cancel of this.#timers.values()) cancel();
    this.#timers.clear();
    this.#dispatch({ type: 'disconnected' });
  }

  /** The journal has begun a new epoch: nothing of it is acknowledged. Only while detached. */
  restart(): void {
    const { nextId } = this.#state;
    this.#state = { ...initialUpstream({ lastSeq: this.#parts.journal.lastSeq, ackedSeq: 0 }), nextId };
  }

  close(): void {
    this.#endListening();
    this.detach();
  }

  #dispatch(event: UpstreamEvent): void {
    const [state, actions] = upstream(this.#state, event);
    this.#state = state;
    for (const action of actions) this.#perform(action);
  }

  #perform(action: UpstreamAction): void {
    switch (action.type) {
      case 'send':
        void this.#send(action);
        break;
      case 'pause':
        this.#after(0, action.forMs, { type: 'resumed' });
        break;
      case 'acked':
        this.#parts.onAcked(action.seq);
        break;
      case 'drop':
        this.#parts.onDrop(action.code, action.detail);
        break;
      default:
        action satisfies never;
    }
  }

  async #send({ id, fromSeq, shape }: Extract<UpstreamAction, { type: 'send' }>): Promise<void> {
    const connection = this.#connection;
    const { journal, logger } = this.#parts;
    const { epoch } = journal;
    try {
      const built = await this.#frames.build(fromSeq, shape);
      if (!built)
        logger.error({ fromSeq, lastSeq: journal.lastSeq }, 'the journal does not have a fact that must be sent');
      // Overtaken by a rewind or the end of the connection: then this frame is not wanted any more.
      if (!connection || connection !== this.#connection || this.#state.building?.id !== id) return;
      if (!built || epoch !== journal.epoch) {
        this.#dispatch({ type: 'unreadable', id });
        return;
      }
      const answer = connection.push({ epoch, ...built });
      this.#after(id, ANSWER_LIMIT_MS, { type: 'timedOut', id });
      this.#dispatch({ type: 'sent', id, count: built.count });
      this.#answered(id, epoch, connection, await answer);
    } catch (error) {
      logger.error({ err: error, fromSeq }, 'a frame could not be made');
      this.#dispatch({ type: 'unreadable', id });
    }
  }

  #answered(id: number, epoch: number, connection: Connection, answer: Answer<PushAnswer>): void {
    this.#timers.get(id)?.();
    this.#timers.delete(id);
    if (connection !== this.#connection) return;
    const { logger } = this.#parts;
    if (!answer.ok) {
      const { code, detail, retryAfterMs } = answer.error;
      this.#problem = { code, detail, remedy: ERRORS[code].remedy };
      logger.warn({ code, detail, retryAfterMs }, 'the hub refused a frame');
      this.#dispatch({ type: 'refused', id, code, retryAfterMs });
      return;
    }
    const { quarantined } = answer.value;
    if (quarantined.length > 0) this.#parts.onSetAside(epoch, quarantined);
    const before = this.#state.ackedSeq;
    this.#dispatch({ type: 'answered', id, answer: answer.value });
    if (this.#state.ackedSeq > before) this.#problem = null;
  }

  #after(timer: number, delayMs: number, event: UpstreamEvent): void {
    this.#timers.get(timer)?.();
    const cancel = this.#parts.clock.after(delayMs, () => {
      this.#timers.delete(timer);
      this.#dispatch(event);
    });
    this.#timers.set(timer, cancel);
  }
}
