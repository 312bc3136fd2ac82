/** Searches as Adobe Commerce's REST API answers them: groups of filters, sorting, pages, and only the fields that were asked for. */
type Row = Readonly<Record<string, unknown>>;

export interface Found {
  readonly items: readonly unknown[];
  readonly total_count: number;
}

/** A condition is made once of its value, then asked of every row. */
const CONDITIONS: Readonly<Record<string, (value: string) => (own: unknown) => boolean>> = {
  eq: (value) => isOneOf([value]),
  in: (value) => isOneOf(value.split(',')),
  gt: (value) => (own) => isAbove(own, value),
  gteq(value) {
    const isSame = isOneOf([value]);
    return (own) => isSame(own) || isAbove(own, value);
  },
};
/** MySQL compares text without minding capitals. */
function isOneOf(values: readonly string[]): (own: unknown) => boolean {
  const known = new Set(values.map((value) => value.toLowerCase()));
  return (own) => known.has(String(own).toLowerCase());
}
const isAbove = (own: unknown, value: string): boolean =>
  typeof own === 'number' ? own > Number(value) : String(own) > value;

/** Throws what Adobe would refuse. */
export function search(rows: readonly Row[], query: URLSearchParams, pageMax: number): Found {
  const groups = new Map<string, Map<string, Record<string, string>>>();
  const sorts = new Map<string, Record<string, string>>();
  let [pageSize, page, fields] = [20, 1, ''];
  for (const [name, value] of query) {
    const filter =
      /^searchCriteria\[filter_groups\]\[(\d+)\]\[filters\]\[(\d+)\]\[(field|value|condition_type)\]$/.exec(name);
    const sort = /^searchCriteria\[sortOrders\]\[(\d+)\]\[(field|direction)\]$/.exec(name);
    if (filter !== null) {
      const [, group = '', place = '', part = ''] = filter;
      const own = groups.get(group) ?? new Map<string, Record<string, string>>();
      own.set(place, { ...own.get(place), [part]: value });
      groups.set(group, own);
    } else if (sort !== null) sorts.set(sort[1]!, { ...sorts.get(sort[1]!), [sort[2]!]: value });
    else if (name === 'searchCriteria[pageSize]') pageSize = Number(value);
    else if (name === 'searchCriteria[currentPage]') page = Number(value);
    else if (name === 'fields') fields = value;
    else throw new Error(`Property "${name}" does not have accessor method`);
  }
  if (pageSize > pageMax) throw new Error(`Maximum SearchCriteria pageSize is ${pageMax}`);
  const filters = [...groups.values()].map((group) =>
    [...group.values()].map(({ field = '', value = '', condition_type: is = 'eq' }) => {
      const holds = CONDITIONS[is]?.(value);
      return (row: Row): boolean => {
        if (holds === undefined || !(field in row)) throw new Error(`Column not found: ${field} ${is}`);
        return holds(row[field]);
      };
    }),
  );
  const found = rows.filter((row) => filters.every((group) => group.some((holds) => holds(row))));
  const by = [...sorts.values()].map(({ field = '' }) => field);
  found.sort((a, b) => {
    for (const field of by) if (a[field] !== b[field]) return isAbove(a[field], String(b[field])) ? 1 : -1;
    return 0;
  });
  // Behind the last page the last one comes again.
  const from = (Math.min(page, Math.max(1, Math.ceil(found.length / pageSize))) - 1) * pageSize;
  const whole = { items: found.slice(from, from + pageSize), total_count: found.length };
  return (fields === '' ? whole : pick(whole, fields)) as Found;
}

/** "items[sku,more[a]],total_count". Throws for a field that is not well formed. */
function pick(value: unknown, fields: string): unknown {
  const wanted = new Map<string, string>();
  let [depth, from] = [0, 0];
  for (let at = 0; at <= fields.length; at += 1) {
    const char = fields[at] ?? ',';
    if (char === '[') depth += 1;
    else if (char === ']') depth -= 1;
    if (char !== ',' || depth !== 0) continue;
    const [, name = '', inner = ''] = /^([a-z_]+)(?:\[(.*)\])?$/.exec(fields.slice(from, at)) ?? [];
    if (name === '') throw new Error(`The fields are not well formed: ${fields.slice(from, at)}`);
    wanted.set(name, inner);
    from = at + 1;
  }
  const ofOne = (one: unknown): unknown =>
    Object.fromEntries(
      Object.entries(one as object).flatMap(([name, own]) => {
        const inner = wanted.get(name);
        // What is null is left out.
        if (inner === undefined || own === null || own === undefined) return [];
        return [
          [name, inner === '' ? own : Array.isArray(own) ? own.map((each) => pick(each, inner)) : pick(own, inner)],
        ];
      }),
    );
  return ofOne(value);
}
