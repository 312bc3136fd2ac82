import { toWireError, type ShelfwireError, type WireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Intake } from './intake.ts';

/** One way by which facts come into the journal: it owns its edge, and knows nothing of the hub. */
export interface PosSource {
  /** Unique in the agent; goes into each fact's `source` ("csv:sales"). */
  readonly name: string;
  /** Resolves when it listens; what is left over from a crash is taken up first. */
  start(): Promise<void>;
  /** Takes nothing new, finishes what is durable-in-part, resolves when quiet. */
  stop(): Promise<void>;
  status(): SourceStatus;
}

export interface SourceStatus {
  readonly name: string;
  /** `waiting`: it works but cannot go on right now and tries again (a full disk); `lastError` says why. */
  readonly state: 'stopped' | 'ready' | 'busy' | 'waiting';
  /** Facts taken since start. */
  readonly appended: number;
  readonly duplicates: number;
  /** What went into quarantine since start. */
  readonly refused: number;
  readonly lastError: WireError | null;
}

/** What every source is made with. */
export interface SourceContext {
  readonly intake: Intake;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a source has done since start, for its status. */
export class SourceCounters {
  appended = 0;
  duplicate = 0;
  refused = 0;
  /** Undefined again once work goes on. */
  lastError: ShelfwireError | undefined;

  status(name: string, state: SourceStatus['state']): SourceStatus {
    return {
      name,
      state,
      appended: this.appended,
      duplicates: this.duplicate,
      refused: this.refused,
      lastError: this.lastError ? toWireError(this.lastError) : null,
    };
  }
}
