import type { RepairField, RepairForm } from '#shared/agent-api/quarantine.ts';
import type { Entry } from '#agent/store/quarantine.ts';
import type { Intake, IntakeResult } from '../intake.ts';

/** By the field's id: what it is to be. */
export type Values = Readonly<Record<string, string>>;

/** The door by which corrections go: as others, but what is refused stays the entry that it was. */
export type CorrectionDoor = Pick<Intake, 'offer'>;

/** Reads what one kind of source has set aside, and sends it, corrected, as the source itself would. */
export interface Mender {
  /** What can be corrected in it. */
  form(entry: Entry): Omit<RepairForm, 'canReadAgain'>;
  /** Its text with these values in it. Throws REQUEST_INVALID for one that it does not have. */
  corrected(entry: Entry, values: Values): string;
  /**
   * Sends a text in the entry's place. The same text gives the same facts under the same keys, so that it may be sent again
   * after a crash. Rejects as the journal does.
   */
  send(entry: Entry, text: string): Promise<IntakeResult[]>;
}

/** More values than this are corrected in the text as a whole. */
export const FIELDS_MAX = 400;

/** What is wrong stands first. */
export function form(text: string | null, fields: readonly RepairField[] = [], why: RepairForm['why'] = null) {
  return { text, fields: fields.toSorted((a, b) => Number(b.isWrong) - Number(a.isWrong)).slice(0, FIELDS_MAX), why };
}
