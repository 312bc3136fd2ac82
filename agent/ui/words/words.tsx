import { createContext, useContext, useMemo, useState, type ReactNode } from 'react';
import { de } from './de.ts';
import { en, type Words } from './en.ts';

export const LANGUAGES = { en, de } as const;
export type Language = keyof typeof LANGUAGES;

interface Spoken {
  readonly language: Language;
  readonly words: Words;
  /** Money and dates as people write them: by the browser's locale where it is of this language. */
  readonly locale: string;
  readonly speak: (language: Language) => void;
}

const KEPT = 'shelfwire.language';
const Speech = createContext<Spoken | undefined>(undefined);

export function Speaking({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  const spoken = useMemo<Spoken>(
    () => ({
      language,
      words: LANGUAGES[language],
      locale: navigator.languages.find((one) => one.split('-')[0] === language) ?? language,
      speak: (next) => {
        localStorage.setItem(KEPT, next);
        document.documentElement.lang = next;
        setLanguage(next);
      },
    }),
    [language],
  );
  return <Speech.Provider value={spoken}>{children}</Speech.Provider>;
}

function firstLanguage(): Language {
  const wished = [localStorage.getItem(KEPT), ...navigator.languages.map((one) => one.split('-')[0])];
  const found = wished.find((one): one is Language => one !== null && one !== undefined && one in LANGUAGES) ?? 'en';
  document.documentElement.lang = found;
  return found;
}

export function useSpeech(): Spoken {
  const spoken = useContext(Speech);
  if (spoken === undefined) throw new Error('outside of Speaking');
  return spoken;
}

export const useWords = (): Words => useSpeech().words;
