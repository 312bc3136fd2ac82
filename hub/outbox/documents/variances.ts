import { joined, literal } from '#hub/db/array-parameter.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import type { TakenFact, VarianceChange, VarianceLine } from './spread-entries.ts';

/**
 * By how much the counts in force found more or less than was expected, over all of a position's life: with the
 * movements it makes onHand. So an ERP that gets the movements needs its changes, and nothing else of counts.
 */
const FOUND = `sum(c.counted - c.expected) FILTER (WHERE NOT c.voided AND NOT c.held)`;

/**
 * $1-$5 lines of facts: location_no, sku, at, journal_no, seq; only those that lie before a count change what it found.
 * $6-$7 positions that are looked at in any case.
 */
const TELL = `
  WITH late AS (
    SELECT DISTINCT l.location_no, l.sku
    FROM unnest($1::int[], string_to_array($2, E'\\n'), $3::bigint[], $4::int[], $5::bigint[])
      AS l (location_no, sku, at, journal_no, seq)
    WHERE EXISTS (SELECT FROM counts c WHERE c.location_no = l.location_no AND c.sku = l.sku COLLATE "C"
      AND (c.at, c.journal_no, c.seq) > (l.at, l.journal_no, l.seq))
  ), looked AS (
    SELECT location_no, sku COLLATE "C" AS sku FROM late
    UNION SELECT location_no, sku COLLATE "C" FROM unnest($6::int[], string_to_array($7, E'\\n')) AS p (location_no, sku)
  ), found AS (
    SELECT k.location_no, k.sku, coalesce(f.units, 0) AS units, coalesce(f.units, 0) - coalesce(t.units, 0) AS change
    FROM looked k
    CROSS JOIN LATERAL (
      SELECT ${FOUND} AS units FROM counts c WHERE c.location_no = k.location_no AND c.sku = k.sku
    ) AS f
    LEFT JOIN variances_told t ON t.location_no = k.location_no AND t.sku = k.sku
  ), told AS (
    INSERT INTO variances_told (location_no, sku, units)
    SELECT location_no, sku, units FROM found WHERE change <> 0
    ON CONFLICT (location_no, sku) DO UPDATE SET units = excluded.units
  )
  SELECT f.location_no AS location, l.code, json_agg(json_build_object('sku', sku, 'quantity', change) ORDER BY sku) AS lines
  FROM found f JOIN locations l USING (location_no)
  WHERE change <> 0 GROUP BY f.location_no, l.code ORDER BY f.location_no`;

/** Of voids, whose target may be a count: every sku of it. */
const TARGETS = `
  SELECT t.location_no AS location, x.line ->> 'sku' AS sku, CASE WHEN t.kind = 'count' THEN v.told_by END AS "toldBy"
  FROM unnest($1::int[], string_to_array($2, E'\\n'), $3::int[]) AS v (location_no, key, told_by)
  JOIN facts t ON t.location_no = v.location_no AND t.key = v.key COLLATE "C"
  CROSS JOIN LATERAL json_array_elements(coalesce(t.body::json -> 'lines', '[]')) AS x (line)`;

const BASE = `
  INSERT INTO variances_told (location_no, sku, units)
  SELECT location_no, sku, ${FOUND} FROM counts c GROUP BY location_no, sku HAVING ${FOUND} <> 0`;

interface Position {
  readonly location: number;
  readonly sku: string;
}

interface Body {
  readonly voids?: string;
  readonly lines?: readonly { readonly sku: string }[];
}

interface Target extends Position {
  readonly toldBy: number | null;
}

type Told = Omit<VarianceChange, 'lines'> & { readonly lines: readonly Omit<VarianceLine, 'toldBy'>[] };

/**
 * Works out what changed of counts' findings by these facts and judgements, and notes that it was told. An ERP whose own count
 * changed it has the number already.
 */
export async function tellVariances(
  client: Queryable,
  facts: readonly TakenFact[],
  judged: readonly Position[],
): Promise<VarianceChange[]> {
  const looked = [...judged];
  const moved: (Position & Pick<TakenFact, 'at' | 'journal' | 'seq'>)[] = [];
  const voids: { location: number; key: string; toldBy: number | null }[] = [];
  const counted: Target[] = [];
  for (const { location, kind, body: text, at, journal, seq, toldBy } of facts) {
    const { voids: key, lines = [] } = JSON.parse(text) as Body;
    if (key !== undefined) voids.push({ location, key, toldBy });
    for (const { sku } of lines) {
      if (kind === 'count') counted.push({ location, sku, toldBy });
      else moved.push({ location, sku, at, journal, seq });
    }
  }
  if (voids.length > 0) {
    const named = [
      literal(voids.map(({ location }) => location)),
      joined(voids.map(({ key }) => key)),
      literal(voids.map(({ toldBy }) => toldBy)),
    ];
    counted.push(...(await client.query<Target>(TARGETS, named)).rows);
  }
  looked.push(...counted);
  if (looked.length + moved.length === 0) return [];
  const { rows } = await client.query<Told>(TELL, [
    literal(moved.map(({ location }) => location)),
    joined(moved.map(({ sku }) => sku)),
    literal(moved.map(({ at }) => at)),
    literal(moved.map(({ journal }) => journal)),
    literal(moved.map(({ seq }) => seq)),
    literal(looked.map(({ location }) => location)),
    joined(looked.map(({ sku }) => sku)),
  ]);
  const tellers = tellersOf(counted);
  return rows.map(({ lines, ...at }) => ({
    ...at,
    lines: lines.map((line) => ({ ...line, toldBy: [...(tellers.get(nameOf(at.location, line.sku)) ?? [])] })),
  }));
}

const nameOf = (location: number, sku: string): string => `${location} ${sku}`;

function tellersOf(counted: readonly Target[]): Map<string, Set<number>> {
  const tellers = new Map<string, Set<number>>();
  for (const { location, sku, toldBy } of counted) {
    if (toldBy === null) continue;
    const name = nameOf(location, sku);
    tellers.set(name, (tellers.get(name) ?? new Set()).add(toldBy));
  }
  return tellers;
}

/** What counts have found up to now is taken as known to the ERP. Under the merge locks of every location. */
export async function beginVariances(client: Queryable): Promise<void> {
  await client.query('DELETE FROM variances_told');
  await client.query(BASE);
}
