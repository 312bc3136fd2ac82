import type { ErrorCode } from '#shared/protocol/errors.ts';

/** Rows beyond this many are counted but not listed; all of them are among the rejects or in quarantine. */
const LISTED_ROWS_MAX = 1_000;
const LISTED_CHARS_MAX = 4_096;

interface ListedRow {
  readonly line: number | null;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly row: string;
}

/** What is written beside a file that has been dealt with, and kept in the database. */
export interface FileReport {
  readonly file: string;
  readonly source: string;
  readonly mapping: string | null;
  readonly sha256: string;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly outcome: 'taken' | 'seenBefore' | 'rejected';
  readonly rowsRead: number;
  /** By what became of them: taken, duplicate, quarantined, ignored, changed, noted, unchanged. */
  readonly outcomes: Readonly<Record<string, number>>;
  readonly rowsRejected: number;
  readonly rejectedRows: readonly ListedRow[];
  /** Why the whole file was rejected. What had been taken before stays taken. */
  readonly code?: ErrorCode;
  readonly detail?: string;
}

/** Collects what becomes of one file. */
export class ReportDraft {
  rowsRead = 0;
  #rowsRejected = 0;
  readonly #outcomes: Record<string, number> = {};
  readonly #rejected: ListedRow[] = [];

  count(outcome: string, times = 1): void {
    this.#outcomes[outcome] = (this.#outcomes[outcome] ?? 0) + times;
  }

  /** `rows` is more than one when a whole document was refused. */
  reject(row: ListedRow, rows = 1): void {
    this.#rowsRejected += rows;
    if (this.#rejected.length >= LISTED_ROWS_MAX) return;
    this.#rejected.push({ ...row, row: row.row.slice(0, LISTED_CHARS_MAX) });
  }

  finish(
    head: Pick<FileReport, 'file' | 'source' | 'mapping' | 'sha256' | 'startedAt' | 'finishedAt' | 'outcome'>,
    failure?: { readonly code: ErrorCode; readonly detail: string },
  ): FileReport {
    return {
      ...head,
      rowsRead: this.rowsRead,
      outcomes: this.#outcomes,
      rowsRejected: this.#rowsRejected,
      rejectedRows: this.#rejected,
      ...failure,
    };
  }
}
