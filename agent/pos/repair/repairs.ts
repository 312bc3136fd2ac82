import type { Person } from '#shared/agent-api/answers.ts';
import type { QuarantineDetail, RepairForm, ResendAnswer } from '#shared/agent-api/quarantine.ts';
import { ERRORS, ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import { SET_ASIDE_AT_HUB, type Entry, type Quarantine } from '#agent/store/quarantine.ts';
import { isFileFeed, type Feed } from '../feeds.ts';
import { findRejected, readAgain, type RejectedFile } from '../files/rejected-files.ts';
import { arrivalId, type IntakeResult } from '../intake.ts';
import { csvRowsMender } from './csv-rows.ts';
import { jsonFactMender } from './json-fact.ts';
import { form, type CorrectionDoor, type Mender, type Values } from './mender.ts';
import { poslogTransactionMender } from './poslog-transaction.ts';

export interface RepairParts {
  readonly quarantine: Quarantine;
  readonly intake: CorrectionDoor;
  /** The feed of a source ("csv:sales"); undefined when there is none of that name any more. */
  readonly feedOf: (source: string) => Feed | undefined;
}

type Taken = Exclude<IntakeResult, { status: 'refused' }>;

/**
 * What people do about what was set aside: correct it and send it again by the door that it came to, or dismiss it. Before a
 * correction is sent its text is written down; what a crash left unfinished is finished first, with that very text, so that
 * one entry never counts twice.
 */
export class Repairs {
  readonly #parts: RepairParts;
  #working: Promise<unknown> = Promise.resolve();

  constructor(parts: RepairParts) {
    this.#parts = parts;
  }

  /** Throws NOT_FOUND. */
  async detail(id: string): Promise<QuarantineDetail> {
    return this.#shown(await this.#entry(id));
  }

  /**
   * Sends a correction. Throws what the door says of it, and the entry stays open; CONFLICT when it is closed already;
   * STORAGE_FULL and the like, when it may be sent again.
   */
  resend(id: string, by: Person, given: { readonly fields?: Values; readonly text?: string }): Promise<ResendAnswer> {
    return this.#alone(async () => {
      const entry = await this.#openEntry(id);
      const mender = this.#menderOf(entry);
      if (mender === undefined || mender.form(entry).text === null) {
        throw new ShelfwireError('CONFLICT', 'This cannot be corrected here; what can be done stands beside it.');
      }
      const text = given.text ?? mender.corrected(entry, given.fields ?? {});
      return this.#send(entry, mender, text, by);
    });
  }

  /** Closes an entry without sending anything. */
  dismiss(id: string, by: Person, reason: string): Promise<QuarantineDetail> {
    return this.#alone(async () => {
      const entry = await this.#openEntry(id);
      const act = { by: nameOf(by), act: 'dismissed', note: reason } as const;
      return this.#shown(await this.#parts.quarantine.note(entry.id, 'dismissed', act));
    });
  }

  dismissAll(of: { source: string; code: string }, by: Person, reason: string): Promise<number> {
    return this.#alone(() => this.#parts.quarantine.dismissAll(of, nameOf(by), reason));
  }

  /** Takes a dismissal back. */
  reopen(id: string, by: Person): Promise<QuarantineDetail> {
    return this.#alone(async () => {
      const entry = await this.#entry(id);
      if (entry.state !== 'dismissed')
        throw new ShelfwireError('CONFLICT', 'Only what was dismissed can be opened again.');
      const act = { by: nameOf(by), act: 'reopened', note: '' } as const;
      return this.#shown(await this.#parts.quarantine.note(id, 'open', act));
    });
  }

  /** Has a file that was rejected as a whole read again, by the feed as it is configured now. */
  readAgain(id: string, by: Person): Promise<QuarantineDetail> {
    return this.#alone(async () => {
      const entry = await this.#openEntry(id);
      const folder = this.#folderOf(entry);
      if (folder === undefined || entry.origin === null) throw new ShelfwireError('CONFLICT', 'This is not a file.');
      // First the file: a crash between leaves an entry that is open, and says so again if the file is rejected again.
      await readAgain(folder, rejectedFile(entry, entry.origin.file));
      const act = { by: nameOf(by), act: 'sent', note: entry.origin.file } as const;
      return this.#shown(await this.#parts.quarantine.note(id, 'sent', act));
    });
  }

  async #send(entry: Entry, mender: Mender, text: string, person: Person): Promise<ResendAnswer> {
    const { quarantine } = this.#parts;
    const by = nameOf(person);
    await quarantine.note(entry.id, 'open', { by, act: 'sending', note: text });
    const results = await mender.send(entry, text);
    const refused = results.find((result) => result.status === 'refused');
    if (refused?.status === 'refused') {
      await quarantine.note(entry.id, 'open', { by, act: 'refused', note: `${refused.code}: ${refused.detail}` });
      throw new ShelfwireError(refused.code, refused.detail);
    }
    const taken = results.filter((result): result is Taken => result.status !== 'refused');
    const note = taken.map(({ key, seq, status }) => `${key} (${status === 'appended' ? seq : 'known'})`).join(', ');
    const closed = await quarantine.note(entry.id, 'sent', { by, act: 'sent', note });
    return {
      item: await this.#shown(closed),
      facts: taken.map(({ status, key, seq }) => ({ status, key, seq })),
      unknownSkus: [...new Set(taken.flatMap(({ unknownSkus }) => unknownSkus))],
    };
  }

  /** An open entry with nothing unfinished. Throws NOT_FOUND, CONFLICT. */
  async #openEntry(id: string): Promise<Entry> {
    const entry = await this.#entry(id);
    const last = entry.acts.at(-1);
    if (entry.state !== 'open') {
      throw new ShelfwireError('CONFLICT', `This was dealt with already, by ${last?.by ?? 'somebody'}.`);
    }
    if (last?.act !== 'sending') return entry;
    const mender = this.#menderOf(entry);
    const person: Person = { name: last.by.replace(/^ui:/, ''), role: 'manager' };
    if (mender === undefined)
      throw new ShelfwireError('CONFLICT', 'A correction of it is under way, but its feed is gone.');
    const isRefused = await this.#send(entry, mender, last.note, person).then(
      () => false,
      (error: unknown) => isRefusal(error),
    );
    if (isRefused) return this.#entry(id);
    throw new ShelfwireError('CONFLICT', `A correction of it had been sent before, by ${last.by}.`);
  }

  async #entry(id: string): Promise<Entry> {
    const entry = await this.#parts.quarantine.get(id);
    if (entry === undefined) throw new ShelfwireError('NOT_FOUND', `Nothing here has the id "${id.slice(0, 64)}".`);
    return entry;
  }

  async #shown(entry: Entry): Promise<QuarantineDetail> {
    const { closedAt: _closedAt, isWhole: _isWhole, ...item } = entry;
    const code = entry.code as ErrorCode;
    const remedy = Object.hasOwn(ERRORS, code) ? ERRORS[code].remedy : '';
    return { ...item, remedy, form: { ...this.#formOf(entry), canReadAgain: await this.#canReadAgain(entry) } };
  }

  #formOf(entry: Entry): Omit<RepairForm, 'canReadAgain'> {
    if (entry.source === SET_ASIDE_AT_HUB) return form(null, [], 'hub');
    if (entry.origin?.line === 0) return form(null, [], 'file');
    const mender = this.#menderOf(entry);
    if (mender !== undefined) return mender.form(entry);
    return form(null, [], this.#parts.feedOf(entry.source) === undefined ? 'feed' : 'pulled');
  }

  #menderOf({ source, code }: Entry): Mender | undefined {
    const { intake, feedOf } = this.#parts;
    // What would set it right is a fact itself, by whichever way the doubled one came.
    if (code === 'RETURNED_TWICE' || /^(http|ui):/.test(source)) return jsonFactMender(intake);
    const feed = feedOf(source);
    if (feed === undefined || !isFileFeed(feed)) return undefined;
    return feed.kind === 'poslog' ? poslogTransactionMender(feed, intake) : csvRowsMender(feed, intake);
  }

  async #canReadAgain(entry: Entry): Promise<boolean> {
    const folder = this.#folderOf(entry);
    if (folder === undefined || entry.origin === null || entry.state !== 'open') return false;
    return (await findRejected(folder, rejectedFile(entry, entry.origin.file))) !== undefined;
  }

  #folderOf({ origin, source }: Entry): string | undefined {
    const feed = origin?.line === 0 ? this.#parts.feedOf(source) : undefined;
    return feed !== undefined && isFileFeed(feed) ? feed.folder : undefined;
  }

  #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const result = this.#working.then(work);
    this.#working = result.catch(() => undefined);
    return result;
  }
}

/** Of two that begin alike each entry has its own; what an older version set aside is known by how it begins alone. */
function rejectedFile(entry: Entry, file: string): RejectedFile {
  const { id, source, code, verbatim } = entry;
  const isOld = arrivalId(source, { code, verbatim }) === id;
  const isIt = (sha256: string | undefined) =>
    isOld || (sha256 !== undefined && arrivalId(source, { code, verbatim, sha256 }) === id);
  return { file, opening: verbatim, isIt };
}

const nameOf = ({ name }: Person): string => `ui:${name}`;

/** The door has said no, and the entry has it; anything else may not have come to an end. */
function isRefusal(error: unknown): boolean {
  if (!(error instanceof ShelfwireError)) throw error;
  if (error.code.startsWith('STORAGE_') || error.code === 'JOURNAL_CLOSED') throw error;
  return true;
}
