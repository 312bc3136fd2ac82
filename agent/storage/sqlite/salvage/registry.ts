import type { Mark, Registered } from '../mark.ts';
import type { Cell } from './cells.ts';
import type { Trees } from './trees.ts';

/** Where the trees of a damaged file begin, and which collections it holds, from all that can still be read of it. */
export interface Registry {
  readonly roots: ReadonlyMap<string, number>;
  readonly tables: readonly Registered[];
}

/** The registry's rows in the file count; where they are lost, the copy in the mark stands in. */
export function readRegistry(trees: Trees, mark: Mark | undefined): Registry {
  const roots = new Map<string, number>();
  const cells = trees.cells(1, 'table');
  let step = cells.next();
  for (; !step.done; step = cells.next()) noteRoot(roots, step.value);
  // The file's own table of contents is broken: its pages may lie about without a way to them.
  if (!step.value) for (const cell of trees.strayRows()) noteRoot(roots, cell);

  const byNumber = new Map((mark?.tables ?? []).map((table) => [table.number, table]));
  const root = roots.get('shelfwire_tables');
  if (root !== undefined) {
    for (const { rowid, values } of trees.cells(root, 'table')) {
      const [, collection, version, shape, floor] = values;
      if (typeof collection !== 'string' || typeof version !== 'number') continue;
      const before = byNumber.get(rowid);
      byNumber.set(rowid, {
        number: rowid,
        collection,
        version,
        shape: typeof shape === 'string' ? shape : null,
        floor: Math.max(before?.floor ?? 0, typeof floor === 'number' ? floor : 0),
      });
    }
  }
  return { roots, tables: [...byNumber.values()] };
}

/** Takes a row of SQLite's table of contents: type, name, table, root, sql. Others are not meant. */
function noteRoot(roots: Map<string, number>, { values }: Cell): void {
  const [type, name, , root] = values;
  if (values.length !== 5 || (type !== 'table' && type !== 'index')) return;
  if (typeof name === 'string' && typeof root === 'number' && root > 1 && !roots.has(name)) roots.set(name, root);
}
