import type { AsideCode, ProblemParams, StatusCode } from '#shared/agent-api/problem-codes.ts';

/** Of each code of what is set aside: what is wrong, and what to do. */
export type AsideWords = Readonly<Record<AsideCode, readonly [what: string, todo: string]>>;

/** What is known of an entry. */
export interface AsideAbout {
  readonly code: string;
  readonly key: string | null;
  /** Name of its file; line 0: the file as a whole. */
  readonly file: string | null;
  readonly line: number;
  readonly isAtHub: boolean;
  /** The fact that it would take back. */
  readonly voids: string | undefined;
}

/** Of each code of the store as a whole: what is wrong with which thing, and what to do. */
export type StatusWords = Readonly<
  Record<StatusCode, { readonly what: (params: ProblemParams) => string; readonly todo: string }>
>;

/** Words for a code that may be newer than they are. */
export const wordsFor = <Said>(words: Readonly<Record<string, Said>>, code: string): Said | undefined =>
  Object.hasOwn(words, code) ? words[code] : undefined;
