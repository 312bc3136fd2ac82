import type { WireError } from '#shared/protocol/errors.ts';
import type { SessionState } from './session.ts';

/** How the store stands with the hub. Instants are ms since 1970, system time. */
export interface SyncStatus {
  readonly phase: SessionState['phase'];
  /** Since when there is a connection; without one, when there last was, also over a restart. Null: never. */
  readonly since: number | null;
  readonly lastAckAt: number | null;
  readonly ackedSeq: number;
  /** Facts that the hub has not acknowledged. They are on disk (F2). */
  readonly backlog: number;
  /** `at` of the oldest of them. */
  readonly oldestUnsentAt: number | null;
  readonly clockOffsetMs: number;
  /** Why it does not go on at present; null when it does. */
  readonly lastError: WireError | null;
  readonly store: { readonly code: string; readonly name: string } | null;
}
