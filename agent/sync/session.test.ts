import { describe, expect, it } from 'vitest';
import {
  initialSession,
  session,
  shownProblem,
  type SessionAction,
  type SessionEvent,
  type SessionState,
} from './session.ts';

const half = () => 0.5;
const phases = ['idle', 'connecting', 'greeting', 'online', 'backingOff', 'refused', 'stopped'] as const;
type Phase = (typeof phases)[number];

const EVENTS = {
  start: { type: 'start' },
  challenged: { type: 'challenged' },
  welcomed: { type: 'welcomed' },
  busy: { type: 'failed', code: 'HUB_BUSY', detail: 'later', retryAfterMs: 4_000 },
  revoked: { type: 'failed', code: 'DEVICE_REVOKED', detail: 'stolen' },
  closed: { type: 'closed', detail: 'transport close' },
  timedOut: { type: 'timedOut' },
  waited: { type: 'waited' },
  stop: { type: 'stop' },
} as const satisfies Record<string, SessionEvent>;

/** The next phase and the actions of every state x event; what is not named changes nothing. */
const failed = { connecting: 'backingOff: close, wait 2000', greeting: 'backingOff: close, wait 2000' } as const;
const TABLE: Record<keyof typeof EVENTS, Partial<Record<Phase, string>>> = {
  start: { idle: 'connecting: open' },
  challenged: { connecting: 'greeting: greet' },
  welcomed: { greeting: 'online: wait 10000' },
  busy: {
    connecting: 'backingOff: close, wait 4000',
    greeting: 'backingOff: close, wait 4000',
    online: 'backingOff: close, wait 4000',
  },
  revoked: {
    connecting: 'refused: close, wait 300000',
    greeting: 'refused: close, wait 300000',
    online: 'refused: close, wait 300000',
  },
  closed: { ...failed, online: 'backingOff: close, wait 2000' },
  timedOut: failed,
  waited: { backingOff: 'connecting: open', refused: 'connecting: open', online: 'online: ' },
  stop: {
    idle: 'stopped: close',
    connecting: 'stopped: close',
    greeting: 'stopped: close',
    online: 'stopped: close',
    backingOff: 'stopped: close',
    refused: 'stopped: close',
  },
};

const shown = (action: SessionAction) => (action.type === 'wait' ? `wait ${action.forMs}` : action.type);

describe('session, every state x event', () => {
  const pairs = phases.flatMap((phase) =>
    (Object.keys(EVENTS) as (keyof typeof EVENTS)[]).map((event) => [phase, event] as const),
  );
  it.each(pairs)('%s x %s', (phase, event) => {
    const [next, actions] = session({ phase, attempt: 3, problem: null }, EVENTS[event], half);
    expect(`${next.phase}: ${actions.map(shown).join(', ')}`).toBe(TABLE[event][phase] ?? `${phase}: `);
  });
});

describe('session', () => {
  it('backs off with full jitter from 0.5 s to 8 s, and a connection that does not last counts on', () => {
    const waits: number[] = [];
    let state: SessionState = { ...initialSession, phase: 'connecting' };
    for (let attempt = 0; attempt < 9; attempt++) {
      const [failed, [, wait]] = session(state, EVENTS.closed, () => 1);
      waits.push(wait?.type === 'wait' ? wait.forMs : 0);
      state = failed;
      for (const event of ['waited', 'challenged', 'welcomed'] as const) [state] = session(state, EVENTS[event], half);
    }
    expect(waits).toEqual([500, 1_000, 2_000, 4_000, 8_000, 8_000, 8_000, 8_000, 8_000]);
    expect(session(state, EVENTS.waited, half)[0].attempt).toBe(0);
  });

  it('says why it does not go on, with the remedy, until it does', () => {
    const [refused] = session(
      { ...initialSession, phase: 'greeting' },
      { type: 'failed', code: 'PROTOCOL_TOO_OLD', detail: 'x' },
      half,
    );
    expect(shownProblem(refused)).toMatchObject({
      code: 'PROTOCOL_TOO_OLD',
      detail: 'x',
      remedy: expect.stringContaining('Update the agent'),
    });
    const [online] = session({ ...refused, phase: 'greeting' }, EVENTS.welcomed, half);
    expect(shownProblem(online)).toBeNull();
  });
});
