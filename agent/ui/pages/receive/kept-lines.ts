import type { ArrivalDraft, ArrivalLine } from '#shared/agent-api/arrivals.ts';

/** Lines that are not known to be on the agent's disk, and the key of what was sent of them. */
export interface KeptLines {
  readonly revision: number;
  readonly lines: readonly ArrivalLine[];
  /** Undefined: nothing since `revision`. */
  readonly key?: string | undefined;
}

/**
 * What the window has kept of this receipt and the agent has not; undefined: nothing, or somebody else has gone on since. What was
 * sent last may have been taken though the agent went away before it said so.
 */
export function keptLines(draft: ArrivalDraft, text: string | null): readonly ArrivalLine[] | undefined {
  try {
    const { revision, key, lines } = JSON.parse(text ?? '{}') as Partial<KeptLines>;
    if (!Array.isArray(lines)) return undefined;
    const isTaken = revision === draft.revision - 1 && key !== undefined && key === draft.changedAs;
    return revision === draft.revision || isTaken ? (lines as readonly ArrivalLine[]) : undefined;
  } catch {
    return undefined;
  }
}
