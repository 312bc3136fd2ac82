import type { OrderContent, Payment } from '../order/canonical-order.ts';
import type { ReplacedUnits, SomeUnits, UnitsAt } from './line-units.ts';

/** Why units are cancelled; the channel is told. */
export const CANCEL_REASONS = ['customer', 'unavailable', 'payment', 'notCollected', 'fraud', 'other'] as const;
export type CancelReason = (typeof CANCEL_REASONS)[number];

/**
 * What becomes of the hold of units that are handed over. `gone`: a fact of theirs named it, so the ledger has ended it (M6).
 * `fulfil`: their fact may still come, and name it or not. `release`: their fact has come and took others than those held.
 */
export type HandedHold = 'gone' | 'fulfil' | 'release';

/** What was said of an order, with what it is about. */
export type Act =
  | { readonly act: 'accept'; readonly skus: Readonly<Record<string, string>> }
  | { readonly act: 'fault' | 'wait' | 'post' | 'expire' | 'pay' | 'failPayment' | 'deliver' }
  | { readonly act: 'reserve' | 'pick'; readonly parts: readonly UnitsAt[] }
  /** A store has picked another sku for units that it was asked for; `left`: and they have left, so there is nothing to hold. */
  | { readonly act: 'substitute'; readonly parts: readonly ReplacedUnits[]; readonly left: boolean }
  /**
   * A location cannot give units. Gone are the units, whose hold is to be given back; or only the hold; or both. Where units
   * are gone nobody is sent for them again.
   */
  | { readonly act: 'short'; readonly parts: readonly UnitsAt[]; readonly gone: 'units' | 'hold' | 'both' }
  | { readonly act: 'hand'; readonly parts: readonly UnitsAt[]; readonly hold: HandedHold }
  /** Without parts: everything that was not handed over. `atChannel`: it was cancelled there, and what was paid is the channel's affair. */
  | {
      readonly act: 'cancel';
      readonly parts?: readonly SomeUnits[] | undefined;
      readonly reason: CancelReason;
      readonly atChannel?: true;
    }
  | { readonly act: 'return'; readonly parts: readonly SomeUnits[] }
  /** Names of lines were found that had been added. */
  | { readonly act: 'name'; readonly skus: Readonly<Record<string, string>> }
  /** The channel has changed it to this. */
  | {
      readonly act: 'edit';
      readonly content: OrderContent;
      readonly payment: Payment;
      /** Of its lines, as far as they are known. */
      readonly skus: Readonly<Record<string, string>>;
      /** Who gets it, or at which address, is another now: kept apart. */
      readonly isReaddressed: boolean;
      /** Whether the channel sells from where it is to be collected now. */
      readonly canGoThere: boolean;
    };
