import { ERRORS, type ErrorCode } from '#shared/protocol/errors.ts';
import { backoffMs } from '#shared/runtime/backoff.ts';
import type { Random } from '#shared/runtime/random.ts';

/**
 * Where the connection to the hub stands.
 *
 *     idle --start--> connecting --challenged--> greeting --welcomed--> online
 *                        ^  |________________________|___________________|  failed, closed, timedOut
 *                        |                           v
 *                        '------waited------ backingOff | refused             (any) --stop--> stopped
 */
export interface SessionState {
  readonly phase: 'idle' | 'connecting' | 'greeting' | 'online' | 'backingOff' | 'refused' | 'stopped';
  /** Failures in a row; a connection that lasts sets it back. */
  readonly attempt: number;
  /** What went wrong last; gone once online. */
  readonly problem: { readonly code: ErrorCode; readonly detail: string } | null;
}

export type SessionEvent =
  | { readonly type: 'start' }
  | { readonly type: 'challenged' }
  | { readonly type: 'welcomed' }
  /** The hub or the network said no, at whatever point. */
  | {
      readonly type: 'failed';
      readonly code: ErrorCode;
      readonly detail: string;
      readonly retryAfterMs?: number | undefined;
    }
  /** The connection ended by itself. */
  | { readonly type: 'closed'; readonly detail: string }
  /** Too long without a challenge or a welcome. */
  | { readonly type: 'timedOut' }
  /** The time of the last `wait` is over. */
  | { readonly type: 'waited' }
  | { readonly type: 'stop' };

export type SessionAction =
  /** Open a connection; say `timedOut` unless it is challenged within CONNECT_LIMIT_MS. */
  | { readonly type: 'open' }
  /** Answer the challenge; say `timedOut` unless welcomed within GREET_LIMIT_MS. */
  | { readonly type: 'greet' }
  /** End the connection and every timer. */
  | { readonly type: 'close' }
  /** Say `waited` after that time; there is one such timer. */
  | { readonly type: 'wait'; readonly forMs: number };

export type SessionStep = readonly [SessionState, readonly SessionAction[]];

export const CONNECT_LIMIT_MS = 15_000;
export const GREET_LIMIT_MS = 15_000;
const BACKOFF = { baseMs: 500, maxMs: 8_000 } as const;
/** A refusal that only people can change is asked again seldom, so that it ends by itself when they have. */
const REFUSED_RETRY_MS = 300_000;
const RETRY_AFTER_MAX_MS = 600_000;
/** A connection that has lasted so long was a good one. Shorter ones back off, so that a loop of them is a slow one. */
const STEADY_MS = 10_000;

const NEEDS_PEOPLE: ReadonlySet<ErrorCode> = new Set([
  'DEVICE_REVOKED',
  'DEVICE_UNKNOWN',
  'SIGNATURE_INVALID',
  'PROTOCOL_TOO_OLD',
  'PROTOCOL_TOO_NEW',
]);

export const initialSession: SessionState = { phase: 'idle', attempt: 0, problem: null };

/** The connection as a pure machine; `random` gives the jitter. */
export function session(state: SessionState, event: SessionEvent, random: Random): SessionStep {
  if (state.phase === 'stopped') return [state, []];
  switch (event.type) {
    case 'start':
      return state.phase === 'idle' ? connect(state) : [state, []];
    case 'challenged':
      return state.phase === 'connecting' ? [{ ...state, phase: 'greeting' }, [{ type: 'greet' }]] : [state, []];
    case 'welcomed':
      if (state.phase !== 'greeting') return [state, []];
      return [{ ...state, phase: 'online', problem: null }, [{ type: 'wait', forMs: STEADY_MS }]];
    case 'failed':
      return isConnected(state) ? fail(state, event, random) : [state, []];
    case 'closed':
      return isConnected(state) ? fail(state, { code: 'HUB_UNREACHABLE', detail: event.detail }, random) : [state, []];
    case 'timedOut': {
      if (state.phase !== 'connecting' && state.phase !== 'greeting') return [state, []];
      return fail(state, { code: 'HUB_UNREACHABLE', detail: 'The hub did not answer in time.' }, random);
    }
    case 'waited':
      if (state.phase === 'online') return [{ ...state, attempt: 0 }, []];
      return state.phase === 'backingOff' || state.phase === 'refused' ? connect(state) : [state, []];
    case 'stop':
      return [{ ...state, phase: 'stopped' }, [{ type: 'close' }]];
    default:
      return event satisfies never;
  }
}

function connect(state: SessionState): SessionStep {
  return [{ ...state, phase: 'connecting' }, [{ type: 'open' }]];
}

function fail(
  state: SessionState,
  failure: { code: ErrorCode; detail: string; retryAfterMs?: number | undefined },
  random: Random,
): SessionStep {
  const problem = { code: failure.code, detail: failure.detail };
  const attempt = state.attempt + 1;
  if (NEEDS_PEOPLE.has(failure.code)) {
    return [{ phase: 'refused', attempt, problem }, [{ type: 'close' }, { type: 'wait', forMs: REFUSED_RETRY_MS }]];
  }
  const forMs = Math.max(
    backoffMs(BACKOFF, attempt - 1, random),
    Math.min(failure.retryAfterMs ?? 0, RETRY_AFTER_MAX_MS),
  );
  return [{ phase: 'backingOff', attempt, problem }, [{ type: 'close' }, { type: 'wait', forMs }]];
}

function isConnected({ phase }: SessionState): boolean {
  return phase === 'connecting' || phase === 'greeting' || phase === 'online';
}

/** What to show of a state: the problem with its remedy, or null. */
export function shownProblem({ problem }: SessionState): { code: ErrorCode; detail: string; remedy: string } | null {
  return problem ? { ...problem, remedy: ERRORS[problem.code].remedy } : null;
}
