import type { IntakeDoor } from '../intake.ts';
import type { ReportDraft } from './file-report.ts';
import type { FolderFeed } from './folder-feed.ts';

/** Asked to stop in the middle of a file; it is read again from its beginning next time. */
export class Interrupted extends Error {}

/** A claimed file, and where what is in it goes. */
export interface OpenFile {
  readonly path: string;
  readonly source: string;
  readonly intake: IntakeDoor;
  readonly report: ReportDraft;
  isStopping(): boolean;
}

/** What the files of a feed are made of. */
export interface FileFormat {
  /** Before the feed's name in the source of its facts. */
  readonly prefix: string;
  readonly feed: FolderFeed;
  /**
   * Streams a file into the journal. What cannot be read is rejected alone; throws a ShelfwireError when the file as a
   * whole is not what the feed says, the journal's errors as they are, and Interrupted when `isStopping` says so.
   */
  take(file: OpenFile): Promise<void>;
}
