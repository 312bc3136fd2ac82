import type { Mark } from '../mark.ts';
import type { Cell } from './cells.ts';
import { PageFile } from './page-file.ts';
import { RebuiltFile } from './rebuilt-file.ts';
import { readRegistry } from './registry.ts';
import type { CollectionReport, LostDocument } from './report.ts';
import { SavedTable, type Verify } from './saved-table.ts';
import { Trees } from './trees.ts';

export interface SalvageOptions {
  readonly verify?: Verify | undefined;
  /** Collections that begin anew, given those that are not whole and all that there are. */
  readonly leaveOut?: ((damaged: readonly string[], all: readonly string[]) => readonly string[]) | undefined;
}

export interface Salvaged {
  readonly collections: CollectionReport[];
  readonly lost: LostDocument[];
  /** Rows that no collection took, verbatim. */
  readonly unfit: { collection: string | null; seq: number; reason: string; values: unknown[] }[];
}

interface Progress {
  readonly table: SavedTable;
  readonly taken: Set<number>;
  /** Rows that an index names or that could be read but not taken, with what is known of them. */
  readonly known: Map<number, Record<string, unknown>>;
  isWhole: boolean;
}

/**
 * Reads all that can be read of a damaged file, page by page and row by row, into a new one. First along the trees, then
 * on pages that no readable tree leads to. A document is taken only when it is what was written. Indexes tell which rows are lost.
 */
export function salvage(path: string, target: string, mark: Mark | undefined, options: SalvageOptions): Salvaged {
  const file = new PageFile(path);
  const rebuilt = new RebuiltFile(target);
  try {
    const run = new Salvage(file, rebuilt, mark, options);
    const salvaged = run.run();
    rebuilt.finish();
    return salvaged;
  } finally {
    rebuilt.abandon();
    file.close();
  }
}

class Salvage {
  readonly #rebuilt: RebuiltFile;
  readonly #options: SalvageOptions;
  readonly #trees: Trees;
  readonly #roots: ReadonlyMap<string, number>;
  readonly #all: Progress[];
  readonly #unfit: Salvaged['unfit'] = [];

  constructor(file: PageFile, rebuilt: RebuiltFile, mark: Mark | undefined, options: SalvageOptions) {
    this.#rebuilt = rebuilt;
    this.#options = options;
    this.#trees = new Trees(file);
    const { roots, tables } = readRegistry(this.#trees, mark);
    this.#roots = roots;
    this.#all = tables.flatMap((registered) => {
      const table = SavedTable.from(registered, options.verify);
      // A log with broken frames may lack any table's last rows.
      const isWhole = file.wal.damage === undefined;
      return table
        ? [{ table, taken: new Set<number>(), known: new Map<number, Record<string, unknown>>(), isWhole }]
        : [];
    });
  }

  run(): Salvaged {
    for (const progress of this.#all) this.#readTrees(progress);
    for (const cell of this.#trees.strayRows()) this.#takeStray(cell);
    const lost = this.#all.flatMap((progress) => lostOf(progress));
    return { collections: this.#close(lost), lost, unfit: this.#unfit };
  }

  #readTrees(progress: Progress): void {
    const { table, known } = progress;
    const { names, indexes, shape } = table;
    this.#rebuilt.add(table);
    const isRead = this.#each(names.table, 'table', (cell) => this.#take(progress, cell));
    progress.isWhole &&= isRead;
    const idIndex = { name: names.idIndex, columns: shape.columns.slice(0, 1) };
    for (const { name, columns } of [idIndex, ...indexes, { name: `${names.table}_dead`, columns: [] }]) {
      this.#each(name, 'index', ({ values }) => {
        const seq = values.at(-1);
        if (typeof seq !== 'number' || values.length !== Math.max(2, columns.length + 1) || progress.taken.has(seq))
          return;
        const fields = columns.map(({ field }, place) => [field, values[place] ?? null] as const);
        known.set(seq, { ...known.get(seq), ...Object.fromEntries(fields) });
      });
    }
    if (!shape.attachments) return;
    progress.isWhole &&= this.#each(names.attachments, 'table', ({ values }) =>
      this.#rebuilt.insertAttachment(table, values),
    );
  }

  #each(name: string, kind: 'table' | 'index', take: (cell: Cell) => void): boolean {
    const root = this.#roots.get(name);
    if (root === undefined) return false;
    const cells = this.#trees.cells(root, kind);
    let step = cells.next();
    for (; !step.done; step = cells.next()) take(step.value);
    return step.value;
  }

  #take({ table, taken, known }: Progress, cell: Cell): void {
    const reading = table.read(cell);
    if ('unfit' in reading) {
      known.set(cell.rowid, {});
      this.#unfit.push({ collection: table.collection, seq: cell.rowid, reason: reading.unfit, values: cell.values });
      return;
    }
    taken.add(cell.rowid);
    this.#rebuilt.insert(table, cell.rowid, reading.text, reading.document);
  }

  #takeStray(cell: Cell): void {
    // Rows of SQLite's and of our own tables of contents have no document.
    const text = cell.values.at(-1);
    if (typeof text !== 'string' || !text.startsWith('{')) return;
    const [owner, ...others] = this.#all.filter(({ table }) => table.claims(cell));
    if (owner && others.length === 0) this.#take(owner, cell);
    else {
      const reason = owner ? 'several collections could have it' : 'no collection is known to have it';
      this.#unfit.push({ collection: null, seq: cell.rowid, reason, values: cell.values });
    }
  }

  #close(lost: readonly LostDocument[]): CollectionReport[] {
    const losers = new Set(lost.map(({ collection }) => collection));
    const isWhole = (progress: Progress) => progress.isWhole && !losers.has(progress.table.collection);
    const damaged = this.#all.filter((progress) => !isWhole(progress)).map(({ table }) => table.collection);
    const all = this.#all.map(({ table }) => table.collection);
    const leftOut = new Set(this.#options.leaveOut?.(damaged, all) ?? []);
    return this.#all.map((progress) => {
      const { table, taken, known } = progress;
      const topSeq = [...taken, ...known.keys()].reduce((top, seq) => Math.max(top, seq), 0);
      const recovered = this.#rebuilt.close(table, topSeq);
      const { collection, version } = table.registered;
      const isOut = leftOut.has(collection);
      if (isOut) this.#rebuilt.leaveOut(table);
      return {
        collection,
        version,
        recovered: isOut ? 0 : recovered,
        lost: lost.filter((one) => one.collection === collection).length,
        isWhole: isWhole(progress),
        leftOut: isOut,
      };
    });
  }
}

function lostOf({ table, taken, known }: Progress): LostDocument[] {
  return [...known]
    .filter(([seq]) => !taken.has(seq))
    .map(([seq, fields]) => ({ collection: table.collection, seq, fields }))
    .toSorted((a, b) => a.seq - b.seq);
}
