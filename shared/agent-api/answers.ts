import type { ArrivalDraft } from './arrivals.ts';
import type { ProblemParams } from './problem-codes.ts';
import type { Condition } from '../protocol/fields.ts';
import type { WireError } from '../protocol/errors.ts';
import type { ComingTransfer, OtherStock } from '../protocol/messages/questions.ts';
import type { TaskState } from '../protocol/messages/pull.ts';

/** What stock numbers rest on. */
export interface Freshness {
  /** When the hub's positions were last complete here, ms since 1970; null: never. */
  readonly asOf: number | null;
  /** Local facts that the hub has not acknowledged; they are in the numbers. */
  readonly unsent: number;
}

/** One sku as the store sees it: the hub's position with the store's own unsent facts on top. */
export interface StockItem {
  readonly sku: string;
  readonly name: string | null;
  readonly onHand: number;
  /** Of them, what tasks of orders want handed over. */
  readonly reserved: number;
}

/** A page; `nextCursor` is null on the last one. */
export interface Page<Item> {
  readonly items: readonly Item[];
  readonly nextCursor: string | null;
}

/** How the store is: what a manager needs to know that it is safe, and what a technician needs to see why not. */
export interface AgentStatus {
  readonly version: string;
  /** Instants are ms since 1970. */
  readonly startedAt: number;
  readonly now: number;
  readonly store: { readonly code: string; readonly name: string } | null;
  readonly device: number | null;
  readonly hubUrl: string | null;
  readonly journal: { readonly epoch: number; readonly lastSeq: number };
  readonly sync: SyncReport;
  /** Documents that were refused here, and facts that were taken here and set aside by the hub. */
  readonly quarantined: number;
  readonly quarantinedAtHub: number;
  readonly sources: readonly SourceReport[];
  readonly network: NetworkReport;
  /** Null where the disk does not say. */
  readonly disk: DiskReport | null;
  /** Everything that needs somebody's attention; empty means all is well. */
  readonly problems: readonly StoreProblem[];
}

/** Something that needs somebody, of the store as a whole; `params` for who says it in other words than `detail`. */
export type StoreProblem = WireError & { readonly params?: ProblemParams };

/** The disk of the data folder. */
export interface DiskReport {
  readonly freeBytes: number;
  readonly totalBytes: number;
  /** What the agent's own files take of it. */
  readonly dataBytes: number;
}

/** What anybody at the agent's machine may know: that it runs, and whether somebody should look. Names nothing of the store. */
export interface AgentHealth {
  readonly status: 'ok';
  readonly connection?: 'online' | 'offline' | 'notEnrolled';
  /** Of the connection; ms since 1970. */
  readonly since?: number | null;
  /** Codes of what needs attention. */
  readonly problems?: readonly string[];
}

export interface SyncReport {
  /** Where the connection stands; `notEnrolled` when there is no hub to talk to. */
  readonly phase: string;
  /** Since when there is a connection; without one, when there last was, also before the agent was started. Null: never. */
  readonly since: number | null;
  readonly lastAckAt: number | null;
  readonly ackedSeq: number;
  /** Facts that the hub has not acknowledged. They are on disk. */
  readonly backlog: number;
  readonly oldestUnsentAt: number | null;
  readonly clockOffsetMs: number;
  readonly lastError: WireError | null;
}

export interface SourceReport {
  readonly name: string;
  readonly state: string;
  readonly appended: number;
  readonly duplicates: number;
  readonly refused: number;
  readonly lastError: WireError | null;
}

/** The store's network: how other devices of the store reach the app. */
export interface NetworkReport {
  readonly state: 'off' | 'listening' | 'failed';
  /** ADDRESS:PORT that was wanted when the agent looked last; null: closed was. */
  readonly wanted: string | null;
  /** The agent was started with that address: what `shelfwire-agent network` sets does not count. */
  readonly isGiven: boolean;
  /** Addresses of the app for other devices. */
  readonly urls: readonly string[];
  /** SHA-256 of the certificate, to compare with what a browser shows; null: there is none yet. */
  readonly fingerprint: string | null;
  /** When the certificate ends, ms since 1970. It is renewed before. */
  readonly validUntil: number | null;
  readonly lastError: WireError | null;
}

export interface TaskLineView {
  readonly line: string;
  readonly sku: string;
  /** Absent: nothing else may be given for the line. */
  readonly substitution?: 'store' | undefined;
  /** The line's own sku, which this one replaces; absent: it is the line's own. */
  readonly replaces?: string | undefined;
  /** To be handed over still; `picked` are those of them that are taken from the shelf. */
  readonly units: number;
  readonly picked: number;
  readonly handed: number;
  readonly holds: readonly { readonly reservation: number; readonly units: number }[];
}

/** A task as the store sees it: the hub's, with the store's own answers on top that the hub's does not contain. */
export interface TaskView {
  readonly task: number;
  readonly kind: 'collect' | 'ship';
  readonly state: TaskState;
  readonly order: { readonly channel: string; readonly id: string };
  readonly customer: { readonly reference: string; readonly name: string | null } | null;
  readonly dueAt: number | null;
  readonly reason: string | null;
  readonly conflict: string | null;
  readonly lines: readonly TaskLineView[];
  /** Answers that the hub has not told the order yet. */
  readonly unheard: number;
}

export const PERSON_ROLES = ['clerk', 'manager'] as const;
export type PersonRole = (typeof PERSON_ROLES)[number];

/** Somebody who works in the store. */
export interface Person {
  readonly name: string;
  readonly role: PersonRole;
}

/** At the agent's own machine, or from the store's network. */
export type DoorName = 'machine' | 'network';

/** Who is signed in; null: nobody. `isFirst`: there is nobody yet who could. `door`: by which one the asker comes. */
export interface Me {
  readonly person: Person | null;
  readonly isFirst: boolean;
  readonly door: DoorName;
}

/** Somebody who is signed in on a device. */
export interface SignedIn {
  readonly id: string;
  readonly person: Person;
  readonly door: DoorName;
  /** As the browser calls itself, such as "Chrome, Android"; may be empty. */
  readonly device: string;
  readonly address: string;
  /** Ms since 1970; `lastSeenAt` is when somebody last touched the page. */
  readonly since: number;
  readonly lastSeenAt: number;
  /** The session that asks. */
  readonly isOwn: boolean;
}

/** What was sold in one hour of the day. */
export interface HourOfDay {
  /** When it begins, ms since 1970. */
  readonly at: number;
  readonly sales: number;
  readonly returns: number;
  readonly units: number;
  /** What customers paid less what they got back, in the smallest unit, by currency. */
  readonly netMinor: Readonly<Record<string, number>>;
}

/** One thing that happened, for the feed. */
export interface FeedEntry {
  readonly key: string;
  readonly kind: string;
  readonly at: number;
  readonly source: string;
  readonly receiptNo: string | null;
  readonly till: string | null;
  readonly lines: number;
  readonly units: number;
  readonly totalMinor: number | null;
  readonly currency: string | null;
  readonly isVoided: boolean;
  /** The hub has it. */
  readonly isSafe: boolean;
}

/** The day so far, from the store's own journal. */
export interface DayView {
  readonly from: number;
  readonly to: number;
  readonly hours: readonly HourOfDay[];
  readonly sales: number;
  readonly returns: number;
  readonly units: number;
  readonly netMinor: Readonly<Record<string, number>>;
  /** The newest first. */
  readonly feed: readonly FeedEntry[];
}

/** A line of a sale with what has come back of it. Money as in the fact, in the smallest unit. */
export interface SoldLine {
  /** Its place in the sale, from 0. */
  readonly line: number;
  readonly sku: string;
  readonly name: string | null;
  /** Postage, a fee: no stock. */
  readonly isService: boolean;
  readonly quantity: number;
  readonly returned: number;
  readonly unitPriceMinor: number;
  readonly discountMinor: number;
  readonly taxMinor: number;
}

/** A sale as it is found by its receipt. */
export interface SoldReceipt {
  readonly key: string;
  readonly at: number;
  readonly source: string;
  readonly receiptNo: string | null;
  readonly till: string | null;
  readonly currency: string;
  readonly isVoided: boolean;
  readonly lines: readonly SoldLine[];
}

export const SLIP_KINDS = ['return', 'receipt', 'transferIn'] as const;
export type SlipKind = (typeof SLIP_KINDS)[number];

/** A journaled return or arrival, for print. */
export interface Slip {
  readonly key: string;
  readonly kind: SlipKind;
  readonly at: number;
  readonly source: string;
  readonly isVoided: boolean;
  /** The hub has it. */
  readonly isSafe: boolean;
  /** Receipt, delivery note or transfer. */
  readonly reference: string | null;
  /** Supplier, or the store that sent it. */
  readonly partner: string | null;
  readonly till: string | null;
  readonly currency: string | null;
  readonly reason: string | null;
  readonly hasNoReceipt: boolean;
  /** Nothing more of the transfer will come. */
  readonly isFinal: boolean;
  readonly lines: readonly SlipLine[];
}

export interface SlipLine {
  readonly sku: string;
  readonly name: string | null;
  readonly quantity: number;
  readonly condition: Condition;
  readonly unitPriceMinor: number | null;
}

/** Something that changed the stock of one item, or that looked at it. */
export interface ItemChange {
  /** Of the fact; null: a count that another device has made, as the hub told it. */
  readonly key: string | null;
  readonly kind: string;
  readonly at: number;
  /** By which way it came ("http:till-1", "ui:Ada"); null: from the hub. */
  readonly source: string | null;
  readonly till: string | null;
  /** Receipt, delivery note, transfer, task, or who counted. */
  readonly reference: string | null;
  readonly reason: string | null;
  /** Of an adjustment. */
  readonly code: string | null;
  /** Sellable units that came or went. */
  readonly moved: number;
  /** What a count found. */
  readonly counted: number | null;
  /** Units that came to, or left, another condition. */
  readonly other: Readonly<Record<string, number>>;
  readonly isVoided: boolean;
  /** The hub has it. */
  readonly isSafe: boolean;
  /** By how much the stock changed; of a count its variance. Null: nobody knows what was there before. */
  readonly change: number | null;
  readonly after: number | null;
}

/** Why there is of one item what there is. */
export interface ItemHistory {
  readonly item: StockItem;
  /** From when on the stock is known; null: nothing has happened to it here. */
  readonly knownSince: number | null;
  /** What other devices and the hub have changed, as far as it is not in `changes`. */
  readonly elsewhere: number;
  /** Units on their way here, as the hub last said it, less what has arrived. */
  readonly coming: number;
  /** The latest that is known; by whichever device of the store. */
  readonly lastCount: { readonly at: number; readonly units: number } | null;
  /** Older changes are left out. */
  readonly isCut: boolean;
  /** The latest first. */
  readonly changes: readonly ItemChange[];
}

/** What other stores have of an item. */
export interface OtherStoresView {
  /** The hub's last answer; null: it was never asked. */
  readonly answer: OtherStock | null;
  /** When it was asked, ms since 1970. */
  readonly askedAt: number | null;
  /** Why the answer is not one of now. */
  readonly problem: WireError | null;
}

/** A transfer on its way here, with what has been received of it, also what the hub has not heard of. */
export type ComingView = ComingTransfer;

/** What is expected here, and what is being received. */
export interface ArrivalsView {
  /** When the hub last said what is on its way, ms since 1970; null: never. */
  readonly asOf: number | null;
  /** Transfers that are left out. */
  readonly more: number;
  readonly transfers: readonly ComingView[];
  /** Why there is no newer answer. */
  readonly problem: WireError | null;
  readonly drafts: readonly ArrivalDraft[];
  /** Of the skus in it that are products here. */
  readonly names: Readonly<Record<string, string>>;
}
