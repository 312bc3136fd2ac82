import type { Device } from '#agent/store/device.ts';
import type { StoreJournal } from '#agent/store/journal.ts';
import { digestOf } from '#shared/protocol/content.ts';
import { factsDigest, type Welcome } from '#shared/protocol/messages/hello.ts';
import type { Logger } from '#shared/runtime/logger.ts';

/** Facts that are read at once to compare them with the hub's. */
const PAGE = 500;

export interface JournalStoryParts {
  readonly journal: Pick<StoreJournal, 'epoch' | 'lastSeq' | 'prunedSeq' | 'read' | 'beginEpoch'>;
  readonly device: Pick<Device, 'state' | 'marks'>;
  readonly logger: Logger;
}

/**
 * Whether hub and journal tell the same story, and a new epoch where they do not.
 *
 * - A welcome speaks of the epoch that its hello named, and of no other.
 * - A connection may end while its welcome is being looked at: then the next one decides, and waits for what was begun.
 *   So an epoch never begins under a connection that goes on.
 */
export class JournalStory {
  readonly #parts: JournalStoryParts;
  #welcomes = 0;
  #beginning: Promise<void> = Promise.resolve();

  constructor(parts: JournalStoryParts) {
    this.#parts = parts;
  }

  /** Resolves with whether to go on with this welcome to the hello of `epoch`; if not, the next hello may name another epoch. */
  async isSame(welcome: Welcome, epoch: number): Promise<boolean> {
    const { device, journal, logger } = this.#parts;
    const welcomes = (this.#welcomes += 1);
    // Its failure was told to whoever began it.
    await this.#beginning.catch(() => undefined);
    if (journal.epoch !== epoch) return false;
    // An epoch whose beginning has failed half-way is finished before anything is sent under the old.
    const isHalfBegun = device.state.journal !== null && device.state.journal.epoch !== epoch;
    const fits = !isHalfBegun && (await this.#fits(welcome));
    if (welcomes !== this.#welcomes) return false;
    if (fits) return true;
    // The hub knows facts of this epoch that the journal does not have (it was restored or lost), or lacks some that
    // were pruned here (the hub was): under these seqs the two can never agree.
    const { watermark } = welcome;
    logger.warn({ watermark, prunedSeq: journal.prunedSeq, lastSeq: journal.lastSeq }, 'hub and journal do not fit');
    this.#beginning = journal.beginEpoch(Math.min(device.marks.ackedSeq, watermark));
    await this.#beginning;
    return false;
  }

  /**
   * Whether the hub's facts up to its watermark are this journal's. Beyond what it has acknowledged to us that is not
   * sure: a restored journal may have given the same seqs to other facts.
   */
  async #fits({ watermark, held }: Welcome): Promise<boolean> {
    const { device, journal } = this.#parts;
    if (watermark < journal.prunedSeq || watermark > journal.lastSeq) return false;
    if (watermark <= device.marks.ackedSeq) return true;
    // Of what the hub cannot name nobody can say whether it is this journal's.
    if (!held || held.without.length > 0) return false;
    const facts: { key: string; digest: string }[] = [];
    for (let next = device.marks.ackedSeq + 1; next <= watermark;) {
      const page = await journal.read(next, Math.min(PAGE, watermark - next + 1));
      if (page.length === 0) return false;
      for (const { key, kind, bodyText } of page) facts.push({ key, digest: digestOf(kind, bodyText) });
      next += page.length;
    }
    return factsDigest(facts) === held.digest;
  }
}
