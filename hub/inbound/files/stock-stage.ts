import type { PoolClient } from 'pg';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { appendFacts } from '#hub/ledger/append.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { locationOf } from '../items/location.ts';
import { stockLine, type StockLine } from '../items/stock-item.ts';
import { countDraft, PART_LINES, whyNoCount } from '../stock/count-facts.ts';
import { insertRejects } from '../rejects.ts';
import {
  addLines,
  beginStatement,
  completeStatement,
  forgetUnfinished,
  removeLines,
  removeStatement,
} from '../stock/statements.ts';
import { rejectUncounted } from '../stock/take-statement.ts';
import { useAt, wantedUse } from '../stock/use.ts';
import { locationNumbers } from '../take-facts.ts';
import type { FileContext } from './file-context.ts';

const BUFFERED_LINES = 2_000;

/** A file with more skus than that of which something is wrong is wrong as a whole. */
const LEFT_OUT_MAX = 50_000;
const LEFT_OUT = 'another row of this sku could not be read';

interface Buffered {
  lines: StockLine[];
  asOf: number;
}

/**
 * The statements of a file of stock rows, one at each location. Lines are staged in the database, where those of one sku are
 * added up, and nobody reads them before the file is whole: memory stays bounded, and what an interrupted reading left is removed by
 * the next.
 */
export class StockStage {
  readonly #context: FileContext;
  readonly #key: string;
  readonly #numbers = new Map<string, number | undefined>();
  readonly #staged = new Map<string, { readonly statement: number; readonly complete: boolean }>();
  #buffer = new Map<string, Buffered>();
  #buffered = 0;
  readonly #leftOut = new Map<string, Set<string>>();
  #leftOutSkus = 0;

  constructor(context: FileContext, mapping: string) {
    this.#context = context;
    this.#key = `${mapping}:${context.sha256.slice(0, 24)}`;
  }

  async begin(): Promise<void> {
    const { parts, source, hold } = this.#context;
    await withRetries(() =>
      transaction(parts.pool, async (client) => {
        await hold(client);
        await forgetUnfinished(client, source.source, this.#key);
      }),
    );
  }

  /** Throws INBOUND_INVALID, INBOUND_LOCATION_UNKNOWN, INBOUND_LOCATION_FORBIDDEN: the row is rejected. */
  async add(named: string, at: number | undefined, given: unknown): Promise<void> {
    const { source, report, writtenAt } = this.#context;
    const line = stockLine.safeParse(given);
    if (!line.success) throw new ShelfwireError('INBOUND_INVALID', line.error.issues[0]?.message ?? 'no line of stock');
    const code = locationOf(source.settings, named);
    await this.#requireLocation(code);
    if (wantedUse(source.settings, code) === 'ignore') return report.count('ignored');
    const asOf = Math.min(at ?? writtenAt, writtenAt);
    const buffered = this.#buffer.get(code) ?? { lines: [], asOf };
    buffered.lines.push(line.data);
    buffered.asOf = Math.min(buffered.asOf, asOf);
    this.#buffer.set(code, buffered);
    this.#buffered += 1;
    if (this.#buffered >= BUFFERED_LINES) await this.#flush();
  }

  /**
   * A row of a sku could not be read: what its other rows come to is not what is there, so nothing is said of it. Throws
   * CSV_FILE_INVALID when there are too many of these.
   */
  leaveOut(named: string, sku: string): void {
    const code = this.#codeOf(named);
    if (code === undefined || sku === '') return;
    const skus = this.#leftOut.get(code) ?? new Set();
    this.#leftOut.set(code, skus);
    if (skus.has(sku)) return;
    skus.add(sku);
    this.#leftOutSkus += 1;
    if (this.#leftOutSkus <= LEFT_OUT_MAX) return;
    throw new ShelfwireError('CSV_FILE_INVALID', `Rows of more than ${LEFT_OUT_MAX} skus cannot be read.`);
  }

  /** The file is whole: what is staged becomes counts, or is read from now on. */
  async finish(): Promise<void> {
    await this.#flush();
    for (const [code, { statement, complete }] of [...this.#staged].toSorted(([a], [b]) => (a < b ? -1 : 1))) {
      if (complete) {
        this.#context.report.count('duplicate');
        continue;
      }
      await this.#takeOut(statement, [...(this.#leftOut.get(code) ?? [])]);
      await this.#finishOne(code, statement);
    }
  }

  /** Undefined: of no location that the source may speak of. */
  #codeOf(named: string): string | undefined {
    try {
      return locationOf(this.#context.source.settings, named);
    } catch (error) {
      if (error instanceof ShelfwireError) return undefined;
      throw error;
    }
  }

  async #takeOut(statement: number, skus: readonly string[]): Promise<void> {
    if (skus.length === 0) return;
    const { source, report, hold, way } = this.#context;
    const rejects = await this.#inTransaction(async (client) => {
      await hold(client);
      const lines = await removeLines(client, statement, skus);
      const made = lines.map((line) => ({
        way,
        line: null,
        code: 'INBOUND_INVALID' as const,
        detail: `quantity: ${LEFT_OUT}; statement "${this.#key}"`,
        verbatim: JSON.stringify(line),
      }));
      await insertRejects(client, source.source, made);
      return made;
    });
    for (const { verbatim: row, ...reject } of rejects) report.reject({ ...reject, row });
  }

  async #requireLocation(code: string): Promise<void> {
    if (!this.#numbers.has(code)) {
      const { pool } = this.#context.parts;
      const known = await withRetries(() => transaction(pool, (client) => locationNumbers(client, [code])));
      this.#numbers.set(code, known.get(code));
    }
    if (this.#numbers.get(code) === undefined) {
      throw new ShelfwireError('INBOUND_LOCATION_UNKNOWN', `There is no location "${code}".`);
    }
  }

  async #flush(): Promise<void> {
    const buffer = [...this.#buffer].toSorted(([a], [b]) => (a < b ? -1 : 1));
    this.#buffer = new Map();
    this.#buffered = 0;
    if (buffer.length === 0) return;
    const { parts, source, hold } = this.#context;
    await withRetries(() =>
      transaction(parts.pool, async (client) => {
        await hold(client);
        for (const [code, { lines, asOf }] of buffer) {
          const name = { source: source.source, location: this.#numberOf(code), key: this.#key };
          const head = await beginStatement(client, name, Math.min(asOf, parts.clock.now()));
          this.#staged.set(code, { statement: head.statement_no, complete: head.complete });
          if (!head.complete) await addLines(client, head.statement_no, lines);
        }
      }),
    );
  }

  async #finishOne(code: string, statement: number): Promise<void> {
    const { parts, source, report, hold } = this.#context;
    const location = this.#numberOf(code);
    const { use } = await this.#inTransaction((client) => useAt(client, source.settings, { code, number: location }));
    if (use !== 'count') {
      await this.#inTransaction(async (client) => {
        await hold(client);
        await completeStatement(client, statement, null);
      });
      report.count('statements');
      return;
    }
    let after = '';
    for (let part = 0; ; part += 1) {
      const from = after;
      const last = await this.#inTransaction(async (client) => {
        await hold(client);
        const { lines, asOf } = await readPart(client, statement, from);
        const uncounted = lines.filter(({ quantity }) => whyNoCount(quantity) !== undefined);
        await rejectUncounted(client, source, this.#context.way, this.#key, uncounted);
        const counted = lines.filter(({ quantity }) => whyNoCount(quantity) === undefined);
        const of = { code: source.code, key: this.#key, asOf, now: parts.clock.now() };
        const drafts = counted.length === 0 ? [] : [countDraft(of, part, counted)];
        const [outcomes = []] = await appendFacts(client, source.source, [{ location, drafts }], parts.observer);
        if (lines.length < PART_LINES) await removeStatement(client, statement);
        return { sku: lines.length < PART_LINES ? undefined : lines.at(-1)?.sku, outcomes, uncounted };
      });
      for (const { status } of last.outcomes) report.count(status);
      for (const line of last.uncounted) {
        const row = JSON.stringify(line);
        const detail = `quantity: ${whyNoCount(line.quantity)}`;
        report.reject({ line: null, code: 'INBOUND_INVALID', detail, row });
      }
      if (last.sku === undefined) return;
      after = last.sku;
    }
  }

  #inTransaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    return withRetries(() => transaction(this.#context.parts.pool, work));
  }

  #numberOf(code: string): number {
    const number = this.#numbers.get(code);
    if (number === undefined) throw new Error(`the location ${code} was not looked up`);
    return number;
  }
}

async function readPart(
  client: PoolClient,
  statement: number,
  after: string,
): Promise<{ lines: StockLine[]; asOf: number }> {
  const head = await client.query<{ asOf: number }>(
    'SELECT as_of AS "asOf" FROM stock_statement_heads WHERE statement_no = $1',
    [statement],
  );
  const { rows } = await client.query<StockLine>(
    `SELECT sku, quantity FROM stock_statement_lines WHERE statement_no = $1 AND sku > $2 COLLATE "C" ORDER BY sku LIMIT $3`,
    [statement, after, PART_LINES],
  );
  return { lines: rows, asOf: head.rows[0]?.asOf ?? 0 };
}
