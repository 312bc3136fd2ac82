import type { Message } from '#hub/outbox/begin-messages.ts';
import type { ReceiverKind } from '#hub/outbox/claim.ts';
import type { RetryRule } from '#hub/outbox/retries.ts';
import type { EventFailure } from '#hub/outbox/end-attempts.ts';

/** What a message came to: undefined when it was taken. */
export type Delivered = EventFailure | undefined;

/**
 * A way by which events leave the hub.
 *
 * It gets messages that are frozen: the same under the same id at each attempt. It says of each what became of it, in
 * their order, and never throws; taken is only what the receiver has said that it keeps. What it cannot tell of it calls
 * failed: the message comes again, and a receiver that keeps ids takes it once.
 */
export interface EventConnector {
  readonly kind: ReceiverKind;
  /** Messages that are under way at once; of one subject never two. */
  readonly window: number;
  /** Attempts of a message, and the waits between them; the same waits while the receiver is down. */
  readonly retries: RetryRule;
  /** Ends early when the signal says that the hub stops. */
  deliver(messages: readonly Message[], signal: AbortSignal): Promise<readonly Delivered[]>;
  stop(): Promise<void>;
}
