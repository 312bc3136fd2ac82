import type { Pairs } from './oauth1.ts';

export interface Search {
  /** Groups hold all together, filters of a group one of them. */
  readonly groups: readonly (readonly Filter[])[];
  readonly sort?: readonly string[];
  readonly pageSize: number;
  /** What is wanted of the answer, in Adobe's own way: nothing else is sent. */
  readonly fields: string;
}

export interface Filter {
  readonly field: string;
  readonly is: 'eq' | 'in' | 'gt' | 'gteq';
  readonly value: string | number;
}

/** A search as Adobe Commerce takes it in an address. */
export function searchPairs({ groups, sort = [], pageSize, fields }: Search): Pairs {
  const filters = groups.flatMap((group, g) =>
    group.flatMap(({ field, is, value }, f) => {
      const name = `searchCriteria[filter_groups][${g}][filters][${f}]`;
      return [
        [`${name}[field]`, field],
        [`${name}[value]`, String(value)],
        [`${name}[condition_type]`, is],
      ] as const;
    }),
  );
  const sorts = sort.flatMap((field, s) => {
    const name = `searchCriteria[sortOrders][${s}]`;
    return [
      [`${name}[field]`, field],
      [`${name}[direction]`, 'ASC'],
    ] as const;
  });
  return [...filters, ...sorts, ['searchCriteria[pageSize]', String(pageSize)], ['fields', fields]];
}

/** Names joined by commas where Adobe takes a list; one with a comma of its own needs a filter of its own. */
export function anyOf(field: string, values: readonly string[]): Filter[] {
  const plain = values.filter((value) => !value.includes(','));
  const others = values.filter((value) => value.includes(','));
  return [
    ...(plain.length === 0 ? [] : [{ field, is: 'in' as const, value: plain.join(',') }]),
    ...others.map((value) => ({ field, is: 'eq' as const, value })),
  ];
}
