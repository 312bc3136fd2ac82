import type { GroupRule } from './rules-document.ts';

/** The locations of each group, those of the groups in it included, sorted. A group in a cycle has what all have. */
export function groupLocations(groups: readonly GroupRule[]): ReadonlyMap<string, readonly string[]> {
  const byCode = new Map(groups.map((group) => [group.code, group]));
  return new Map(groups.map(({ code }) => [code, locationsUnder([code], byCode)]));
}

/** Locations that are named, and those of the named groups: each once, sorted. Groups that are unknown have none. */
export function locationsOf(
  named: { readonly locations: readonly string[]; readonly groups: readonly string[] },
  expanded: ReadonlyMap<string, readonly string[]>,
): string[] {
  return [...new Set([...named.locations, ...named.groups.flatMap((code) => expanded.get(code) ?? [])])].sort();
}

function locationsUnder(roots: readonly string[], byCode: ReadonlyMap<string, GroupRule>): string[] {
  const found = new Set<string>();
  const seen = new Set(roots);
  // A set gives what is added while it is walked, too.
  for (const code of seen) {
    const group = byCode.get(code);
    for (const location of group?.locations ?? []) found.add(location);
    for (const inner of group?.groups ?? []) seen.add(inner);
  }
  return [...found].sort();
}
