import { type Cell, cellsOf, childrenOf, PAGE, pageType } from './cells.ts';
import type { PageFile } from './page-file.ts';

/** Reads the b-trees of a file and remembers which pages it has met. */
export class Trees {
  readonly file: PageFile;
  readonly #met = new Set<number>();

  constructor(file: PageFile) {
    this.file = file;
  }

  /** All cells of a tree that can be read; answers at the end whether that was everything. */
  *cells(root: number, kind: 'table' | 'index'): Generator<Cell, boolean> {
    const leaf = kind === 'table' ? PAGE.tableLeaf : PAGE.indexLeaf;
    const interior = kind === 'table' ? PAGE.tableInterior : PAGE.indexInterior;
    let isWhole = true;
    const open = [root];
    for (let number = open.pop(); number !== undefined; number = open.pop()) {
      const page = this.file.page(number);
      const type = page && !this.#met.has(number) ? pageType(page, number) : undefined;
      if (!page || (type !== leaf && type !== interior)) {
        isWhole = false;
        continue;
      }
      this.#met.add(number);
      if (type === interior) open.push(...childrenOf(page, number).toReversed());
      if (type === PAGE.tableInterior) continue;
      const { cells, unreadable } = cellsOf(this.file, page, number);
      if (unreadable > 0) isWhole = false;
      yield* cells;
    }
    return isWhole;
  }

  /** Rows on pages that belong to no tree that was read, and are not free: their tree is broken above them. */
  *strayRows(): Generator<Cell> {
    const free = this.#freePages();
    for (let number = 1; number <= this.file.count; number++) {
      if (this.#met.has(number) || free.has(number)) continue;
      const page = this.file.page(number);
      if (page && pageType(page, number) === PAGE.tableLeaf) yield* cellsOf(this.file, page, number).cells;
    }
  }

  /** Pages that hold nothing any more. As far as their list can be read. */
  #freePages(): Set<number> {
    const free = new Set<number>();
    let trunk = this.file.page(1)?.readUInt32BE(32) ?? 0;
    while (trunk !== 0 && !free.has(trunk)) {
      const page = this.file.page(trunk);
      if (!page) break;
      free.add(trunk);
      const count = Math.min(page.readUInt32BE(4), Math.floor(page.length / 4) - 2);
      for (let place = 0; place < count; place++) free.add(page.readUInt32BE(8 + 4 * place));
      trunk = page.readUInt32BE(0);
    }
    return free;
  }
}
