import fc from 'fast-check';
import { rulesDocument, type RulesDocument } from '#hub/availability/rules/rules-document.ts';

/** A rules document of its parts; what is left out is by default. */
export function rulesOf(parts: object = {}): RulesDocument {
  return rulesDocument.parse({ rules: 1, ...parts });
}

export const SKUS = ['A', 'B', 'C'] as const;
export const CATEGORIES = ['shoes', 'hats'] as const;
export const LOCATIONS = ['S1', 'S2', 'S3', 'S4'] as const;
export const CHANNELS = ['web', 'amazon'] as const;
/** North holds S1 and, by its inner group, S2; south holds S3; S4 is in none. */
export const GROUPS = [
  { code: 'north', locations: ['S1'], groups: ['inner'] },
  { code: 'inner', locations: ['S2'] },
  { code: 'south', locations: ['S3'] },
];
export const GROUP_LOCATIONS: Readonly<Record<string, readonly string[]>> = {
  north: ['S1', 'S2'],
  inner: ['S2'],
  south: ['S3'],
};

/** Days of one week, as the document writes instants. */
export const DAYS = Array.from({ length: 7 }, (_, day) => `2026-03-0${day + 1}T00:00:00Z`);

const maybe = <T>(values: readonly T[]) => fc.option(fc.constantFrom(...values), { nil: undefined });

export const product = fc.oneof(
  fc.constant({}),
  fc.record({ sku: fc.constantFrom(...SKUS) }),
  fc.record({ category: fc.constantFrom(...CATEGORIES) }),
);

export const place = fc.oneof(
  fc.constant({}),
  fc.record({ location: fc.constantFrom(...LOCATIONS) }),
  fc.record({ group: fc.constantFrom('north', 'inner', 'south') }),
);

export const validity = fc
  .tuple(maybe(DAYS), maybe(DAYS))
  .filter(([from, until]) => from === undefined || until === undefined || from < until)
  .map(([from, until]) => defined({ from, until }));

export const onChannel = maybe(CHANNELS).map((channel) => defined({ channel }));

/** Without the fields that are undefined: so the document has them. */
export function defined(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
}

/** Each rule with an id of its own. */
export const numbered = (rules: readonly object[], letter: string): Record<string, unknown>[] =>
  rules.map((rule, place) => ({ id: `${letter}${place}`, ...rule }));
