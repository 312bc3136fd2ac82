import type { ProductField, ProductRules } from './product-rules.ts';

/** What one source says of one field now. */
export interface Saying {
  readonly sku: string;
  readonly field: ProductField;
  /** Its code, or `hand`. */
  readonly source: string;
  /** Null: it has nothing to say any more. */
  readonly value: string | null;
  readonly saidAt: number;
  /** Grows with arrival. */
  readonly statement: number;
}

/**
 * What is believed of a field: what the first source in order says that says anything; among equals, and where the last word
 * counts, what was said last. A function of what is said, not of the order in which it came, unless two said it in the same
 * millisecond. Undefined when nobody says anything.
 */
export function believed(rules: ProductRules, field: ProductField, sayings: readonly Saying[]): Saying | undefined {
  const rule = rules.fields[field];
  const order = rule?.order ?? rules.order;
  const rankOf = ({ source }: Saying): number => {
    if (rule?.latest === true) return 0;
    const place = order.indexOf(source);
    return place === -1 ? order.length : place;
  };
  return sayings
    .filter((saying) => saying.field === field && saying.value !== null)
    .toSorted((a, b) => rankOf(a) - rankOf(b) || b.saidAt - a.saidAt || b.statement - a.statement)[0];
}

/** A product as its sources make it; undefined while nobody gives it a name. */
export interface Weighed {
  readonly sku: string;
  readonly name: string;
  readonly gtin: string | null;
  readonly category: string | null;
  readonly priceMinor: number | null;
  readonly currency: string | null;
  readonly deleted: boolean;
}

export function weigh(rules: ProductRules, sku: string, sayings: readonly Saying[]): Weighed | undefined {
  const valueOf = (field: ProductField): string | null => believed(rules, field, sayings)?.value ?? null;
  const name = valueOf('name');
  if (name === null) return undefined;
  const price = valueOf('price')?.split(' ');
  return {
    sku,
    name,
    gtin: valueOf('gtin'),
    category: valueOf('category'),
    priceMinor: price === undefined ? null : Number(price[0]),
    currency: price?.[1] ?? null,
    deleted: valueOf('deleted') === 'true',
  };
}
