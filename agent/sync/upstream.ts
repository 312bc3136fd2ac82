import type { ErrorCode } from '#shared/protocol/errors.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import type { FrameShape, Step, UpstreamAction, UpstreamEvent, UpstreamState } from './upstream-state.ts';

/** The shape of a frame when all is well: short enough that the hub reads one in some ms, between other stores' facts. */
export const NORMAL_SHAPE: FrameShape = {
  factsMax: LIMITS.factsPerFrame / 2,
  bytesMax: LIMITS.frameBytes,
  compressed: true,
};
/** More frames than this are never in flight, whatever credit the hub gives. They are some merges of the hub's, so it never waits. */
const WINDOW_MAX = 32;
/** Refusals or rewinds without progress before the connection is made anew. */
const BARREN_MAX = 5;
const PAUSE_MS = 1_000;
/** A single fact that the hub cannot take in any shape: everything behind it waits, so it is tried seldom and shown. */
const STUCK_PAUSE_MS = 60_000;

/** What to do when the hub refuses a frame; any other code is waited out. */
const TREATMENT: Partial<Record<ErrorCode, 'split' | 'plain' | 'drop'>> = {
  FRAME_TOO_LARGE: 'split',
  BODY_TOO_LARGE: 'split',
  FRAME_INVALID: 'plain',
  REQUEST_INVALID: 'plain',
  // Only a new welcome says where the hub stands, or who it thinks we are.
  SEQ_GAP: 'drop',
  EPOCH_UNKNOWN: 'drop',
  HELLO_REQUIRED: 'drop',
  DEVICE_REVOKED: 'drop',
  DEVICE_UNKNOWN: 'drop',
  SIGNATURE_INVALID: 'drop',
  PROTOCOL_TOO_OLD: 'drop',
  PROTOCOL_TOO_NEW: 'drop',
};

export function initialUpstream(at: { lastSeq: number; ackedSeq: number }): UpstreamState {
  const ackedSeq = Math.min(at.ackedSeq, at.lastSeq);
  return {
    phase: 'offline',
    lastSeq: at.lastSeq,
    ackedSeq,
    nextSeq: ackedSeq + 1,
    building: null,
    inFlight: [],
    credit: 1,
    shape: NORMAL_SHAPE,
    nextId: 1,
    barren: 0,
  };
}

/** The sending of facts as a pure machine; see SPEC.md. */
export function upstream(state: UpstreamState, event: UpstreamEvent): Step {
  switch (event.type) {
    case 'appended':
      return fill({ ...state, lastSeq: Math.max(state.lastSeq, event.lastSeq) });
    case 'welcomed':
      return welcomed(state, event);
    case 'disconnected':
      return [rewound({ ...state, phase: 'offline' }), []];
    case 'sent':
      return sent(state, event.id, event.count);
    case 'unreadable':
      return state.building?.id === event.id ? pause({ ...state, building: null }, PAUSE_MS) : [state, []];
    case 'answered':
      return answered(state, event);
    case 'refused':
      return isInFlight(state, event.id) ? refused(state, event) : [state, []];
    case 'timedOut':
      if (!isInFlight(state, event.id)) return [state, []];
      return drop(state, 'HUB_UNREACHABLE', 'The hub did not answer a frame in time.');
    case 'resumed':
      return state.phase === 'paused' ? fill({ ...state, phase: 'open' }) : [state, []];
    default:
      return event satisfies never;
  }
}

/** The hub's word replaces ours, also when it is lower: it may have been restored from a backup. */
function welcomed(state: UpstreamState, event: Extract<UpstreamEvent, { type: 'welcomed' }>): Step {
  const { watermark, lastSeq, credit } = event;
  const start = initialUpstream({ lastSeq, ackedSeq: watermark });
  const [next, actions] = fill({ ...start, phase: 'open', credit, nextId: state.nextId });
  return [next, [{ type: 'acked', seq: start.ackedSeq }, ...actions]];
}

function sent(state: UpstreamState, id: number, count: number): Step {
  // Rewound meanwhile: its answer will find nothing.
  if (state.building?.id !== id) return [state, []];
  const { fromSeq } = state.building;
  const nextSeq = Math.max(state.nextSeq, fromSeq + count);
  return fill({ ...state, building: null, inFlight: [...state.inFlight, { id, fromSeq, count }], nextSeq });
}

function answered(state: UpstreamState, { id, answer }: Extract<UpstreamEvent, { type: 'answered' }>): Step {
  if (state.phase === 'offline') return [state, []];
  if (answer.ackedSeq > state.lastSeq) {
    return drop(
      state,
      'EPOCH_UNKNOWN',
      `The hub acknowledges ${answer.ackedSeq}, the journal ends at ${state.lastSeq}.`,
    );
  }
  const frame = state.inFlight.find((one) => one.id === id);
  const ackedSeq = Math.max(state.ackedSeq, answer.ackedSeq);
  const progress = ackedSeq > state.ackedSeq;
  const acked: readonly UpstreamAction[] = progress ? [{ type: 'acked', seq: ackedSeq }] : [];
  let next: UpstreamState = {
    ...state,
    ackedSeq,
    credit: answer.credit,
    nextSeq: Math.max(state.nextSeq, ackedSeq + 1),
  };
  if (progress) next = { ...next, barren: 0, shape: grown(next.shape) };
  // An answer is cumulative: frames that lie below it need none of their own.
  next = { ...next, inFlight: next.inFlight.filter((one) => one.id !== id && one.fromSeq + one.count - 1 > ackedSeq) };
  if (frame && frame.fromSeq + frame.count - 1 > ackedSeq) return concat(acked, afterGap(next));
  if (answer.backOffMs > 0) return concat(acked, pause(next, answer.backOffMs));
  return concat(acked, fill(next));
}

/** The hub has less than the frame held: something before it went lost. Begin again behind what it has. */
function afterGap(state: UpstreamState): Step {
  const barren = state.barren + 1;
  if (barren >= BARREN_MAX) return drop(state, 'SEQ_GAP', 'The hub keeps asking for facts that were sent.');
  return fill(rewound({ ...state, barren }));
}

function refused(state: UpstreamState, event: Extract<UpstreamEvent, { type: 'refused' }>): Step {
  const { code } = event;
  const frame = state.inFlight.find(({ id }) => id === event.id);
  const next = rewound({ ...state, barren: state.barren + 1 });
  const treatment = TREATMENT[code];
  if (treatment === 'drop') return drop(next, code, `The hub refused a frame: ${code}.`);
  if (treatment === undefined) return pause(next, event.retryAfterMs ?? PAUSE_MS);
  const count = frame?.count ?? 1;
  const { shape } = state;
  const plain = treatment === 'plain' && shape.compressed;
  if (count === 1 && !plain) return pause(next, event.retryAfterMs ?? STUCK_PAUSE_MS);
  const bytesMax = Math.max(1_024, shape.bytesMax >> 1);
  const factsMax = Math.max(1, count >> 1);
  return fill({ ...next, shape: { factsMax, bytesMax, compressed: shape.compressed && treatment !== 'plain' } });
}

/** Back to the first fact that the hub does not have; what is on its way is forgotten. */
function rewound(state: UpstreamState): UpstreamState {
  return { ...state, building: null, inFlight: [], nextSeq: state.ackedSeq + 1 };
}

function drop(state: UpstreamState, code: ErrorCode, detail: string): Step {
  return [rewound({ ...state, phase: 'offline' }), [{ type: 'drop', code, detail }]];
}

function pause(state: UpstreamState, forMs: number): Step {
  if (state.phase !== 'open') return [state, []];
  return [{ ...state, phase: 'paused' }, [{ type: 'pause', forMs }]];
}

/** Begins the next frame where there is something to send and room for it. */
function fill(state: UpstreamState): Step {
  const window = Math.min(state.credit, WINDOW_MAX);
  const idle = state.phase !== 'open' || state.building !== null;
  if (idle || state.inFlight.length >= window || state.nextSeq > state.lastSeq) return [state, []];
  const { nextId: id, nextSeq: fromSeq, shape } = state;
  return [{ ...state, building: { id, fromSeq }, nextId: id + 1 }, [{ type: 'send', id, fromSeq, shape }]];
}

/** After progress frames grow again; compression comes back with the next connection. */
function grown(shape: FrameShape): FrameShape {
  const factsMax = Math.min(NORMAL_SHAPE.factsMax, shape.factsMax * 2);
  return { ...shape, factsMax, bytesMax: Math.min(NORMAL_SHAPE.bytesMax, shape.bytesMax * 2) };
}

function concat(actions: readonly UpstreamAction[], [state, more]: Step): Step {
  return [state, [...actions, ...more]];
}

function isInFlight(state: UpstreamState, id: number): boolean {
  return state.inFlight.some((frame) => frame.id === id);
}
