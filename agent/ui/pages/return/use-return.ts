import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { call, newKey } from '../../api/client.ts';

/** Journals a return. Its key stays the same until there is an answer, so that pressing twice takes it back once. */
export function useReturn(done: (key: string) => void) {
  const queries = useQueryClient();
  const [key] = useState(newKey);
  return useMutation({
    mutationFn: (body: object) => call<{ key: string }>('POST', '/v1/acts', { kind: 'return', key, body }),
    onSuccess: () => {
      void queries.invalidateQueries();
      done(key);
    },
  });
}
