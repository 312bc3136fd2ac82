import { toWireError } from '#shared/protocol/errors.ts';
import { PROTOCOL } from '#shared/protocol/version.ts';
import type { Answer } from '#shared/protocol/events.ts';
import type { Challenge, Hello, Welcome } from '#shared/protocol/messages/hello.ts';
import type { Collection } from '#shared/protocol/messages/pull.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Random } from '#shared/runtime/random.ts';
import type { Connection, Link } from './link.ts';
import {
  CONNECT_LIMIT_MS,
  GREET_LIMIT_MS,
  initialSession,
  session,
  type SessionAction,
  type SessionEvent,
  type SessionState,
} from './session.ts';

export interface HubSessionParts {
  readonly link: Link;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  hello(challenge: Challenge): Promise<Hello>;
  /**
   * The hub has said welcome to the hello of `epoch`. `offsetMs` is hub time minus system time, measured in the middle of the round trip. Resolves with
   * whether to go on; if not, the connection is made anew.
   */
  welcomed(welcome: Welcome, epoch: number, offsetMs: number): Promise<boolean>;
  online(connection: Connection, welcome: Welcome): void;
  offline(): void;
  changed(collection: Collection): void;
  viewWanted(request: number): void;
  phaseChanged(state: SessionState): void;
}

/** Keeps a connection to the hub: does what the session machine says. */
export class HubSession {
  readonly #parts: HubSessionParts;
  #state = initialSession;
  #connection: Connection | null = null;
  #challenge: Challenge | null = null;
  #cancelTimer: (() => void) | null = null;
  #isOnline = false;

  constructor(parts: HubSessionParts) {
    this.#parts = parts;
  }

  get state(): SessionState {
    return this.#state;
  }

  dispatch(event: SessionEvent): void {
    const before = this.#state;
    const [state, actions] = session(before, event, this.#parts.random);
    this.#state = state;
    for (const action of actions) this.#perform(action);
    if (state.phase !== before.phase) {
      const { phase, attempt, problem } = state;
      this.#parts.logger.debug({ phase, attempt, problem }, 'connection to the hub');
      this.#parts.phaseChanged(state);
    }
  }

  #perform(action: SessionAction): void {
    switch (action.type) {
      case 'open':
        this.#timer(CONNECT_LIMIT_MS, { type: 'timedOut' });
        this.#open();
        break;
      case 'greet':
        this.#timer(GREET_LIMIT_MS, { type: 'timedOut' });
        void this.#greet();
        break;
      case 'close':
        this.#close();
        break;
      case 'wait':
        this.#timer(action.forMs, { type: 'waited' });
        break;
      default:
        action satisfies never;
    }
  }

  #open(): void {
    // Events of an older connection that come late are not this one's.
    let connection: Connection | null = null;
    const current = (take: () => void) => {
      if (connection !== null && connection === this.#connection) take();
    };
    connection = this.#parts.link.open({
      challenged: (challenge) =>
        current(() => {
          this.#challenge = challenge;
          this.dispatch({ type: 'challenged' });
        }),
      changed: (collection) => current(() => this.#parts.changed(collection)),
      revoked: (detail) => current(() => this.dispatch({ type: 'failed', code: 'DEVICE_REVOKED', detail })),
      viewWanted: (request) => current(() => this.#parts.viewWanted(request)),
      closed: (detail) => current(() => this.dispatch({ type: 'closed', detail })),
    });
    this.#connection = connection;
  }

  async #greet(): Promise<void> {
    const connection = this.#connection;
    const challenge = this.#challenge;
    if (!connection || !challenge) return;
    const unfit = unfitProtocol(challenge);
    if (unfit) {
      this.dispatch({ type: 'failed', ...unfit });
      return;
    }
    try {
      const { clock } = this.#parts;
      const hello = await this.#parts.hello(challenge);
      if (connection !== this.#connection) return;
      const sentAt = clock.monotonic();
      const answer = await connection.hello(hello);
      const halfTripMs = (clock.monotonic() - sentAt) / 2;
      if (connection !== this.#connection) return;
      await this.#answered(connection, hello.epoch, answer, halfTripMs);
    } catch (error) {
      this.#parts.logger.error({ err: error }, 'the handshake failed on this side');
      if (connection === this.#connection) {
        const { code, detail } = toWireError(error);
        this.dispatch({ type: 'failed', code, detail });
      }
    }
  }

  async #answered(connection: Connection, epoch: number, answer: Answer<Welcome>, halfTripMs: number): Promise<void> {
    if (!answer.ok) {
      const { code, detail, retryAfterMs } = answer.error;
      this.dispatch({ type: 'failed', code, detail, retryAfterMs });
      return;
    }
    const welcome = answer.value;
    const offsetMs = Math.round(welcome.hubNow + halfTripMs - this.#parts.clock.now());
    const goOn = await this.#parts.welcomed(welcome, epoch, offsetMs);
    if (connection !== this.#connection) return;
    if (!goOn) {
      this.dispatch({ type: 'failed', code: 'EPOCH_UNKNOWN', detail: 'A new epoch of the journal was begun.' });
      return;
    }
    this.dispatch({ type: 'welcomed' });
    if (this.#state.phase !== 'online') return;
    this.#isOnline = true;
    this.#parts.online(connection, welcome);
  }

  #close(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = null;
    const connection = this.#connection;
    this.#connection = null;
    this.#challenge = null;
    connection?.close();
    if (!this.#isOnline) return;
    this.#isOnline = false;
    this.#parts.offline();
  }

  #timer(delayMs: number, event: SessionEvent): void {
    this.#cancelTimer?.();
    this.#cancelTimer = this.#parts.clock.after(delayMs, () => {
      this.#cancelTimer = null;
      this.dispatch(event);
    });
  }
}

/** Whether agent and hub have a protocol in common, before anything is signed. */
function unfitProtocol({
  protocol,
}: Challenge): { code: 'PROTOCOL_TOO_OLD' | 'PROTOCOL_TOO_NEW'; detail: string } | null {
  const range = `the hub serves ${protocol.oldest} to ${protocol.current}, the agent speaks ${PROTOCOL.current}`;
  if (PROTOCOL.current < protocol.oldest) return { code: 'PROTOCOL_TOO_OLD', detail: range };
  if (PROTOCOL.current > protocol.current) return { code: 'PROTOCOL_TOO_NEW', detail: range };
  return null;
}
