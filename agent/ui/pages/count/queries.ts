import { useInfiniteQuery, useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Page, StockItem } from '#shared/agent-api/answers.ts';
import type { CountAct } from '#shared/agent-api/count-acts.ts';
import type { ActsAnswer, CountHeader, CountReview, CountView } from '#shared/agent-api/counts.ts';
import { call, Failure } from '../../api/client.ts';

const LIVE_MS = 2_000;

export const useOpenCounts = () =>
  useQuery({
    queryKey: ['counts', 'open'],
    queryFn: ({ signal }) => call<Page<CountHeader>>('GET', '/v1/counts', undefined, { signal }),
    refetchInterval: LIVE_MS,
  });

export const useEndedCounts = () =>
  useInfiniteQuery({
    queryKey: ['counts', 'ended'],
    queryFn: ({ pageParam, signal }) =>
      call<Page<CountHeader>>('GET', `/v1/counts?state=ended&limit=20&cursor=${pageParam}`, undefined, { signal }),
    initialPageParam: '0',
    getNextPageParam: ({ nextCursor }) => nextCursor,
  });

export const useCount = (id: string) =>
  useQuery({
    queryKey: ['counts', id, 'view'],
    queryFn: ({ signal }) => call<CountView>('GET', `/v1/counts/${id}`, undefined, { signal }),
    refetchInterval: LIVE_MS,
    staleTime: 0,
  });

export const useReview = (id: string) =>
  useQuery({
    queryKey: ['counts', id, 'review'],
    queryFn: ({ signal }) => call<CountReview>('GET', `/v1/counts/${id}/review`, undefined, { signal }),
    refetchInterval: LIVE_MS,
    staleTime: 0,
  });

/** @param by whose acts they are: refused when somebody else has signed in meanwhile, in another window */
export const sendActs = (id: string, acts: readonly CountAct[], by?: string): Promise<ActsAnswer> =>
  call<ActsAnswer>('POST', `/v1/counts/${id}/acts`, { ...(by === undefined ? {} : { by }), acts });

/** What a manager decides: said at once or not at all. Throws Failure, also of an act that was refused. */
export function useDecide(id: string) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: async (acts: readonly CountAct[]) => {
      const answer = await sendActs(id, acts);
      const problem = answer.acts.find((act) => act.problem !== null)?.problem;
      if (problem) throw new Failure({ ...problem, status: 409 });
      return answer;
    },
    onSettled: () => queries.invalidateQueries({ queryKey: ['counts'] }),
  });
}

/** All skus that a search finds, at most `limit`. */
export async function skusFound(search: string, limit: number): Promise<string[]> {
  const skus: string[] = [];
  let cursor: string | null = null;
  do {
    const query = new URLSearchParams({ limit: '1000', search });
    if (cursor !== null) query.set('cursor', cursor);
    const page: Page<StockItem> = await call<Page<StockItem>>('GET', `/v1/stock?${query}`);
    skus.push(...page.items.map(({ sku }) => sku));
    cursor = page.nextCursor;
  } while (cursor !== null && skus.length < limit);
  return skus.slice(0, limit);
}
