import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { seededRandom } from '#shared/runtime/random.ts';
import { initialUpstream, NORMAL_SHAPE, upstream } from './upstream.ts';
import type { UpstreamAction, UpstreamEvent, UpstreamState } from './upstream-state.ts';

const shapeOf = (factsMax: number, bytesMax: number, compressed: boolean) => ({ factsMax, bytesMax, compressed });
const answer = (ackedSeq: number, more: { credit?: number; backOffMs?: number } = {}) => ({
  ackedSeq,
  credit: 2,
  backOffMs: 0,
  ...more,
});

/** 100 facts, 40 of them acknowledged: a state of each phase to step from. */
const base: UpstreamState = { ...initialUpstream({ lastSeq: 100, ackedSeq: 40 }), credit: 2, nextId: 9 };
const STATES = {
  offline: base,
  idle: { ...base, phase: 'open', ackedSeq: 100, nextSeq: 101 },
  building: { ...base, phase: 'open', building: { id: 8, fromSeq: 41 } },
  flying: {
    ...base,
    phase: 'open',
    nextSeq: 61,
    inFlight: [
      { id: 7, fromSeq: 41, count: 10 },
      { id: 8, fromSeq: 51, count: 10 },
    ],
  },
  paused: { ...base, phase: 'paused', barren: 1 },
} as const satisfies Record<string, UpstreamState>;

const EVENTS = {
  appended: { type: 'appended', lastSeq: 105 },
  welcomed: { type: 'welcomed', watermark: 30, lastSeq: 100, credit: 1 },
  disconnected: { type: 'disconnected' },
  sent: { type: 'sent', id: 8, count: 20 },
  unreadable: { type: 'unreadable', id: 8 },
  answered: { type: 'answered', id: 7, answer: answer(50) },
  answeredAll: { type: 'answered', id: 8, answer: answer(60) },
  gap: { type: 'answered', id: 8, answer: answer(45) },
  restAsked: { type: 'answered', id: 7, answer: answer(50, { backOffMs: 700 }) },
  busy: { type: 'refused', id: 7, code: 'HUB_BUSY', retryAfterMs: 300 },
  tooLarge: { type: 'refused', id: 7, code: 'FRAME_TOO_LARGE', retryAfterMs: undefined },
  invalid: { type: 'refused', id: 7, code: 'FRAME_INVALID', retryAfterMs: undefined },
  revoked: { type: 'refused', id: 7, code: 'DEVICE_REVOKED', retryAfterMs: undefined },
  timedOut: { type: 'timedOut', id: 7 },
  resumed: { type: 'resumed' },
} as const satisfies Record<string, UpstreamEvent>;

/** phase, ackedSeq, nextSeq, frames in flight, actions. An action is its type and its seq or time. */
type Row = [UpstreamState['phase'], number, number, number, string];

const SAME = {
  offline: ['offline', 40, 41, 0, ''],
  idle: ['open', 100, 101, 0, ''],
  building: ['open', 40, 41, 0, ''],
  flying: ['open', 40, 61, 2, ''],
  paused: ['paused', 40, 41, 0, ''],
} as const satisfies Record<keyof typeof STATES, Row>;

/** Every state x event; what is not named changes nothing. */
const TABLE: Record<keyof typeof EVENTS, Partial<Record<keyof typeof STATES, Row>>> = {
  appended: { idle: ['open', 100, 101, 0, 'send 101'] },
  welcomed: {
    offline: ['open', 30, 31, 0, 'acked 30, send 31'],
    idle: ['open', 30, 31, 0, 'acked 30, send 31'],
    building: ['open', 30, 31, 0, 'acked 30, send 31'],
    flying: ['open', 30, 31, 0, 'acked 30, send 31'],
    paused: ['open', 30, 31, 0, 'acked 30, send 31'],
  },
  disconnected: {
    idle: ['offline', 100, 101, 0, ''],
    building: ['offline', 40, 41, 0, ''],
    flying: ['offline', 40, 41, 0, ''],
    paused: ['offline', 40, 41, 0, ''],
  },
  sent: { building: ['open', 40, 61, 1, 'send 61'] },
  unreadable: { building: ['paused', 40, 41, 0, 'pause 1000'] },
  answered: {
    building: ['open', 50, 51, 0, 'acked 50'],
    flying: ['open', 50, 61, 1, 'acked 50, send 61'],
    paused: ['paused', 50, 51, 0, 'acked 50'],
  },
  answeredAll: {
    building: ['open', 60, 61, 0, 'acked 60'],
    flying: ['open', 60, 61, 0, 'acked 60, send 61'],
    paused: ['paused', 60, 61, 0, 'acked 60'],
  },
  gap: {
    building: ['open', 45, 46, 0, 'acked 45'],
    flying: ['open', 45, 46, 0, 'acked 45, send 46'],
    paused: ['paused', 45, 46, 0, 'acked 45'],
  },
  restAsked: {
    idle: ['paused', 100, 101, 0, 'pause 700'],
    building: ['paused', 50, 51, 0, 'acked 50, pause 700'],
    flying: ['paused', 50, 61, 1, 'acked 50, pause 700'],
    paused: ['paused', 50, 51, 0, 'acked 50'],
  },
  busy: { flying: ['paused', 40, 41, 0, 'pause 300'] },
  tooLarge: { flying: ['open', 40, 41, 0, 'send 41'] },
  invalid: { flying: ['open', 40, 41, 0, 'send 41'] },
  revoked: { flying: ['offline', 40, 41, 0, 'drop DEVICE_REVOKED'] },
  timedOut: { flying: ['offline', 40, 41, 0, 'drop HUB_UNREACHABLE'] },
  resumed: { paused: ['open', 40, 41, 0, 'send 41'] },
};

function shown(action: UpstreamAction): string {
  if (action.type === 'send') return `send ${action.fromSeq}`;
  if (action.type === 'pause') return `pause ${action.forMs}`;
  return action.type === 'acked' ? `acked ${action.seq}` : `drop ${action.code}`;
}

describe('upstream, every state x event', () => {
  const pairs = Object.keys(STATES).flatMap((state) => Object.keys(EVENTS).map((event) => [state, event] as const));
  it.each(pairs)('%s x %s', (stateName, eventName) => {
    const state = STATES[stateName as keyof typeof STATES];
    const row =
      TABLE[eventName as keyof typeof EVENTS][stateName as keyof typeof STATES] ??
      SAME[stateName as keyof typeof STATES];
    const [next, actions] = upstream(state, EVENTS[eventName as keyof typeof EVENTS]);
    expect([next.phase, next.ackedSeq, next.nextSeq, next.inFlight.length, actions.map(shown).join(', ')]).toEqual(row);
  });
});

describe('upstream', () => {
  it('S1 acknowledged moves only by the word of the hub', () => {
    const own = [
      'appended',
      'disconnected',
      'sent',
      'unreadable',
      'timedOut',
      'resumed',
      'busy',
      'tooLarge',
      'invalid',
    ] as const;
    for (const state of Object.values(STATES)) {
      for (const event of own) expect(upstream(state, EVENTS[event])[0].ackedSeq).toBe(state.ackedSeq);
    }
  });

  it('S1 a hub that acknowledges more than there is, is not believed', () => {
    const [next, actions] = upstream(STATES.flying, { type: 'answered', id: 7, answer: answer(101) });
    expect([next.ackedSeq, actions.map(shown)]).toEqual([40, ['drop EPOCH_UNKNOWN']]);
  });

  it('splits a frame that is too large down to a single fact, then tries that seldom', () => {
    let state: UpstreamState = { ...STATES.flying, inFlight: [{ id: 7, fromSeq: 41, count: 5 }] };
    const sizes: number[] = [];
    let last: UpstreamAction | undefined;
    for (;;) {
      const id = state.inFlight[0]!.id;
      const [next, [action]] = upstream(state, {
        type: 'refused',
        id,
        code: 'FRAME_TOO_LARGE',
        retryAfterMs: undefined,
      });
      if (action?.type !== 'send') {
        last = action;
        break;
      }
      sizes.push(action.shape.factsMax);
      state = upstream(next, { type: 'sent', id: action.id, count: action.shape.factsMax })[0];
      state = { ...state, building: null };
    }
    expect([sizes, last]).toEqual([[2, 1], { type: 'pause', forMs: 60_000 }]);
  });

  it('sends a frame that the hub cannot read smaller and plain; frames grow again with progress', () => {
    const [refused, [action]] = upstream(STATES.flying, EVENTS.invalid);
    expect(action).toMatchObject({ type: 'send', shape: shapeOf(5, NORMAL_SHAPE.bytesMax / 2, false) });
    const [sent] = upstream(refused, { type: 'sent', id: 9, count: 5 });
    const [acked] = upstream(sent, { type: 'answered', id: 9, answer: answer(45) });
    expect(acked.shape).toEqual(shapeOf(10, NORMAL_SHAPE.bytesMax, false));
  });

  it('drops the connection when gaps bring no progress', () => {
    let state: UpstreamState = STATES.flying;
    const drops: string[] = [];
    for (let turn = 0; turn < 6 && drops.length === 0; turn++) {
      const frame = state.inFlight.at(-1) ?? { id: state.building!.id, count: 10 };
      if (state.inFlight.length === 0) [state] = upstream(state, { type: 'sent', id: frame.id, count: 10 });
      const [next, actions] = upstream(state, { type: 'answered', id: frame.id, answer: answer(40) });
      drops.push(...actions.map(shown).filter((text) => text.startsWith('drop')));
      state = next;
    }
    expect(drops).toEqual(['drop SEQ_GAP']);
  });

  it('S2 the hub ends with every fact once, in order, through any loss, doubling, reordering, delay, refusal and cut', () => {
    fc.assert(
      fc.property(fc.integer(), (seed) => {
        const { taken, acked, last } = drain(seed);
        expect(taken).toEqual(Array.from({ length: last }, (_, place) => place + 1));
        expect(acked).toBe(last);
      }),
      { numRuns: 300 },
    );
  });
});

/** Plays the machine against a hub that takes frames by seq, over a network that does anything for a while. */
function drain(seed: number): { taken: number[]; acked: number; last: number } {
  const random = seededRandom(seed);
  const dice = (sides: number) => Math.floor(random() * sides);
  const hub = { watermark: 0, taken: [] as number[] };
  let lastSeq = dice(60);
  let state = initialUpstream({ lastSeq, ackedSeq: 0 });
  let wire: { id: number; fromSeq: number; count: number }[] = [];
  let answers: UpstreamEvent[] = [];
  let sends: Extract<UpstreamAction, { type: 'send' }>[] = [];
  let paused = false;
  const feed = (event: UpstreamEvent) => {
    const [next, actions] = upstream(state, event);
    state = next;
    for (const action of actions) {
      if (action.type === 'send') sends.push(action);
      if (action.type === 'pause') paused = true;
      if (action.type === 'drop') cut();
    }
    expect(state.ackedSeq).toBeLessThanOrEqual(hub.watermark);
    expect(state.nextSeq).toBeGreaterThan(state.ackedSeq);
    expect(state.inFlight.length).toBeLessThanOrEqual(4);
  };
  const cut = () => {
    [wire, answers, sends, paused] = [[], [], [], false];
    feed({ type: 'disconnected' });
  };
  const arrive = (frame: { id: number; fromSeq: number; count: number }) => {
    if (frame.fromSeq <= hub.watermark + 1) {
      for (let seq = hub.watermark + 1; seq < frame.fromSeq + frame.count; seq++) hub.taken.push(seq);
      hub.watermark = Math.max(hub.watermark, frame.fromSeq + frame.count - 1);
    }
    answers.push({
      type: 'answered',
      id: frame.id,
      answer: answer(hub.watermark, { credit: 1 + dice(4), backOffMs: dice(4) === 0 ? 5 : 0 }),
    });
  };
  for (let turn = 0; turn < 3_000; turn++) {
    const isFaulty = turn < 400;
    if (!isFaulty && state.phase === 'open' && state.ackedSeq === lastSeq) break;
    const move = dice(isFaulty ? 12 : 6);
    if (state.phase === 'offline') feed({ type: 'welcomed', watermark: hub.watermark, lastSeq, credit: 1 + dice(4) });
    else if (move === 0 && isFaulty) feed({ type: 'appended', lastSeq: (lastSeq += dice(4)) });
    else if (move <= 1 && paused) [paused] = [false, feed({ type: 'resumed' })];
    else if (move <= 2 && sends.length > 0) {
      const { id, fromSeq, shape } = sends.shift()!;
      const count = Math.max(1, Math.min(1 + dice(7), shape.factsMax, lastSeq - fromSeq + 1));
      wire.push({ id, fromSeq, count });
      feed({ type: 'sent', id, count });
    } else if (move <= 4 && wire.length > 0) arrive(wire.splice(isFaulty ? dice(wire.length) : 0, 1)[0]!);
    else if (move === 5 && answers.length > 0) feed(answers.splice(isFaulty ? dice(answers.length) : 0, 1)[0]!);
    else if (move === 6 && wire.length > 0) wire.splice(dice(wire.length), 1);
    else if (move === 7 && wire.length > 0) wire.push(wire[dice(wire.length)]!);
    else if (move === 8 && state.inFlight.length > 0) feed({ type: 'timedOut', id: state.inFlight[0]!.id });
    else if (move === 9 && wire.length > 0) {
      const code = (['HUB_BUSY', 'FRAME_TOO_LARGE', 'FRAME_INVALID', 'INTERNAL'] as const)[dice(4)]!;
      answers.push({ type: 'refused', id: wire.splice(0, 1)[0]!.id, code, retryAfterMs: 1 });
    } else if (move === 10 && dice(4) === 0) cut();
    else if (!isFaulty && state.inFlight.length > 0 && wire.length + answers.length === 0)
      feed({ type: 'timedOut', id: state.inFlight[0]!.id });
  }
  return { taken: hub.taken, acked: state.ackedSeq, last: lastSeq };
}
