/** Where in a file something stood, and what one must know of the file to read it again. */
export interface QuarantineOrigin {
  /** Its name as it was dropped, and where the whole file lies when it was rejected as a whole. */
  readonly file: string;
  /** From 1; 0: the file as a whole. */
  readonly line: number;
  /** The row of column names, or the element that the log begins with. */
  readonly header: string | null;
}

/**
 * What became of an entry, step by step.
 * - `sending`: a correction is about to be sent; its text stands here first, so that a crash cannot send two
 * - `sent`, `refused`: what came of it
 * - `corrected`: whoever sent it has sent it again, in order
 * - `dismissed`, `reopened`: a manager decided; `cameAgain`: the same file was rejected once more
 */
export type QuarantineActName = 'sending' | 'sent' | 'refused' | 'corrected' | 'dismissed' | 'reopened' | 'cameAgain';

export interface QuarantineAct {
  /** Ms since 1970. */
  readonly at: number;
  /** "ui:NAME", or the source itself. */
  readonly by: string;
  readonly act: QuarantineActName;
  /** The reason, the key it was journaled under, or why it was refused; of `sending` the text. */
  readonly note: string;
}

export const QUARANTINE_STATES = ['open', 'sent', 'dismissed'] as const;
export type QuarantineState = (typeof QUARANTINE_STATES)[number];

/** Something that was set aside, with its reason and its text as it came. */
export interface QuarantinedItem {
  readonly id: string;
  /** Ms since 1970. */
  readonly at: number;
  readonly source: string;
  /** Of the table of errors. */
  readonly code: string;
  readonly detail: string;
  readonly verbatim: string;
  readonly state: QuarantineState;
  /** The idempotency key that it came under, where it has one. */
  readonly key: string | null;
  readonly origin: QuarantineOrigin | null;
  /** The oldest first. */
  readonly acts: readonly QuarantineAct[];
}

/** What kind of value a field has: how it is entered, and what is looked up for it. */
export type RepairFieldKind = 'sku' | 'quantity' | 'money' | 'date' | 'key' | 'kind' | 'text';

/** One value within what was set aside that can be corrected. */
export interface RepairField {
  /** Names it in what is sent back. */
  readonly id: string;
  readonly kind: RepairFieldKind;
  /** As the file or the till calls it. */
  readonly label: string;
  readonly value: string;
  /** The reason names it. */
  readonly isWrong: boolean;
}

/** How an entry can be corrected; without `text` it cannot be, and `why` says the reason. */
export interface RepairForm {
  readonly fields: readonly RepairField[];
  /** What is sent when it is edited as a whole. */
  readonly text: string | null;
  readonly why: 'hub' | 'cut' | 'file' | 'feed' | 'binary' | 'pulled' | null;
  /** The file lies in `rejected/` and can be read again. */
  readonly canReadAgain: boolean;
}

export interface QuarantineDetail extends QuarantinedItem {
  readonly remedy: string;
  readonly form: RepairForm;
}

/** What came of a correction. */
export interface ResendAnswer {
  readonly item: QuarantineDetail;
  /** Facts that count now; `duplicate`: it counted already. */
  readonly facts: readonly { readonly status: 'appended' | 'duplicate'; readonly key: string; readonly seq: number }[];
  /** Skus that the store's products do not have. */
  readonly unknownSkus: readonly string[];
}
