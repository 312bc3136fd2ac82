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
  QuarantinedItem,
  SignedIn,
  Slip,
  SlipKind,
  SoldReceipt,
  StockItem,
  TaskView,
} from '#shared/agent-api/answers.ts';
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
      const query = new URLSearchParams({ limit: '200' });
      if (search !== '') query.set('search', search);
      if (pageParam !== null) query.set('cursor', pageParam);
      return call<Page<StockItem> & Freshness>('GET', `/v1/stock?${query}`, undefined, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: ({ nextCursor }) => nextCursor,
    placeholderData: (last) => last,
  });

export const useQuarantine = () =>
  useQuery({
    queryKey: ['quarantine'],
    queryFn: ({ signal }) => call<Page<QuarantinedItem>>('GET', '/v1/quarantine?limit=200', undefined, { signal }),
    refetchInterval: 10_000,
  });

/** What is to be done for orders; ended ones are not in it. */
export const useTasks = () =>
  useQuery({
    queryKey: ['tasks'],
    queryFn: ({ signal }) => call<Page<TaskView>>('GET', '/v1/tasks?limit=200', undefined, { signal }),
    refetchInterval: LIVE_MS,
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
