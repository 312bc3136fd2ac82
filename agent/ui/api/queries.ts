import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import type {
  AgentStatus,
  ArrivalsView,
  DayView,
  Freshness,
  ItemHistory,
  Me,
  OtherStoresView,
  Page,
  SignedIn,
  Slip,
  SlipKind,
  SoldReceipt,
  StockItem,
  TaskView,
} from '#shared/agent-api/answers.ts';
import type { QuarantineDetail, QuarantinedItem } from '#shared/agent-api/quarantine.ts';
import type { FeedFile, FeedView, TableLook } from '#shared/agent-api/sources.ts';
import { call } from './client.ts';

/** How often what changes by itself is asked for, ms. */
const LIVE_MS = 2_000;

export const useMe = () =>
  useQuery({
    queryKey: ['me'],
    queryFn: ({ signal }) => call<Me>('GET', '/v1/me', undefined, { signal }),
    refetchInterval: 60_000,
  });

export const useStatus = () =>
  useQuery({
    queryKey: ['status'],
    queryFn: ({ signal }) => call<AgentStatus>('GET', '/v1/status', undefined, { signal }),
    refetchInterval: LIVE_MS,
    placeholderData: (last) => last,
  });

/** Who is signed in: everybody for a manager, oneself for a clerk. */
export const useSessions = () =>
  useQuery({
    queryKey: ['sessions'],
    queryFn: ({ signal }) =>
      call<{ readonly sessions: readonly SignedIn[] }>('GET', '/v1/sessions', undefined, { signal }),
    refetchInterval: 10_000,
    placeholderData: (last) => last,
  });

export const useDay = (from: number, to: number) =>
  useQuery({
    queryKey: ['day', from],
    queryFn: ({ signal }) => call<DayView>('GET', `/v1/day?from=${from}&to=${to}&feed=200`, undefined, { signal }),
    refetchInterval: LIVE_MS,
    placeholderData: (last) => last,
  });

export const useStock = (search: string) =>
  useInfiniteQuery({
    queryKey: ['stock', search],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: '100' });
      if (search !== '') query.set('search', search);
      if (pageParam !== null) query.set('cursor', pageParam);
      return call<Page<StockItem> & Freshness>('GET', `/v1/stock?${query}`, undefined, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: (last) => last,
  });

export const useQuarantine = (state: 'open' | 'closed') =>
  useInfiniteQuery({
    queryKey: ['quarantine', state],
    queryFn: ({ pageParam, signal }) => {
      const query = new URLSearchParams({ limit: '100', state });
      if (pageParam !== null) query.set('cursor', pageParam);
      return call<Page<QuarantinedItem>>('GET', `/v1/quarantine?${query}`, undefined, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    refetchInterval: 10_000,
  });

export const useQuarantined = (id: string) =>
  useQuery({
    queryKey: ['quarantined', id],
    queryFn: ({ signal }) => call<QuarantineDetail>('GET', `/v1/quarantine/${id}`, undefined, { signal }),
  });

/** What is to be done for orders; ended ones are not in it. */
export const useTasks = () =>
  useQuery({
    queryKey: ['tasks'],
    queryFn: ({ signal }) => call<Page<TaskView>>('GET', '/v1/tasks?limit=200', undefined, { signal }),
    refetchInterval: LIVE_MS,
  });

export const useFeeds = () =>
  useQuery({
    queryKey: ['feeds'],
    queryFn: ({ signal }) => call<{ feeds: FeedView[] }>('GET', '/v1/feeds', undefined, { signal }),
    refetchInterval: 10_000,
  });

export const useFeedFiles = (name: string) =>
  useQuery({
    queryKey: ['feedFiles', name],
    queryFn: ({ signal }) => call<{ files: FeedFile[] }>('GET', `/v1/feeds/${name}/files`, undefined, { signal }),
    enabled: name !== '',
  });

/** How a sample looks under what was set by hand. */
export const useLook = (sample: string, query: string) =>
  useQuery({
    queryKey: ['look', sample, query],
    queryFn: ({ signal }) => call<TableLook>('GET', `/v1/samples/${sample}/look?${query}`, undefined, { signal }),
    enabled: sample !== '',
    placeholderData: (last) => last,
    retry: false,
    staleTime: Infinity,
  });

/** One product; null: this store has never had it. */
export const useProduct = (sku: string) =>
  useQuery({
    queryKey: ['product', sku],
    queryFn: ({ signal }) => call<StockItem>('GET', `/v1/stock/${encodeURIComponent(sku)}`, undefined, { signal }),
    retry: false,
    staleTime: 30_000,
  });

/** Sales by their receipt number, or by what is remembered of one that is lost. */
export const useSales = (query: Readonly<Record<string, string>> | undefined) =>
  useQuery({
    queryKey: ['sales', query],
    queryFn: async ({ signal }) => {
      const asked = new URLSearchParams(query).toString();
      return (await call<{ items: SoldReceipt[] }>('GET', `/v1/sales?${asked}`, undefined, { signal })).items;
    },
    enabled: query !== undefined,
    retry: false,
    staleTime: 0,
    gcTime: 0,
  });

/** The latest returns or arrivals. */
export const useSlips = (kinds: readonly SlipKind[], limit: number) =>
  useQuery({
    queryKey: ['slips', ...kinds],
    queryFn: async ({ signal }) => {
      const asked = `kind=${kinds.join(',')}&limit=${limit}`;
      return (await call<{ items: Slip[] }>('GET', `/v1/slips?${asked}`, undefined, { signal })).items;
    },
    placeholderData: (last) => last,
  });

export const useSlip = (key: string) =>
  useQuery({
    queryKey: ['slip', key],
    queryFn: ({ signal }) => call<Slip>('GET', `/v1/slips/${encodeURIComponent(key)}`, undefined, { signal }),
  });

/** Why there is of an item what there is. */
export const useItemHistory = (sku: string) =>
  useQuery({
    queryKey: ['stock', 'history', sku],
    queryFn: ({ signal }) =>
      call<ItemHistory>('GET', `/v1/stock/${encodeURIComponent(sku)}/history?limit=1000`, undefined, { signal }),
    refetchInterval: 10_000,
    placeholderData: (last) => (last?.item.sku === sku ? last : undefined),
  });

/** Asked of the hub by the agent, when somebody looks. */
export const useOtherStores = (sku: string) =>
  useQuery({
    queryKey: ['elsewhere', sku],
    queryFn: ({ signal }) =>
      call<OtherStoresView>('GET', `/v1/stock/${encodeURIComponent(sku)}/elsewhere`, undefined, { signal }),
    refetchInterval: 30_000,
  });

/** What is on its way here, and receipts that are begun. */
export const useArrivals = () =>
  useQuery({
    queryKey: ['arrivals'],
    queryFn: ({ signal }) => call<ArrivalsView>('GET', '/v1/arrivals', undefined, { signal }),
    refetchInterval: 3_000,
    placeholderData: (last) => last,
  });
