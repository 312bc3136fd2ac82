import { joined, literal } from '#hub/db/array-parameter.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import type { Line } from './side.ts';

const INSERT = `
  INSERT INTO comparison_lines (run_no, location, sku, reference, ours, theirs, read_at, doubt)
  SELECT $1, location, sku, reference, ours, theirs, clock_timestamp(), nullif(doubt, '')
  FROM unnest($2::text[], string_to_array($3, E'\\n'), $4::text[], $5::float8[], $6::float8[], $7::text[]) AS l (location, sku, reference, ours, theirs, doubt)`;

/** Keeps a page of what the other side says. Texts have no newlines: whoever reads has checked them. */
export async function stageLines(client: Pick<Queryable, 'query'>, run: number, lines: readonly Line[]): Promise<void> {
  if (lines.length === 0) return;
  await client.query({
    name: 'stage-comparison-lines',
    text: INSERT,
    values: [
      run,
      lines.map(({ location }) => location),
      joined(lines.map(({ sku }) => sku)),
      lines.map(({ reference }) => reference),
      literal(lines.map(({ ours }) => ours ?? null)),
      literal(lines.map(({ theirs }) => theirs)),
      lines.map(({ doubt }) => doubt ?? ''),
    ],
  });
}
