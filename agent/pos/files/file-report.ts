import type { ErrorCode } from '#shared/protocol/errors.ts';
import type { Rejected } from './file-document.ts';

/** Rows beyond this many are counted but not listed; all of them are in quarantine. */
const LISTED_ROWS_MAX = 1_000;
const LISTED_SKUS_MAX = 200;
const LISTED_CHARS_MAX = 4_096;

/** What is written beside a file that has been dealt with. */
export interface FileReport {
  readonly file: string;
  readonly feed: string;
  readonly sha256: string;
  readonly sizeBytes: number;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly outcome: 'taken' | 'seenBefore' | 'rejected';
  readonly rowsRead: number;
  readonly factsAppended: number;
  readonly duplicates: number;
  readonly rowsRejected: number;
  /** It had no end, and was taken after all when nothing more came for long: its last row may be cut. */
  readonly isOpenEnded: boolean;
  /** Why nothing came of what was read and is in order, and how often: control transactions, training. */
  readonly passedOver: Readonly<Record<string, number>>;
  readonly rejectedRows: readonly { line: number; code: ErrorCode; reason: string; row: string }[];
  /** Sold or counted, but not among the store's products: only a hint. */
  readonly unknownSkus: readonly string[];
  /** Why the whole file was rejected. What had been taken before stays taken. */
  readonly code?: ErrorCode;
  readonly reason?: string;
}

/** Collects what becomes of one file. */
export class ReportDraft {
  rowsRead = 0;
  factsAppended = 0;
  duplicates = 0;
  readonly #passedOver: Record<string, number> = {};
  #rowsRejected = 0;
  readonly #rejected: FileReport['rejectedRows'][number][] = [];
  readonly #unknownSkus = new Set<string>();

  get rowsRejected(): number {
    return this.#rowsRejected;
  }

  /** `rows` is more than one when a whole document was refused. */
  reject({ line, code, reason, raw }: Rejected, rows = 1): void {
    this.#rowsRejected += rows;
    if (this.#rejected.length >= LISTED_ROWS_MAX) return;
    this.#rejected.push({ line, code, reason, row: raw.slice(0, LISTED_CHARS_MAX) });
  }

  passOver(why: string): void {
    this.#passedOver[why] = (this.#passedOver[why] ?? 0) + 1;
  }

  unknown(skus: readonly string[]): void {
    for (const sku of skus) if (this.#unknownSkus.size < LISTED_SKUS_MAX) this.#unknownSkus.add(sku);
  }

  finish(
    head: Pick<
      FileReport,
      'file' | 'feed' | 'sha256' | 'sizeBytes' | 'isOpenEnded' | 'startedAt' | 'finishedAt' | 'outcome'
    >,
    failure?: { code: ErrorCode; reason: string },
  ): FileReport {
    return {
      ...head,
      rowsRead: this.rowsRead,
      factsAppended: this.factsAppended,
      duplicates: this.duplicates,
      rowsRejected: this.#rowsRejected,
      passedOver: this.#passedOver,
      rejectedRows: this.#rejected,
      unknownSkus: [...this.#unknownSkus],
      ...failure,
    };
  }
}
