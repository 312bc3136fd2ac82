import type { ErrorCode } from '#shared/protocol/errors.ts';

/** Where an order stands, in the order of its way. */
export const ORDER_STATES = [
  /** Taken in, not looked at yet; or faulty: its products or its store are not known. */
  'received',
  /** Its names are known; units are looked for. */
  'validated',
  /** Every unit that is still wanted has a hold. */
  'allocated',
  /** The ERP has it. */
  'posted',
  /** Stores may begin: it is paid, or will be with the handing over. */
  'released',
  'picking',
  /** All is picked: it waits for the customer or the carrier. */
  'ready',
  /** All has left. */
  'shipped',
  /** The customer has it. */
  'completed',
  /** Nothing of it was handed over, and nothing will be. */
  'cancelled',
  /** Everything that was handed over came back. */
  'returned',
] as const;
export type OrderState = (typeof ORDER_STATES)[number];

/** States in which nothing is done any more unless somebody from outside says something new. */
export const ENDED_STATES: ReadonlySet<OrderState> = new Set(['completed', 'cancelled', 'returned']);

/** What somebody says of an order: a customer, a store, a channel, or a step of our own. */
export const ORDER_ACTS = [
  /** Its names were found. */
  'accept',
  /** A name was not found. */
  'fault',
  /** Units got holds. */
  'reserve',
  /** Units are not to be had now, and the order waits for them. */
  'wait',
  /** The ERP has it. */
  'post',
  'pick',
  /** A store gives another sku for units of a line. */
  'substitute',
  /** Units were given to the customer or the carrier. */
  'hand',
  /** A location cannot give units that are held there. */
  'short',
  /** Units are not wanted, or not to be had, any more. */
  'cancel',
  /** Nobody came to collect. */
  'expire',
  'pay',
  'failPayment',
  'deliver',
  'return',
  /** The channel has changed it. */
  'edit',
  /** Names of lines that were added are known. */
  'name',
] as const;
export type OrderAct = (typeof ORDER_ACTS)[number];

/** What follows by itself from how units, state and payment stand (milestone.ts). */
export const MILESTONES = [
  /** Every unit has a hold. */
  'allocate',
  /** It is posted and paid. */
  'release',
  /** What was added to it is not paid yet. */
  'withhold',
  /** Everything is picked. */
  'pack',
  /** Everything has left with the carrier. */
  'ship',
  /** Everything was collected. */
  'fetch',
  /** Nothing is left, and nothing was handed over. */
  'empty',
  /** Everything that was handed over came back, and nothing is left. */
  'takeBack',
] as const;
export type Milestone = (typeof MILESTONES)[number];

export type OrderEvent = OrderAct | Milestone;

/** What is to be done because of an event. What exactly is worked out from the order (effects.ts). */
export type EffectKind =
  /** Look for holds of the open units. */
  | 'reserve'
  /** Holds are for good now: they expire no more. */
  | 'confirm'
  /** Take holds of what stores give instead, where there is any to hold. */
  | 'holdSubstitutes'
  /** Give holds back. */
  | 'release'
  /** Holds end because their units were handed over. */
  | 'fulfil'
  /** Tell the ERP. */
  | 'post'
  /** Tell the ERP that it was cancelled. */
  | 'unpost'
  /** Give money back by the channel. */
  | 'refund'
  /** Tell the channel how it stands. */
  | 'tell'
  /** Somebody has to look: goods left without having been paid. */
  | 'alarm';

export type Refusal = Extract<ErrorCode, 'ORDER_TOO_EARLY' | 'ORDER_TOO_LATE' | 'ORDER_ENDED'>;
