import { useEffect, useRef, useState } from 'react';
import type { ArrivalDraft, ArrivalLine } from '#shared/agent-api/arrivals.ts';
import { call, isAbsent } from '../../api/client.ts';

const AGAIN_MS = 2_000;

export interface DraftHandle {
  readonly lines: ReadonlyMap<string, ArrivalLine>;
  /** Of the last attempt to save it; undefined: it is on disk, or on its way there. */
  readonly error: unknown;
  /** From the lines as they are by then: two scans may come before the page is drawn anew. */
  change(next: (lines: ReadonlyMap<string, ArrivalLine>) => ReadonlyMap<string, ArrivalLine>): void;
  /** Resolves with the revision when all of it is on disk. Rejects when it cannot be. */
  saved(): Promise<number>;
}

/**
 * A receipt that is being typed. Each change is sent at once; those that come while one is on its way go together with the next. While
 * the agent does not answer it is tried again.
 */
export function useDraft(draft: ArrivalDraft): DraftHandle {
  const [lines, setLines] = useState<ReadonlyMap<string, ArrivalLine>>(
    () => new Map(draft.lines.map((line) => [line.sku, line])),
  );
  const [error, setError] = useState<unknown>();
  const state = useRef({
    lines,
    revision: draft.revision,
    isDirty: false,
    saving: undefined as Promise<void> | undefined,
  });
  const save = async (): Promise<void> => {
    const now = state.current;
    while (now.isDirty) {
      now.isDirty = false;
      try {
        const body = { revision: now.revision, lines: [...now.lines.values()] };
        const { revision } = await call<ArrivalDraft>('PUT', `/v1/arrivals/${draft.id}`, body);
        now.revision = revision;
      } catch (failure) {
        now.isDirty = true;
        throw failure;
      }
    }
  };
  const flush = (): Promise<void> => {
    state.current.saving ??= save().finally(() => {
      state.current.saving = undefined;
    });
    return state.current.saving;
  };
  const keep = (): void => {
    flush().then(
      () => setError(undefined),
      (failure: unknown) => setError(failure),
    );
  };
  useEffect(() => {
    if (!isAbsent(error)) return undefined;
    const timer = setInterval(keep, AGAIN_MS);
    return () => clearInterval(timer);
  });
  return {
    lines,
    error,
    change(next) {
      state.current.lines = next(state.current.lines);
      state.current.isDirty = true;
      setLines(state.current.lines);
      keep();
    },
    async saved() {
      await flush();
      return state.current.revision;
    },
  };
}
