import type { ChannelServer } from './channel-server.ts';

/** What every emulator lets a test do and see, so that one suite serves them all. */
export interface EmulatedChannel {
  readonly server: ChannelServer;
  /** The account's kind and what it is entered with. */
  readonly account: {
    readonly kind: string;
    readonly settings: unknown;
    readonly credentials: Record<string, unknown>;
  };
  /** Lists skus, each with a number of its own. */
  list(skus: readonly string[], quantity: number): void;
  /** What it says of a listing; undefined: it has none. */
  says(sku: string): number | undefined;
  /** Somebody changes the number there by hand. */
  edit(sku: string, quantity: number): void;
  /** Numbers that a listing has had, from us alone. */
  numbersOf(sku: string): readonly number[];
  /** Writes that were applied although they were asked for before one that was applied already (P3). */
  readonly olderOverNewer: number;
  /** Calls that broke its own rules: wrong shape, quota, credentials. */
  readonly violations: readonly string[];
  /** Requests that were let through. */
  readonly requests: number;
  /** A customer buys: its own number falls when it counts down. Gives the order's id. */
  buy(sku: string, units: number): string;
  cancel(order: string): void;
  /** Somebody edits an order there: so many units of its only line are left, or wanted. Absent: it knows no such thing. */
  change?(order: string, units: number): void;
  /** false: its orders only ever become less. */
  readonly adds?: false;
  /** Sends the webhook of an order, and gives the status of the answer; absent: it is asked for its orders, or has none. */
  sendOrder?(order: string, to: string, options?: { forged?: boolean; messageId?: string }): Promise<number>;
  /** false: money is given back there by people alone. */
  readonly givesBack?: false;
  /** What it was told of an order: refunds and how much was fulfilled. */
  toldOf(order: string): { refundedMinor: number; handed: number; cancelled: boolean };
  stop(): Promise<void>;
}
