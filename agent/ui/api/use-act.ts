import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { usePerson } from '../app/person.ts';
import { call, newKey } from './client.ts';
import { SaidKeys } from './said-keys.ts';

/** What the agent says of an act that it has, whether it was new to it or not. */
export interface Taken {
  readonly key: string;
  readonly status: 'appended' | 'duplicate';
}

/**
 * Journals an act. Until there is an answer its key stays the same, also when the agent goes away and one has to sign in again:
 * pressed twice, or said again then, it is done once.
 */
export function useAct(kind: 'adjustment' | 'return', taken: (answer: Taken) => void) {
  const queries = useQueryClient();
  const { name } = usePerson();
  const [keys] = useState(
    () =>
      new SaidKeys({
        newKey,
        now: () => Date.now(),
        kept: { storage: sessionStorage, name: `shelfwire.said/${encodeURIComponent(name)}/${kind}` },
      }),
  );
  return useMutation({
    mutationFn: (body: object) => call<Taken>('POST', '/v1/acts', { kind, key: keys.of(body), body }),
    onSuccess: (answer) => {
      keys.answered();
      void queries.invalidateQueries();
      taken(answer);
    },
  });
}
