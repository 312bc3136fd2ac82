import type { RulesDocument } from './rules-document.ts';

/** When a rule holds: from `from` on and before `until`, ms since 1970; null: without beginning, without end. */
export interface Validity {
  readonly from: number | null;
  readonly until: number | null;
}

export function validityOf(rule: {
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}): Validity {
  return { from: instantOf(rule.from), until: instantOf(rule.until) };
}

export function holdsAt({ from, until }: Validity, at: number): boolean {
  return (from === null || from <= at) && (until === null || at < until);
}

/** Whether there is an instant at which both hold. */
export function holdTogether(a: Validity, b: Validity): boolean {
  return before(a.from, b.until) && before(b.from, a.until);
}

/** The first instant after `after` at which a rule of the document begins or ceases to hold; null when none follows. */
export function nextBoundary(document: RulesDocument, after: number): number | null {
  let next: number | null = null;
  for (const rule of [...document.safetyStock, ...document.limits, ...document.allocations]) {
    const { from, until } = validityOf(rule);
    for (const instant of [from, until]) {
      if (instant !== null && instant > after && (next === null || instant < next)) next = instant;
    }
  }
  return next;
}

const instantOf = (text: string | undefined): number | null => (text === undefined ? null : Date.parse(text));

const before = (from: number | null, until: number | null): boolean => from === null || until === null || from < until;
