import { lineTotal, refundOf } from '../order/order-money.ts';
import type { ErrorCode } from '#shared/protocol/errors.ts';
import type { Unfollowed } from './edit-order.ts';
import { openUnits, sumsOf, sumsOfAll, substitutesOf, type ReplacedUnits, type UnitsAt } from './line-units.ts';
import type { Order } from './order.ts';
import type { EffectKind, OrderState } from './order-state.ts';

/** Something to be done, with all that whoever does it needs to know. */
export type Effect =
  | {
      readonly kind: 'reserve';
      readonly lines: readonly { readonly line: string; readonly sku: string; readonly units: number }[];
      readonly avoid: Order['avoid'];
      /** Whether a part of the units is of use. */
      readonly partial: boolean;
    }
  | { readonly kind: 'confirm' | 'post' | 'unpost' }
  /** With a code: what the channel has changed and the order cannot follow. Without: goods left without having been paid. */
  | { readonly kind: 'alarm'; readonly code?: ErrorCode; readonly unfollowed?: readonly Unfollowed[] }
  | { readonly kind: 'holdSubstitutes'; readonly parts: readonly ReplacedUnits[] }
  | { readonly kind: 'release'; readonly parts: readonly UnitsAt[] }
  | { readonly kind: 'fulfil'; readonly parts: readonly UnitsAt[] }
  | {
      readonly kind: 'refund';
      readonly amountMinor: number;
      readonly currency: string;
      /** Units that the customer does not keep, all until now: channels that give money back by line need them. */
      readonly lines: readonly { readonly line: string; readonly cancelled: number; readonly returned: number }[];
    }
  | {
      readonly kind: 'tell';
      readonly state: OrderState;
      readonly why: string;
      readonly lines: readonly {
        readonly line: string;
        readonly handed: number;
        readonly cancelled: number;
        readonly returned: number;
        /** What the customer gets, or has got, instead of the line's own sku. */
        readonly substitutes: readonly { readonly sku: string; readonly units: number }[];
      }[];
    };

/** What the acts of one step did to units, and why. */
export interface StepNotes {
  readonly freed: readonly UnitsAt[];
  readonly handed: readonly UnitsAt[];
  /** In a store's hand, and of a sku that is not held yet. */
  readonly replaced: readonly ReplacedUnits[];
  /** Of an edit; undefined: it was none. */
  readonly unfollowed?: readonly Unfollowed[] | undefined;
  readonly why: string;
}

/** What is to be done, worked out from the order as it stands after the step. What has nothing to do is left out. */
export function effectsOf(kinds: ReadonlySet<EffectKind>, order: Order, notes: StepNotes): Effect[] {
  return [...kinds].flatMap((kind) => effectOf(kind, order, notes) ?? []);
}

function effectOf(
  kind: EffectKind,
  order: Order,
  { freed, handed, replaced, unfollowed, why }: StepNotes,
): Effect | undefined {
  const { lines, content } = order;
  switch (kind) {
    case 'reserve':
      return reserveEffect(order);
    case 'release':
      return freed.length === 0 ? undefined : { kind, parts: freed };
    case 'fulfil':
      return handed.length === 0 ? undefined : { kind, parts: handed };
    case 'refund': {
      const amountMinor = owedMinor(order) - order.refundedMinor;
      if (amountMinor <= 0) return undefined;
      const back = lines.map(({ line, cancelled, returned }) => ({ line, cancelled, returned }));
      return { kind, amountMinor, currency: content.currency, lines: back };
    }
    case 'tell': {
      const told = lines.map((line) => {
        const { handed, cancelled, returned } = sumsOf(line);
        return { line: line.line, handed, cancelled, returned, substitutes: substitutesOf(line) };
      });
      return { kind, state: order.state, why, lines: told };
    }
    case 'holdSubstitutes':
      return replaced.length === 0 ? undefined : { kind, parts: replaced };
    case 'alarm':
      if (unfollowed === undefined) break;
      return unfollowed.length === 0 ? undefined : { kind, code: 'ORDER_EDIT_UNFOLLOWED', unfollowed };
    case 'confirm':
    case 'post':
    case 'unpost':
      break;
  }
  return { kind };
}

/** Undefined when no unit is open. */
export function reserveEffect({ lines, skus, avoid, content, state }: Order): Effect | undefined {
  const wanted = openUnits(lines).flatMap(({ line, units }) => {
    const sku = skus[line];
    return sku === undefined ? [] : [{ line, sku, units }];
  });
  if (wanted.length === 0 || state === 'received') return undefined;
  const isBegun = lines.some(({ places, cancelled }) => places.length > 0 || cancelled > 0);
  return { kind: 'reserve', lines: wanted, avoid, partial: content.partial || isBegun };
}

/**
 * What the customer has paid, or pays, for units that will not reach them or came back, but for those taken out at the
 * channel. The shipping is given back when nothing was ever handed over.
 */
export function owedMinor({ content, lines, payment }: Order): number {
  if (payment === 'pending' || payment === 'failed') return 0;
  const { open, reserved, picked, handed, returned } = sumsOfAll(lines);
  let owed = 0;
  let ours = 0;
  for (const [place, { cancelled, calledOff = 0, returned }] of lines.entries()) {
    const priced = content.lines[place];
    if (priced === undefined) continue;
    ours += cancelled - calledOff;
    // Who pays with the handing over has paid for what was handed over, and for nothing else.
    const units = payment === 'paid' ? cancelled - calledOff + returned : returned;
    owed += refundOf(priced, content.taxIncluded, 0, units);
  }
  // Of what was taken out at the channel, down to nothing, the money is the channel's.
  const isVain = ours > 0 && open + reserved + picked + handed + returned === 0;
  if (isVain && payment === 'paid') owed += lineTotal({ units: 1, ...content.shipping }, content.taxIncluded);
  return owed;
}
