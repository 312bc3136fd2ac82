import type { IntakeDoor } from '../intake.ts';
import type { ReportDraft } from './file-report.ts';
import type { FolderFeed } from './folder-feed.ts';

/** Asked to stop in the middle of a file; it is read again from its beginning next time. */
export class Interrupted extends Error {}

/** It changed while it was read: its writer had only paused. It is read again from its beginning once it stands still. */
export class Changed extends Error {}

/** A claimed file, and where what is in it goes. */
export interface OpenFile {
  readonly path: string;
  readonly source: string;
  readonly intake: IntakeDoor;
  readonly report: ReportDraft;
  /** It begins with a file that was taken before: the same one, which its writer has gone on with. */
  readonly hasGrown: boolean;
  isStopping(): boolean;
  /**
   * Before what the file's end leaves open is judged: throws Changed when it is not the file any more that was read. What a writer adds
   * makes no difference for what was complete before.
   */
  lastLook(): Promise<void>;
}

/** What the files of a feed are made of. */
export interface FileFormat {
  /** Before the feed's name in the source of its facts. */
  readonly prefix: string;
  readonly feed: FolderFeed;
  /** Whether a file with these last bytes is likely all there; one that is not waits for the feed's `patienceMs`. */
  readonly endsWhole: (end: string) => boolean;
  /**
   * Streams a file into the journal. What cannot be read is rejected alone; throws a ShelfwireError when the file as a
   * whole is not what the feed says, the journal's errors as they are, Interrupted when `isStopping` says so, and Changed.
   */
  take(file: OpenFile): Promise<void>;
}
