import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { ArrivalDraft, ArrivalLine } from '#shared/agent-api/arrivals.ts';
import { call, isAbsent, newKey } from '../../api/client.ts';
import { keptLines, type KeptLines } from './kept-lines.ts';

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
 * the agent does not answer it is tried again. What is not on its disk is kept in this window: when the agent was started anew, somebody
 * signs in and goes on with it.
 */
export function useDraft(draft: ArrivalDraft): DraftHandle {
  const kept = `shelfwire.arrival/${draft.id}`;
  const [unsaved] = useState(() => keptLines(draft, sessionStorage.getItem(kept)));
  const [lines, setLines] = useState<ReadonlyMap<string, ArrivalLine>>(
    () => new Map((unsaved ?? draft.lines).map((line) => [line.sku, line])),
  );
  const [error, setError] = useState<unknown>();
  const state = useRef({
    lines,
    revision: draft.revision,
    isDirty: unsaved !== undefined,
    /** What was sent last, while it is not answered. */
    sent: undefined as { readonly key: string; readonly lines: ReadonlyMap<string, ArrivalLine> } | undefined,
    saving: undefined as Promise<void> | undefined,
  });
  const keep = (): void => {
    const { revision, sent, lines: latest } = state.current;
    const now: KeptLines = { revision, key: sent?.key, lines: listed(latest) };
    try {
      sessionStorage.setItem(kept, JSON.stringify(now));
    } catch {
      // No room: it is in the page, and sent as soon as it can be.
    }
  };
  const save = async (): Promise<void> => {
    const now = state.current;
    while (now.isDirty) {
      // Said again as it was until there is an answer: it may have been taken.
      now.sent ??= { key: newKey(), lines: now.lines };
      keep();
      try {
        const body = { revision: now.revision, key: now.sent.key, lines: listed(now.sent.lines) };
        const { revision } = await call<ArrivalDraft>('PUT', `/v1/arrivals/${draft.id}`, body);
        Object.assign(now, { revision, isDirty: now.sent.lines !== now.lines, sent: undefined });
        if (!now.isDirty) sessionStorage.removeItem(kept);
      } catch (failure) {
        if (!isAbsent(failure)) now.sent = undefined;
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
  const send = (): void => {
    flush().then(
      () => setError(undefined),
      (failure: unknown) => setError(failure),
    );
  };
  useEffect(() => {
    if (!isAbsent(error)) return undefined;
    const timer = setInterval(send, AGAIN_MS);
    return () => clearInterval(timer);
  });
  const isKept = unsaved !== undefined;
  const sendKept = useEffectEvent(send);
  useEffect(() => {
    if (isKept) sendKept();
  }, [isKept]);
  return {
    lines,
    error,
    change(next) {
      state.current.lines = next(state.current.lines);
      state.current.isDirty = true;
      setLines(state.current.lines);
      keep();
      send();
    },
    async saved() {
      await flush();
      return state.current.revision;
    },
  };
}

const listed = (lines: ReadonlyMap<string, ArrivalLine>): ArrivalLine[] => [...lines.values()];
