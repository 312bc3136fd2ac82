import type { ErrorCode } from '#shared/protocol/errors.ts';

/** Where in a file something stands, and how. */
export interface Passage {
  /** From 1. */
  readonly line: number;
  readonly raw: string;
}

/** What a file says has happened, as any source submits it; with what it was read from. */
export interface FileDocument {
  readonly kind: string;
  readonly key: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly rows: readonly Passage[];
}

/** A passage that cannot be taken, and why. */
export interface Rejected extends Passage {
  readonly code: ErrorCode;
  readonly reason: string;
  /** That of the document, where nothing else of it was taken: once that comes in order, this is dealt with. */
  readonly key?: string;
}
