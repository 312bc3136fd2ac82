import type { Answer } from '#shared/protocol/events.ts';
import type { Challenge, Hello, Welcome } from '#shared/protocol/messages/hello.ts';
import type { Collection, Pull, PullAnswer } from '#shared/protocol/messages/pull.ts';
import type { Push, PushAnswer } from '#shared/protocol/messages/push.ts';
import type { Coming, ComingAsked, OtherStock, OtherStockAsked } from '#shared/protocol/messages/questions.ts';
import type { StatusReport } from '#shared/protocol/messages/status.ts';
import type { View } from '#shared/protocol/messages/view.ts';

/** What a connection tells; nothing more after `closed`. What the hub says has been validated. */
export interface LinkEvents {
  challenged(challenge: Challenge): void;
  changed(collection: Collection): void;
  revoked(reason: string): void;
  viewWanted(request: number): void;
  /** It could not be made, or ended. */
  closed(detail: string): void;
}

/**
 * One connection to the hub. A request's promise may stay open for ever when the connection ends or the hub is
 * silent: whoever asks keeps the time. It never rejects: an answer that makes no sense is FRAME_INVALID or INTERNAL.
 */
export interface Connection {
  hello(message: Hello): Promise<Answer<Welcome>>;
  push(message: Push): Promise<Answer<PushAnswer>>;
  pull(message: Pull): Promise<Answer<PullAnswer>>;
  status(message: StatusReport): Promise<Answer<Record<string, never>>>;
  view(message: View): Promise<Answer<Record<string, never>>>;
  otherStock(message: OtherStockAsked): Promise<Answer<OtherStock>>;
  coming(message: ComingAsked): Promise<Answer<Coming>>;
  /** Ends it without `closed`. */
  close(): void;
}

/** The way to the hub: socket.io in the product, a simulated network in the simulation. */
export interface Link {
  /** Never calls back before it has returned. */
  open(events: LinkEvents): Connection;
}
