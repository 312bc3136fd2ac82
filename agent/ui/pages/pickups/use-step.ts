import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { TaskView } from '#shared/agent-api/answers.ts';
import { call, isAbsent, newKey } from '../../api/client.ts';
import { SaidKeys } from '../../api/said-keys.ts';

export type Step = 'accept' | 'pick' | 'hand-over' | 'ship' | 'reject';

const post = (task: number, step: Step, body: object, key: string) =>
  call<TaskView>('POST', `/v1/tasks/${task}/${step}`, body, { key });

const newKeys = () => new SaidKeys({ newKey, now: () => Date.now() });

function asked(queries: QueryClient): void {
  void queries.invalidateQueries({ queryKey: ['tasks'] });
  void queries.invalidateQueries({ queryKey: ['stock'] });
}

/** Says a step of a task, under a key of its own until there is an answer, so that pressing twice does it once. */
export function useStep(task: number) {
  const queries = useQueryClient();
  const [keys] = useState(newKeys);
  return useMutation({
    mutationFn: ({ step, body }: { step: Step; body: object }) => post(task, step, body, keys.of({ step, body })),
    onSettled: (_answer, error) => {
      if (error === null) keys.answered();
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
  const [keys] = useState(newKeys);
  return useMutation({
    scope: { id: `picks of ${task}` },
    mutationFn: (line: string) => post(task, 'pick', { lines: [{ line, quantity: 1 }] }, keys.of({ line })),
    onSettled: (_answer, error) => {
      if (!isAbsent(error)) keys.answered();
      asked(queries);
    },
  });
}
