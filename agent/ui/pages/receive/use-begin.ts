import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { ArrivalDraft, ArrivalOrigin } from '#shared/agent-api/arrivals.ts';
import { call } from '../../api/client.ts';

/** Begins a receipt, or goes on with the one that is begun for the same. */
export function useBegin(open: (draft: ArrivalDraft) => void) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (origin: ArrivalOrigin) => call<ArrivalDraft>('POST', '/v1/arrivals', origin),
    onSuccess: (draft) => {
      void queries.invalidateQueries({ queryKey: ['arrivals'] });
      open(draft);
    },
  });
}
