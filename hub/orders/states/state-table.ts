import { ORDER_STATES, type EffectKind, type OrderEvent, type OrderState, type Refusal } from './order-state.ts';

type Cell = OrderState | Refusal;

const EARLY = 'ORDER_TOO_EARLY';
const LATE = 'ORDER_TOO_LATE';
const ENDED = 'ORDER_ENDED';

type Row = Readonly<Record<OrderState, Cell>>;

/** Each state stays as it is, but for what `exceptions` say. */
const stays = (exceptions: Partial<Row>): Row => ({
  ...(Object.fromEntries(ORDER_STATES.map((state) => [state, state])) as Record<OrderState, OrderState>),
  ...exceptions,
});

/** Only what is named is taken; before it is too early, after it too late, and after the end it has ended. */
function only(taken: Partial<Row>): Row {
  const places = ORDER_STATES.map((state, place) => (taken[state] === undefined ? -1 : place)).filter((p) => p >= 0);
  const first = Math.min(...places);
  const cells = ORDER_STATES.map((state, place): [OrderState, Cell] => {
    const refusal = state === 'cancelled' || state === 'returned' ? ENDED : place < first ? EARLY : LATE;
    return [state, taken[state] ?? refusal];
  });
  return Object.fromEntries(cells) as Record<OrderState, Cell>;
}

/** Every state x event: the next state, or why not. */
const TABLE: Readonly<Record<OrderEvent, Row>> = {
  accept: only({ received: 'validated' }),
  fault: only({ received: 'received' }),
  reserve: only({
    validated: 'validated',
    allocated: 'allocated',
    posted: 'posted',
    released: 'released',
    picking: 'picking',
    // Units that take the place of others must be picked.
    ready: 'picking',
  }),
  wait: only({
    validated: 'validated',
    allocated: 'allocated',
    posted: 'posted',
    released: 'released',
    picking: 'picking',
    ready: 'ready',
  }),
  // A late answer of the ERP is no mistake: stores may have been quicker.
  post: stays({ received: EARLY, validated: EARLY, allocated: 'posted' }),
  pick: only({ released: 'picking', picking: 'picking' }),
  // Also of what was picked and turned out to be broken.
  substitute: only({ released: 'picking', picking: 'picking', ready: 'ready' }),
  // What a store has given away is given away, whether it had been asked to or not.
  hand: only({ allocated: 'picking', posted: 'picking', released: 'picking', picking: 'picking', ready: 'ready' }),
  short: only({
    validated: 'validated',
    allocated: 'allocated',
    posted: 'posted',
    released: 'released',
    picking: 'picking',
    ready: 'picking',
  }),
  // A second cancel finds what it wants.
  cancel: stays({ shipped: LATE, completed: LATE, returned: ENDED }),
  expire: only({ ready: 'ready' }),
  // Money that comes late is taken, and given back.
  pay: stays({}),
  failPayment: stays({}),
  deliver: only({ shipped: 'completed', completed: 'completed' }),
  return: only({ picking: 'picking', ready: 'ready', shipped: 'shipped', completed: 'completed' }),
  // Told of one that has ended too: people may have to do something about it.
  edit: stays({}),
  name: stays({ received: EARLY, shipped: LATE, completed: LATE, cancelled: ENDED, returned: ENDED }),

  allocate: only({ validated: 'allocated' }),
  release: only({ posted: 'released' }),
  withhold: only({ released: 'posted' }),
  pack: only({ picking: 'ready' }),
  ship: only({ picking: 'shipped', ready: 'shipped' }),
  fetch: only({ picking: 'completed', ready: 'completed' }),
  empty: only({
    received: 'cancelled',
    validated: 'cancelled',
    allocated: 'cancelled',
    posted: 'cancelled',
    released: 'cancelled',
    picking: 'cancelled',
    ready: 'cancelled',
  }),
  takeBack: only({ picking: 'returned', ready: 'returned', shipped: 'returned', completed: 'returned' }),
};

/** What an event asks for wherever it is taken. */
const BY_EVENT: Readonly<Partial<Record<OrderEvent, readonly EffectKind[]>>> = {
  accept: ['reserve'],
  // Now or later: what an order has, it keeps.
  reserve: ['confirm'],
  substitute: ['release', 'holdSubstitutes', 'tell'],
  hand: ['fulfil', 'release', 'tell'],
  short: ['release', 'reserve'],
  cancel: ['release', 'refund', 'tell'],
  expire: ['release', 'refund', 'tell'],
  // Of what was cancelled meanwhile.
  pay: ['refund'],
  failPayment: ['release', 'tell'],
  return: ['refund', 'tell'],
  // The channel knows, and so does the money.
  edit: ['release', 'reserve', 'alarm'],
};

/** What arriving in a state asks for. */
const BY_ARRIVAL: Readonly<Partial<Record<OrderState, readonly EffectKind[]>>> = {
  allocated: ['post', 'tell'],
  ready: ['tell'],
  shipped: ['tell'],
  completed: ['tell'],
  cancelled: ['tell'],
  returned: ['tell'],
};

/** What only one pair asks for. */
const BY_PAIR: Readonly<Partial<Record<OrderEvent, Partial<Record<OrderState, readonly EffectKind[]>>>>> = {
  failPayment: { shipped: ['alarm'], completed: ['alarm'] },
  empty: {
    allocated: ['unpost'],
    posted: ['unpost'],
    released: ['unpost'],
    picking: ['unpost'],
    ready: ['unpost'],
  },
};

export type Answer =
  | { readonly next: OrderState; readonly effects: readonly EffectKind[] }
  | { readonly refused: Refusal };

/** What becomes of an order in `state` by `event`. */
export function answerTo(state: OrderState, event: OrderEvent): Answer {
  const cell = TABLE[event][state];
  if (cell === EARLY || cell === LATE || cell === ENDED) return { refused: cell };
  const effects = [
    ...(BY_EVENT[event] ?? []),
    ...(cell === state ? [] : (BY_ARRIVAL[cell] ?? [])),
    ...(BY_PAIR[event]?.[state] ?? []),
  ];
  return { next: cell, effects: [...new Set(effects)] };
}
