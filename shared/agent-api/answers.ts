import type { WireError } from '../protocol/errors.ts';
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
  /** Everything that needs somebody's attention; empty means all is well. */
  readonly problems: readonly WireError[];
}

export interface SyncReport {
  /** Where the connection stands; `notEnrolled` when there is no hub to talk to. */
  readonly phase: string;
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

/** Who is signed in; null: nobody. `isFirst`: there is nobody yet who could. */
export interface Me {
  readonly person: Person | null;
  readonly isFirst: boolean;
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
