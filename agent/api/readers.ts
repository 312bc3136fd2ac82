import type {
  AgentStatus,
  DayView,
  Freshness,
  ItemHistory,
  OtherStoresView,
  Page,
  Slip,
  SlipKind,
  SoldReceipt,
  StockItem,
  TaskView,
} from '#shared/agent-api/answers.ts';
import type { QuarantinedItem } from '#shared/agent-api/quarantine.ts';
import type { TaskState } from '#shared/protocol/messages/pull.ts';

export interface PageQuery {
  readonly cursor: string | undefined;
  readonly limit: number;
}

export interface StockReader {
  list(query: PageQuery & { readonly search: string | undefined }): Promise<Page<StockItem> & Freshness>;
  get(sku: string): Promise<(StockItem & Freshness) | undefined>;
  /** What other stores have. */
  elsewhere(sku: string): Promise<OtherStoresView>;
  history(sku: string, limit: number): Promise<ItemHistory | undefined>;
}

export interface TaskReader {
  /** What is due first; ended ones only when their state is asked for. */
  list(query: { cursor?: string | undefined; limit: number; state?: TaskState | undefined }): Promise<Page<TaskView>>;
  get(task: number): Promise<TaskView | undefined>;
}

export interface QuarantineReader {
  /** Newest first: what is open, or what was dealt with. */
  list(query: PageQuery & { readonly state: 'open' | 'closed' }): Promise<Page<QuarantinedItem>>;
}

export interface StatusReader {
  read(): Promise<AgentStatus>;
}

export interface DayReader {
  /** Of [from, to), ms since 1970. */
  read(day: { from: number; to: number; feed: number }): Promise<DayView>;
}

export interface SaleReader {
  ofReceipt(receiptNo: string): Promise<SoldReceipt[]>;
  /** Of [from, to), ms since 1970. */
  between(lost: {
    from: number;
    to: number;
    till?: string | undefined;
    sku?: string | undefined;
  }): Promise<SoldReceipt[]>;
}

export interface SlipReader {
  get(key: string): Promise<Slip | undefined>;
  list(query: { kinds: readonly SlipKind[]; to: number; limit: number }): Promise<Slip[]>;
}
