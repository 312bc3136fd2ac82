import { ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';

export interface FailureDetails {
  /** Whether the channel may have done what was asked; by default it may. */
  readonly inDoubt?: boolean;
  /** What it asked for. */
  readonly retryAfterMs?: number | undefined;
  readonly cause?: unknown;
}

/** A call that failed as a whole. */
export class ChannelFailure extends ShelfwireError {
  readonly inDoubt: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: ErrorCode, detail: string, { inDoubt = true, retryAfterMs, cause }: FailureDetails = {}) {
    super(code, detail, { cause });
    this.name = 'ChannelFailure';
    this.inDoubt = inDoubt;
    this.retryAfterMs = retryAfterMs;
  }
}

/** What a channel answers when it is at fault as a whole, and also, again and again, when it cannot cope with one order. */
export const MAY_BE_ONES_FAULT: ReadonlySet<string> = new Set<ErrorCode>([
  'CHANNEL_FAILED',
  'CHANNEL_ANSWER_INVALID',
  'CHANNEL_TIMEOUT',
]);

/** Any failure of work with a channel as one of the channel's. */
export function toChannelFailure(error: unknown): ChannelFailure {
  if (error instanceof ChannelFailure) return error;
  if (error instanceof ShelfwireError) return new ChannelFailure(error.code, error.message, { cause: error });
  return new ChannelFailure('INTERNAL', 'Something unforeseen happened.', { cause: error });
}
