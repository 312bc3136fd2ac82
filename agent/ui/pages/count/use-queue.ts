import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { CountAct } from '#shared/agent-api/count-acts.ts';
import type { ActAnswer } from '#shared/agent-api/counts.ts';
import { ActQueue } from './act-queue.ts';
import { KeptActs } from './kept-acts.ts';
import { sendActs } from './queries.ts';

/** The acts of one person in one count, on their way from this browser to the agent. */
export function useActQueue(person: string, id: string, onAnswer: (act: CountAct, answer: ActAnswer) => void) {
  const queries = useQueryClient();
  const [listener] = useState(() => ({ onAnswer }));
  listener.onAnswer = onAnswer;
  const kept = useMemo(() => new KeptActs(localStorage, person, id), [person, id]);
  const queue = useMemo(
    () =>
      new ActQueue({
        kept,
        send: (acts) => sendActs(id, acts, person),
        now: () => Date.now(),
        after: (delayMs, call) => {
          const timer = setTimeout(call, delayMs);
          return () => clearTimeout(timer);
        },
        alone: (work) =>
          // Absent where the page does not come from this machine and is not encrypted.
          'locks' in navigator ? navigator.locks.request(kept.name, work) : work(),
        onAnswer: (act, answer) => {
          listener.onAnswer(act, answer);
          void queries.invalidateQueries({ queryKey: ['counts', id, 'view'] });
        },
      }),
    [person, id, kept, queries, listener],
  );
  useEffect(() => {
    queue.start();
    return () => queue.stop();
  }, [queue]);
  const queued = useSyncExternalStore(
    (changed) => queue.subscribe(changed),
    () => queue.queued,
  );
  const trouble = useSyncExternalStore(
    (changed) => queue.subscribe(changed),
    () => queue.trouble,
  );
  useEffect(() => {
    // The agent was started anew, or nobody touched it for long: somebody has to sign in, and it goes on.
    if (trouble?.status === 401) void queries.invalidateQueries({ queryKey: ['me'] });
  }, [trouble, queries]);
  return { queue, queued, trouble };
}
