import type { TaskView } from '#agent/store/task-view.ts';
import type { WireError } from '#shared/protocol/errors.ts';
import type { TaskState } from '#shared/protocol/messages/pull.ts';

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

export interface PageQuery {
  readonly cursor: string | undefined;
  readonly limit: number;
}

export interface StockReader {
  list(query: PageQuery & { readonly search: string | undefined }): Promise<Page<StockItem> & Freshness>;
  get(sku: string): Promise<(StockItem & Freshness) | undefined>;
}

export interface TaskReader {
  /** What is due first; ended ones only when their state is asked for. */
  list(query: { cursor?: string | undefined; limit: number; state?: TaskState | undefined }): Promise<Page<TaskView>>;
  get(task: number): Promise<TaskView | undefined>;
}

/** Something that was set aside, with its reason and its text as it came. */
export interface QuarantinedItem {
  readonly id: string;
  /** Ms since 1970. */
  readonly at: number;
  readonly source: string;
  /** Of the table of errors. */
  readonly code: string;
  readonly detail: string;
  readonly verbatim: string;
}

export interface QuarantineReader {
  /** Newest first. */
  list(query: PageQuery): Promise<Page<QuarantinedItem>>;
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

export interface StatusReader {
  read(): Promise<AgentStatus>;
}
