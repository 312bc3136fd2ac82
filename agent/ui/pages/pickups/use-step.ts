import { useMutation, useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useTimeout } from '@mantine/hooks';
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

/** Whoever presses twice means one step, though the button of the next one comes in its place. */
const NEXT_MS = 400;

/**
 * Says a step of a task, under a key of its own until there is an answer, so that pressing twice does it once. `isBusy` a little longer
 * than it takes.
 */
export function useStep(task: number) {
  const queries = useQueryClient();
  const [keys] = useState(newKeys);
  const rest = useTimeout(() => setResting(false), NEXT_MS);
  const [isResting, setResting] = useState(false);
  const said = useMutation({
    mutationFn: ({ step, body }: { step: Step; body: object }) => post(task, step, body, keys.of({ step, body })),
    onSettled: (_answer, error) => {
      if (error === null) keys.answered();
      setResting(true);
      rest.start();
      asked(queries);
    },
  });
  return { ...said, isBusy: said.isPending || isResting };
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
