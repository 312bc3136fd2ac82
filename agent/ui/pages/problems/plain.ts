import type { QuarantinedItem } from '#shared/agent-api/quarantine.ts';
import { wordsFor } from '../../words/problems/shape.ts';
import { useWords } from '../../words/words.tsx';

/** An entry in plain words: where it came from, what is wrong, what to do. */
export function usePlain(item: QuarantinedItem & { readonly remedy?: string }) {
  const { problems } = useWords();
  const [what = item.detail, todo = item.remedy ?? ''] = wordsFor(problems.codes, item.code) ?? [];
  const [way = '', name = ''] = item.source.split(/:(.*)/s);
  const from =
    way === 'hub'
      ? problems.from.hub
      : way === 'http' || way === 'ui'
        ? problems.from[way](name)
        : way === 'csv' || way === 'poslog'
          ? problems.from.feed(name)
          : problems.from.pulled(name);
  const file =
    item.origin === null || item.origin.file === '' ? [] : [problems.file(item.origin.file, item.origin.line)];
  const key = item.key === null ? [] : [item.key];
  return { what, todo, where: [from, ...file, ...key].join(' · ') };
}
