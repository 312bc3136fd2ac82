import type { SourceReport } from './answers.ts';

/** A feed as it is configured, and where from. */
export interface FeedView {
  readonly name: string;
  readonly kind: string;
  /** Its settings; of a secret only where it is. */
  readonly feed: Readonly<Record<string, unknown>>;
  /** `app`: kept by the agent, changed here; `file`: of the file that the agent was started with. */
  readonly from: 'app' | 'file';
  /** Rises by one with each change; 0 of a file's. */
  readonly version: number;
  readonly status: SourceReport | null;
  /** Of the app: how it was before, the newest first. */
  readonly history: readonly FeedVersion[];
}

export interface FeedVersion {
  readonly version: number;
  /** Ms since 1970. */
  readonly at: number;
  readonly by: string;
  /** Null: it was removed. */
  readonly feed: Readonly<Record<string, unknown>> | null;
}

/** A file in a feed's folder. */
export interface FeedFile {
  readonly place: 'drop' | 'rejected' | 'done';
  readonly name: string;
  readonly sizeBytes: number;
  /** Ms since 1970. */
  readonly changedAt: number;
}

/** A file to try settings with; nothing of it is kept longer than an hour. */
export interface Sample {
  readonly id: string;
  readonly name: string;
  readonly sizeBytes: number;
}

export const TABLE_ENCODINGS = ['utf8', 'latin1', 'utf16le', 'utf16be'] as const;
export type TableEncoding = (typeof TABLE_ENCODINGS)[number];

/** What a column may be of. */
export const COLUMN_ROLES = [
  'document',
  'count',
  'sku',
  'quantity',
  'price',
  'date',
  'time',
  'description',
  'till',
  'countedBy',
] as const;
export type ColumnRole = (typeof COLUMN_ROLES)[number];

/** How a table looks, and what its columns may be. */
export interface TableLook {
  readonly encoding: TableEncoding;
  readonly delimiter: string;
  readonly hasHeader: boolean;
  readonly columns: readonly { readonly name: string; readonly samples: readonly string[] }[];
  /** The first rows, without the header. */
  readonly rows: readonly (readonly string[])[];
  readonly guess: {
    readonly kind: 'transactions' | 'counts';
    readonly columns: Readonly<Partial<Record<ColumnRole, string>>>;
    /** Undefined: no format that is known fits. */
    readonly dateFormat: string | undefined;
    /** Another format fits as well: day and month could be the other way round. */
    readonly otherDateFormat: string | undefined;
    readonly decimalSeparator: '.' | ',';
    readonly returnPrefix: string | undefined;
  };
}

/** What would come of a file under some settings. Nothing was journaled. */
export interface Trial {
  /** False when it took too long and only the beginning was read. */
  readonly isWhole: boolean;
  readonly rowsRead: number;
  readonly facts: Readonly<Record<string, number>>;
  /** The same once more within the file. */
  readonly duplicates: number;
  /** Units by kind of fact. */
  readonly units: Readonly<Record<string, number>>;
  /** Sales less returns, in the smallest unit. */
  readonly netMinor: number;
  readonly currency: string | null;
  /** Of the first and the last thing that happened, ms since 1970. */
  readonly from: number | null;
  readonly to: number | null;
  readonly skus: number;
  /** Null: the store has no products yet that they could be compared with. */
  readonly unknownSkus: { readonly count: number; readonly some: readonly string[] } | null;
  readonly rejectedRows: number;
  readonly reasons: readonly {
    readonly reason: string;
    readonly rows: number;
    readonly line: number;
    readonly example: string;
  }[];
  /** Why the file as a whole is not what the settings say. */
  readonly failure: { readonly code: string; readonly detail: string } | null;
}
