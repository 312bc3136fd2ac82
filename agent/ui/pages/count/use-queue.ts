import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useMemo, useState, useSyncExternalStore } from 'react';
import type { CountAct } from '#shared/agent-api/count-acts.ts';
import type { ActAnswer } from '#shared/agent-api/counts.ts';
import { ActQueue, type Queued } from './act-queue.ts';
import { sendActs } from './queries.ts';

const KEPT = 'shelfwire.count';
const keptAs = (person: string, count: string): string => `${KEPT}/${encodeURIComponent(person)}/${count}`;

/** The acts of one person in one count, on their way from this browser to the agent. */
export function useActQueue(person: string, id: string, onAnswer: (act: CountAct, answer: ActAnswer) => void) {
  const queries = useQueryClient();
  const [listener] = useState(() => ({ onAnswer }));
  listener.onAnswer = onAnswer;
  const queue = useMemo(
    () =>
      new ActQueue({
        storage: localStorage,
        name: keptAs(person, id),
        send: (acts) => sendActs(id, acts, person),
        now: () => Date.now(),
        after: (delayMs, call) => {
          const timer = setTimeout(call, delayMs);
          return () => clearTimeout(timer);
        },
        alone: (work) =>
          // Absent where the page does not come from this machine and is not encrypted.
          'locks' in navigator ? navigator.locks.request(keptAs(person, id), work) : work(),
        onAnswer: (act, answer) => {
          listener.onAnswer(act, answer);
          void queries.invalidateQueries({ queryKey: ['counts', id, 'view'] });
        },
      }),
    [person, id, queries, listener],
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

/** What others have left in this browser: their acts are sent when they are here again. */
export function othersWaiting(person: string): { readonly name: string; readonly acts: number }[] {
  const waiting = new Map<string, number>();
  for (let place = 0; place < localStorage.length; place++) {
    const key = localStorage.key(place) ?? '';
    const [prefix, encoded = ''] = key.split('/');
    const name = decodeURIComponent(encoded);
    if (prefix !== KEPT || name === person) continue;
    const { waiting: acts = [] } = JSON.parse(localStorage.getItem(key) ?? '{}') as Partial<Queued>;
    waiting.set(name, (waiting.get(name) ?? 0) + acts.length);
  }
  return [...waiting].flatMap(([name, acts]) => (acts > 0 ? [{ name, acts }] : []));
}
