import { ShelfwireError } from '#shared/protocol/errors.ts';

/** A document is complete once so many others have begun after its last row. */
const OTHERS_AFTER = 200;
/** More rows than this in one document is a wrong mapping, not a document. */
const DOCUMENT_ROWS_MAX = 20_000;

interface Group<R> {
  readonly rows: R[];
  /** How many documents had begun when its last row came. */
  begunAtLastRow: number;
}

/**
 * Gathers the rows of each document while a file streams by. Tills write the lines of two receipts between each
 * other now and then, so a document stays open for a while. What closes it depends on the rows alone, not on how the
 * file was cut into chunks: the same file always gives the same documents.
 */
export class DocumentWindow<R> {
  readonly #groupOf: (row: R) => string;
  /** Ordered by last row: the first one has been quiet for longest. */
  readonly #open = new Map<string, Group<R>>();
  #begun = 0;

  constructor(groupOf: (row: R) => string) {
    this.#groupOf = groupOf;
  }

  /** Adds a row; answers documents that are complete now, each as its rows. Throws CSV_FILE_INVALID. */
  add(row: R): R[][] {
    const name = this.#groupOf(row);
    // A row of no document is nobody's: it goes on at once, to be rejected.
    if (name === '') return [[row]];
    const group = this.#open.get(name) ?? { rows: [], begunAtLastRow: ++this.#begun };
    group.rows.push(row);
    group.begunAtLastRow = this.#begun;
    if (group.rows.length > DOCUMENT_ROWS_MAX) {
      throw new ShelfwireError(
        'CSV_FILE_INVALID',
        `The document "${name.slice(0, 80)}" has more than ${DOCUMENT_ROWS_MAX} rows; is the right column mapped?`,
      );
    }
    this.#open.delete(name);
    this.#open.set(name, group);
    return this.#closeQuiet();
  }

  /** At the end of the file: all documents that are still open. */
  end(): R[][] {
    const documents = [...this.#open.values()].map((group) => group.rows);
    this.#open.clear();
    return documents;
  }

  #closeQuiet(): R[][] {
    const closed: R[][] = [];
    for (const [name, group] of this.#open) {
      if (this.#begun - group.begunAtLastRow < OTHERS_AFTER) break;
      closed.push(group.rows);
      this.#open.delete(name);
    }
    return closed;
  }
}
