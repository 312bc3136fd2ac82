import { createContext, useContext } from 'react';
import type { Person } from '#shared/agent-api/answers.ts';

export const Someone = createContext<Person | undefined>(undefined);

/** Who is signed in. */
export function usePerson(): Person {
  const person = useContext(Someone);
  if (person === undefined) throw new Error('nobody is signed in');
  return person;
}
