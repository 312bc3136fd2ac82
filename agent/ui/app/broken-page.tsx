import { Failed } from '../parts/shown.tsx';

/** Instead of a page that cannot be drawn: the others can still be opened beside it. */
export function BrokenPage({ error }: { readonly error: unknown }) {
  return <Failed error={error} again={() => location.reload()} />;
}
