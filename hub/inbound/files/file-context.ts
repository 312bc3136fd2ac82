import type { Within } from '#hub/db/transaction.ts';
import type { Source } from '../source.ts';
import type { TakeParts } from '../take-facts.ts';
import type { ReportDraft } from './file-report.ts';

/** What reading one file needs to know. */
export interface FileContext {
  readonly parts: TakeParts;
  readonly source: Source;
  readonly report: ReportDraft;
  readonly path: string;
  readonly way: string;
  readonly sha256: string;
  /** When its writer finished it, ms since 1970: what its rows tell without a time of their own was so then. */
  readonly writtenAt: number;
  /** In the transaction of each group: whether the folder is ours still. Throws Interrupted. */
  readonly hold: Within;
  readonly isStopping: () => boolean;
}

/** The hub stops, or another one reads the folder now: the file stays where it is, and is read again. */
export class Interrupted extends Error {
  constructor() {
    super('reading a file was interrupted');
  }
}
