import type { z } from 'zod';
import type { ErrorCode } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { CancelReason } from '#hub/orders/states/act.ts';
import type { Http } from './http/http.ts';
import type { QuotaRule, QuotaSeen } from './publishing/quota.ts';
import type { Settlement } from './settlement.ts';

/** A way to send numbers: what one call may carry, and what it costs of the quota. */
export interface CallShape {
  readonly name: string;
  /** The bucket that it is paid from. */
  readonly quota: string;
  readonly itemsMax: number;
  cost(items: number): number;
  /** What becomes of such a call is known later, about so long (a feed): `publish` gives a ticket, and `ask` is asked. */
  readonly laterMs?: number;
}

/** What a call costs, and what must be there for it: some channels ask for what an answer might come to at most. */
export interface Cost {
  /** The bucket that it is paid from. */
  readonly quota: string;
  readonly needs: number;
  readonly takes: number;
}

/** What a channel can do, by its account's settings. */
export interface Capabilities {
  readonly shapes: readonly [CallShape, ...CallShape[]];
  /** Of one read: how many listings, and what it costs; null: what the channel says cannot be read. */
  readonly reads: {
    readonly quota: string;
    readonly itemsMax: number;
    cost(items: readonly ReadItem[]): number;
  } | null;
  /** Its buckets by name, and what is believed of each until the channel says it. */
  readonly quotas: Readonly<Record<string, QuotaRule>>;
  readonly callsAtOnce: number;
  /** Whether the channel takes off its own number what it sells: then what we send is compared with what it says. */
  readonly countsDown: boolean;
  /** Of doing what an order asks for. */
  readonly effects: Cost;
  /** After so long the channel has applied what it accepted. */
  readonly settlesMs?: number;
  /** So often at most one listing may be changed in a day. */
  readonly changesADay?: number;
  /** What was sent is forgotten by the channel unless it is sent again after so long. */
  readonly renewsAfterMs?: number;
  /** false: nobody buys there (it only shows what there is), or its orders come some other way. */
  readonly takesOrders: boolean;
  /** How its orders are asked for, by time (`page`) and by their ids (`read`, `readsMax` at once); null: it tells of them by itself, or has none. */
  readonly orders: {
    readonly everyMs: number;
    readonly page: Cost;
    readonly read: Cost;
    readonly readsMax: number;
  } | null;
}

/** A listing's number as it is sent. */
export interface PublishItem {
  readonly channelSku: string;
  readonly reference: string | null;
  readonly quantity: number;
  /** What the channel is believed to say: for its compare-and-set (P3). Null: not known, or not settled yet. */
  readonly changeFrom: number | null;
  /**
   * While a number that the channel has accepted is not known to be applied: all that it may say, unless it has sold
   * meanwhile. Absent: nothing settles.
   */
  readonly settlingFrom?: readonly number[] | undefined;
}

/** A frozen call: the same whenever and by whomever it is sent. */
export interface PublishCall {
  /** Grows with every call of the account: the fence of channels that have no compare-and-set (P3). */
  readonly number: number;
  readonly key: string;
  readonly shape: string;
  readonly items: readonly PublishItem[];
  /** It may have been sent before: by whoever was killed, or without an answer. */
  readonly isAgain?: boolean;
  /** Of one that may have been: how long ago it was begun. */
  readonly ageMs?: number;
}

export type ItemAnswer = { readonly channelSku: string; readonly reference?: string } & (
  | { readonly outcome: 'taken' }
  /** The channel has it and applies it within `settlesMs`: then it is read whether it has. */
  | { readonly outcome: 'accepted' }
  /** The channel says something else than changeFrom: nothing was changed. */
  | { readonly outcome: 'stale' }
  /** Nothing was changed, for no fault of its own. */
  | { readonly outcome: 'again' }
  /** It will not be taken as it is. */
  | { readonly outcome: 'refused'; readonly code: ErrorCode; readonly detail: string }
);

/** The channel works at the call and says later what became of it; up to 4 KB, kept with the call. */
export interface LaterAnswer {
  readonly later: string;
}

/** Of listings that the answers do not name it is not known whether they were taken: they are read. */
export type AskAnswer =
  | { readonly answers: readonly ItemAnswer[] }
  | { readonly again: string; readonly afterMs: number };

export interface ReadItem {
  readonly channelSku: string;
  readonly reference: string | null;
}

export type ReadAnswer = { readonly channelSku: string; readonly reference?: string } & (
  | { readonly says: number }
  | { readonly code: ErrorCode; readonly detail: string }
);

/** What a line has sold: by the channel's name for it, or by ours. */
export interface SoldLine {
  readonly channelSku?: string;
  readonly sku?: string;
  readonly units: number;
}

/** An order as it came, for when it cannot be taken: what it says, and what of its lines can be read whatever the rest is. */
export interface OrderCame {
  readonly verbatim: unknown;
  readonly lines: readonly SoldLine[];
}

/** An order of the channel that its connector cannot read. */
export interface UnreadOrder {
  /** What the channel calls it; null: not even that could be read. */
  readonly id: string | null;
  readonly came: OrderCame;
  /** Why, for people. */
  readonly unread: string;
}

/** An order as it stands at the channel now. */
export interface ChannelOrder {
  /** What the channel calls it. */
  readonly id: string;
  /** In the canonical form, not checked yet. */
  readonly order: unknown;
  /** It cannot be taken yet, for this reason: it is read again. */
  readonly notYet?: string;
  readonly came?: OrderCame;
  /** Grows with every change of it there, such as the instant of the last one in ms; absent: the channel names none. */
  readonly version?: number | null;
  readonly cancelled: CancelReason | null;
  /** It stands still, and its customer asks that it be cancelled: whether it can be is for the seller to say. */
  readonly cancelAsked?: CancelReason;
}

export interface OrderPage {
  readonly orders: readonly (ChannelOrder | UnreadOrder)[];
  /** Where the next page begins; null: that was all of them. */
  readonly next: string | null;
}

/** A request of the channel to the hub, as it came; names of headers in small letters. */
export interface ChannelRequest {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** What a webhook of a channel says: that something has changed, or the order itself. */
export interface ChannelMessage {
  /** Any of them has been seen: the message was. */
  readonly ids: readonly string[];
  /** Orders to be read. */
  readonly orderIds: readonly string[];
  /** A listing by its sku or reference; `says`: its number now, where the message has it. */
  readonly listings: readonly { readonly id: string; readonly says?: number }[];
  readonly orders: readonly (ChannelOrder | UnreadOrder)[];
}

/** What an order asks of its channel. */
export type ChannelEffect =
  | {
      readonly kind: 'refund';
      readonly amountMinor: number;
      readonly currency: string;
      /** Units of each line that the customer does not keep, all until now. */
      readonly lines: readonly { readonly line: string; readonly cancelled: number; readonly returned: number }[];
    }
  | {
      readonly kind: 'tell';
      readonly state: string;
      readonly why: string;
      readonly lines: readonly {
        readonly line: string;
        readonly handed: number;
        readonly cancelled: number;
        readonly returned: number;
        /** What the customer gets instead of the line's own sku. */
        readonly substitutes: readonly { readonly sku: string; readonly units: number }[];
      }[];
    };

/** What else has changed at the channel by it. */
export interface EffectDone {
  /** Channel skus whose number may be another now, whether it was done now or before: they are read. */
  readonly listings: readonly string[];
}

export interface EffectCall {
  /** The same whenever it is sent. */
  readonly key: string;
  readonly channelOrderId: string;
  readonly effect: ChannelEffect;
}

/**
 * An open account of a channel. Failures of a call as a whole are thrown as ChannelFailure; what concerns one listing is
 * in the answers. Callers keep to the quota that the capabilities name; what the channel says of it is told to `tools.seen`.
 */
export interface ChannelSession {
  readonly capabilities: Capabilities;
  publish(call: PublishCall): Promise<readonly ItemAnswer[] | LaterAnswer>;
  /** What has become of a call that ends later; paid by `tools.pay`. Refused as a whole (CHANNEL_REFUSED), it is in doubt. */
  ask?(call: PublishCall, ticket: string): Promise<AskAnswer>;
  readBack(items: readonly ReadItem[]): Promise<readonly ReadAnswer[]>;
  /** Orders that changed since then, the longest ago first. */
  pollOrders(since: Date, cursor: string | null): Promise<OrderPage>;
  /** Those that the channel does not know (yet) are left out. */
  readOrders(ids: readonly string[]): Promise<readonly (ChannelOrder | UnreadOrder)[]>;
  /** Throws CHANNEL_SIGNATURE_INVALID before it believes anything (X1), CHANNEL_MESSAGE_INVALID. */
  receive(request: ChannelRequest, now: number): ChannelMessage;
  /** Makes the channel do what an order asks for; done before it does no harm. */
  perform(call: EffectCall): Promise<EffectDone | void>;
  /** What the channel has paid out since then, the newest first; absent: it does not say. Paid by `tools.pay`. */
  settlements?(since: Date): AsyncIterable<Settlement>;
}

export interface ChannelTools {
  readonly http: Http;
  readonly clock: Clock;
  readonly seen: (quota: string, seen: QuotaSeen) => void;
  /**
   * Pays a request within a call from another bucket than the call's own, before it is made. Waits for a moment, else throws
   * QuotaWait: let it through, before anything of the call was done.
   */
  readonly pay: (quota: string, cost: number) => Promise<void>;
}

/** Where and how an account is reached; settings and credentials are those of its kind. */
export interface AccountAccess<Settings = unknown, Credentials = unknown> {
  readonly channel: string;
  readonly baseUrl: string;
  readonly settings: Settings;
  readonly credentials: Credentials;
}

/** A kind of channel: a folder under channel/, and one line in registry.ts. */
export interface ChannelKind {
  readonly kind: string;
  readonly summary: string;
  readonly settings: z.ZodType;
  readonly credentials: z.ZodType;
  /** Each shop numbers its orders by itself: another one gives the same ids to other orders. */
  readonly ownOrderIds?: true;
  /** What it can do by these settings. */
  capabilities(settings: unknown): Capabilities;
  open(access: AccountAccess, tools: ChannelTools): ChannelSession;
}

interface KindDefinition<Settings extends z.ZodType, Credentials extends z.ZodType> {
  readonly kind: string;
  readonly summary: string;
  readonly settings: Settings;
  readonly credentials: Credentials;
  readonly ownOrderIds?: true;
  capabilities(settings: z.output<Settings>): Capabilities;
  open(access: AccountAccess<z.output<Settings>, z.output<Credentials>>, tools: ChannelTools): ChannelSession;
}

/** Defines a kind: what comes out of the database is read by its schemas again, since older code wrote it. So they transform nothing. */
export function channelKind<Settings extends z.ZodType, Credentials extends z.ZodType>(
  definition: KindDefinition<Settings, Credentials>,
): ChannelKind {
  return {
    ...definition,
    capabilities: (settings) => definition.capabilities(definition.settings.parse(settings)),
    open: (access, tools) =>
      definition.open(
        {
          ...access,
          settings: definition.settings.parse(access.settings),
          credentials: definition.credentials.parse(access.credentials),
        },
        tools,
      ),
  };
}
