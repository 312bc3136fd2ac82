import type { Pool } from 'pg';
import type { Queryable } from '#hub/db/snapshot.ts';
import type { SettingsOf, Side } from './comparison.ts';

/** One number of the other side. */
export interface Line {
  /** Our code; empty: of none. */
  readonly location: string;
  readonly sku: string;
  /** What else tells it from others; empty: nothing. */
  readonly reference: string;
  /** Where it has to be seen at the same moment; absent: it is looked up when all is read. */
  readonly ours?: number;
  readonly theirs: number;
  /** Why it may change any moment. */
  readonly doubt?: string | null;
}

export interface Reading {
  readonly pool: Pool;
  readonly run: number;
  /** Keeps a page of lines, and makes the run's claim last. Throws when the run is not ours any more. */
  stage(lines: readonly Line[]): Promise<void>;
  /** The same without lines, while something is waited for. */
  wait(ms: number): Promise<void>;
  readonly signal: AbortSignal;
}

export interface ReadEnd {
  /** Lines that name no location of ours. */
  readonly unmapped: number;
  /** Whose differences stay as they are, since nothing was heard: by `reference`. */
  readonly silent: readonly { readonly location: string; readonly reference: string }[];
}

export interface Finding {
  readonly run: number;
  readonly comparison: number;
  readonly beganAt: Date;
}

/** The other side of a comparison. */
export interface SideWork<Of extends Side> {
  /** Reads what it says, page by page; what is in our database already is not read. */
  read?(reading: Reading, settings: SettingsOf<Of>): Promise<ReadEnd>;
  /**
   * Writes what differs into the table `found`, with what may explain it: all from one instant. Gives how many subjects
   * were compared.
   */
  find(client: Queryable, finding: Finding, settings: SettingsOf<Of>): Promise<number>;
}

/**
 * What differs, before it is judged. `waiting`: by how much it differs for what is surely under way; `low` to `high`: for what
 * may or may not have arrived; `unposted`: for what is set aside. NULL in `unposted`: nothing is.
 */
export const CREATE_FOUND = `
  CREATE TEMP TABLE found (
    location text COLLATE "C" NOT NULL, sku text COLLATE "C" NOT NULL, reference text COLLATE "C" NOT NULL,
    measure text NOT NULL, ours float8 NOT NULL, theirs float8 NOT NULL, currency text,
    waiting float8 NOT NULL DEFAULT 0, low float8 NOT NULL DEFAULT 0, high float8 NOT NULL DEFAULT 0, unposted float8,
    documents bigint[], reason text, doubt text
  ) ON COMMIT DROP`;
