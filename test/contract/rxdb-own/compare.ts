import type { Outcome } from './mocha-like.ts';

/** A test in the control run and with one engine. */
export interface Compared {
  title: string;
  control: Outcome['state'] | 'absent';
  engine: Outcome['state'] | 'absent';
  error: string | undefined;
  /** The control passes and the engine does not: only this is the engine's fault. */
  fault: boolean;
}

/** Titles hold the storage's name, which must not make two tests of one. */
export function plainTitle(title: string, storage: string): string {
  return title.replaceAll(`implementation: ${storage}`, 'implementation');
}

export function compare(control: readonly Outcome[], engine: readonly Outcome[]): Compared[] {
  const [controlBy, engineBy] = [control, engine].map((all) => new Map(all.map((outcome) => [outcome.title, outcome])));
  return [...new Set([...control, ...engine].map(({ title }) => title))].map((title) => {
    const [was, is] = [controlBy?.get(title), engineBy?.get(title)];
    return {
      title,
      control: was?.state ?? 'absent',
      engine: is?.state ?? 'absent',
      error: is?.error ?? was?.error,
      fault: was?.state === 'passed' && is?.state !== 'passed',
    };
  });
}
