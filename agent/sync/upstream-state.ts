import type { ErrorCode } from '#shared/protocol/errors.ts';
import type { PushAnswer } from '#shared/protocol/messages/push.ts';

/** A frame that was sent and not answered yet. */
export interface InFlight {
  readonly id: number;
  readonly fromSeq: number;
  readonly count: number;
}

/** How frames are made at present: smaller and plain after the hub has refused one, back to normal by and by. */
export interface FrameShape {
  readonly factsMax: number;
  readonly bytesMax: number;
  readonly compressed: boolean;
}

/**
 * Where the sending of facts stands.
 *
 *      1 ------ ackedSeq ------------ nextSeq ------------- lastSeq
 *      the hub's   | in flight (sent)    | not sent yet        |
 *
 * - ackedSeq moves only by the hub's word: a welcome or an answer (S1)
 * - ackedSeq < nextSeq <= lastSeq + 1; frames in flight lie between them
 * - at most one frame is being built, at most `credit` are in flight
 */
export interface UpstreamState {
  /** `offline`: nothing may be sent. `open`: it flows. `paused`: the hub asked for a rest; a timer runs. */
  readonly phase: 'offline' | 'open' | 'paused';
  readonly lastSeq: number;
  readonly ackedSeq: number;
  readonly nextSeq: number;
  readonly building: { readonly id: number; readonly fromSeq: number } | null;
  readonly inFlight: readonly InFlight[];
  readonly credit: number;
  readonly shape: FrameShape;
  /** The id of the next frame; ids are never used twice, so an answer that comes late finds nothing. */
  readonly nextId: number;
  /** Rewinds and refusals since the last progress. */
  readonly barren: number;
}

export type UpstreamEvent =
  | { readonly type: 'appended'; readonly lastSeq: number }
  | { readonly type: 'welcomed'; readonly watermark: number; readonly lastSeq: number; readonly credit: number }
  | { readonly type: 'disconnected' }
  /** The frame was made and sent: it holds `count` facts. */
  | { readonly type: 'sent'; readonly id: number; readonly count: number }
  /** The frame could not be made: the journal could not be read. */
  | { readonly type: 'unreadable'; readonly id: number }
  | { readonly type: 'answered'; readonly id: number; readonly answer: Omit<PushAnswer, 'quarantined' | 'duplicates'> }
  | {
      readonly type: 'refused';
      readonly id: number;
      readonly code: ErrorCode;
      readonly retryAfterMs: number | undefined;
    }
  | { readonly type: 'timedOut'; readonly id: number }
  /** The pause is over. */
  | { readonly type: 'resumed' };

export type UpstreamAction =
  /** Read facts from `fromSeq` on, make a frame of that shape, send it, and say `sent`. */
  | { readonly type: 'send'; readonly id: number; readonly fromSeq: number; readonly shape: FrameShape }
  /** Say `resumed` after that time, unless disconnected before. */
  | { readonly type: 'pause'; readonly forMs: number }
  /** The hub has every fact up to here. */
  | { readonly type: 'acked'; readonly seq: number }
  /** Drop the connection: the next welcome says where the hub stands. */
  | { readonly type: 'drop'; readonly code: ErrorCode; readonly detail: string };

export type Step = readonly [UpstreamState, readonly UpstreamAction[]];
