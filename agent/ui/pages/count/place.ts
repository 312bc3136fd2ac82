import { useLocation } from '@tanstack/react-router';

export type CountView = 'counting' | 'review';

/** Which count is open on this page, from the address: a window that is opened again is where it was. */
export function useCountPlace(): { readonly id: string | undefined; readonly view: CountView } {
  const { searchStr } = useLocation();
  const search = new URLSearchParams(searchStr);
  return { id: search.get('id') ?? undefined, view: search.get('view') === 'review' ? 'review' : 'counting' };
}

export function openCount(id: string, view: CountView): void {
  location.hash = `/count?id=${id}&view=${view}`;
}

export function closeCount(): void {
  location.hash = '/count';
}
