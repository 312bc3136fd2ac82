import type { WireError } from './errors.ts';
import type { Changed } from './messages/changed.ts';
import type { Challenge, Hello, Welcome } from './messages/hello.ts';
import type { Pull, PullAnswer } from './messages/pull.ts';
import type { Push, PushAnswer } from './messages/push.ts';
import type { Coming, ComingAsked, OtherStock, OtherStockAsked } from './messages/questions.ts';
import type { Revoked } from './messages/revoked.ts';
import type { StatusReport } from './messages/status.ts';
import type { View, ViewWanted } from './messages/view.ts';

/** The socket.io namespace of the stores' agents. */
export const NAMESPACE = '/agent';

/** Every event is answered: either with what was asked for or with a coded error. */
export type Answer<T> = { ok: true; value: T } | { ok: false; error: WireError & { retryAfterMs?: number } };
type Reply<T> = (answer: Answer<T>) => void;

/** What an agent may say. Anything before `hello` is refused with HELLO_REQUIRED. */
export interface AgentEvents {
  hello(message: Hello, reply: Reply<Welcome>): void;
  push(message: Push, reply: Reply<PushAnswer>): void;
  pull(message: Pull, reply: Reply<PullAnswer>): void;
  status(message: StatusReport, reply: Reply<Record<string, never>>): void;
  view(message: View, reply: Reply<Record<string, never>>): void;
  otherStock(message: OtherStockAsked, reply: Reply<OtherStock>): void;
  coming(message: ComingAsked, reply: Reply<Coming>): void;
}

/** What the hub may say. `changed` is only a hint: a lost one is made good by the next pull. */
export interface HubEvents {
  challenge(message: Challenge): void;
  changed(message: Changed): void;
  revoked(message: Revoked): void;
  viewWanted(message: ViewWanted): void;
}
