import { isDeepStrictEqual } from 'node:util';
import type { QuarantinedItem } from '#shared/agent-api/quarantine.ts';
import type { ExpectedRefusal } from '../input/delivery.ts';
import type { HeldFact } from './held-facts.ts';
import { stockChanges, type ExpectedFact } from './expected-facts.ts';

/** What became of one store's facts, fact by fact, by their keys. */
export interface FactVerdict {
  readonly expected: number;
  /** Held once, with exactly the content and the ledger lines that they must have. */
  readonly right: readonly ExpectedFact[];
  /** Not at the hub, or without some of their ledger lines. */
  readonly lost: readonly string[];
  /** Held twice, or with ledger lines twice. */
  readonly doubled: readonly string[];
  /** Held, but not as they were. */
  readonly different: readonly string[];
  /** Nobody handed these over. */
  readonly unexpected: readonly string[];
  /** Seqs below the last one under which the hub holds nothing (F3). */
  readonly gaps: number;
  /** Markers of holes that a crash left (F3). */
  readonly holes: number;
}

/** Compares what the hub holds with what it must hold. Pure. */
export function compareFacts(expected: readonly ExpectedFact[], held: readonly HeldFact[]): FactVerdict {
  const heldByKey = Map.groupBy(held, (fact) => fact.key);
  const known = new Set(expected.map(({ key }) => key));
  const right: ExpectedFact[] = [];
  const lost: string[] = [];
  const doubled: string[] = [];
  const different: string[] = [];
  for (const fact of expected) {
    const [one, ...others] = heldByKey.get(fact.key) ?? [];
    const lines = stockChanges(fact).map(({ sku, quantity }) => `${sku} ${quantity} sellable`);
    if (!one || one.ledger.length < lines.length) lost.push(fact.key);
    else if (others.length > 0 || one.ledger.length > lines.length) doubled.push(fact.key);
    else if (
      one.kind === fact.kind &&
      one.at === fact.body.occurredAt &&
      isDeepStrictEqual(one.body, fact.body) &&
      isDeepStrictEqual(one.ledger, lines)
    )
      right.push(fact);
    else different.push(fact.key);
  }
  const strange = held.filter(({ key }) => !known.has(key));
  const gaps = Math.max(0, ...held.map(({ seq }) => seq)) - new Set(held.map(({ seq }) => seq)).size;
  const isHole = ({ kind, body }: HeldFact) => kind === 'void' && body['hole'] === true;
  const unexpected = strange.filter((fact) => !isHole(fact)).map(({ key }) => key);
  return {
    expected: expected.length,
    right,
    lost,
    doubled,
    different,
    unexpected,
    gaps,
    holes: strange.filter(isHole).length,
  };
}

export interface QuarantineVerdict {
  /** Expected and there. */
  readonly found: readonly ExpectedRefusal[];
  readonly missing: readonly ExpectedRefusal[];
  readonly unexpected: readonly QuarantinedItem[];
}

/** Compares a store's quarantine with what it must hold: the same code for the same text, nothing more. Pure. */
export function compareQuarantine(
  expected: readonly ExpectedRefusal[],
  held: readonly QuarantinedItem[],
): QuarantineVerdict {
  const nameOf = ({ code, verbatim }: { code: string; verbatim: string }) => `${code}\n${verbatim}`;
  const there = new Set(held.map(nameOf));
  const wanted = new Set(expected.map(nameOf));
  return {
    found: expected.filter((refusal) => there.has(nameOf(refusal))),
    missing: expected.filter((refusal) => !there.has(nameOf(refusal))),
    unexpected: held.filter((item) => !wanted.has(nameOf(item))),
  };
}
