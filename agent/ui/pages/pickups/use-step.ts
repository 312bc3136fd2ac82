import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import type { TaskView } from '#shared/agent-api/answers.ts';
import { call, isAbsent, newKey } from '../../api/client.ts';

export type Step = 'accept' | 'pick' | 'hand-over' | 'ship' | 'reject';

const post = (task: number, step: Step, body: object, key: string) =>
  call<TaskView>('POST', `/v1/tasks/${task}/${step}`, body, { key });

function asked(queries: QueryClient): void {
  void queries.invalidateQueries({ queryKey: ['tasks'] });
  void queries.invalidateQueries({ queryKey: ['stock'] });
}

/** Says a step of a task. Its key stays the same until there is an answer, so that pressing twice does it once. */
export function useStep(task: number) {
  const queries = useQueryClient();
  const [key, setKey] = useState(newKey);
  return useMutation({
    mutationFn: ({ step, body }: { step: Step; body: object }) => post(task, step, body, key),
    onSettled: (_answer, error) => {
      if (error === null) setKey(newKey());
      asked(queries);
    },
  });
}

/**
 * Picks one unit of a line. Each scan is an act of its own, and they are said one after the other, however fast they come.
 * What got no answer keeps its key: scanned again it is done once.
 */
export function usePick(task: number) {
  const queries = useQueryClient();
  const open = useRef<{ readonly line: string; readonly key: string }>(undefined);
  return useMutation({
    scope: { id: `picks of ${task}` },
    mutationFn: (line: string) => {
      const { key } = (open.current = open.current?.line === line ? open.current : { line, key: newKey() });
      return post(task, 'pick', { lines: [{ line, quantity: 1 }] }, key);
    },
    onSettled: (_answer, error) => {
      if (!isAbsent(error)) open.current = undefined;
      asked(queries);
    },
  });
}
