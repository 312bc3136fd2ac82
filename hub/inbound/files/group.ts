import { transaction, withRetries } from '#hub/db/transaction.ts';
import { takeProducts } from '../products/take-products.ts';
import { insertRejects, type Reject } from '../rejects.ts';
import { takeFacts, type Item } from '../take-facts.ts';
import type { FileContext } from './file-context.ts';

/** So many are taken in one transaction. */
const GROUP_ITEMS = 500;

interface FileItem extends Item {
  /** How many rows it was made of. */
  readonly rows: number;
}

/** Items of a file on their way, some hundred at a time, with the rows that are none. */
export class ItemGroup {
  readonly #context: FileContext;
  readonly #kind: 'facts' | 'products';
  #items: FileItem[] = [];
  #rejects: Reject[] = [];

  constructor(context: FileContext, kind: 'facts' | 'products') {
    this.#context = context;
    this.#kind = kind;
  }

  add(item: FileItem): void {
    this.#items.push(item);
  }

  /** A row that is no item. */
  reject(reject: Omit<Reject, 'way'>): void {
    this.#rejects.push({ ...reject, way: this.#context.way });
    this.#context.report.reject({ ...reject, row: reject.verbatim });
  }

  async flushIfFull(): Promise<void> {
    if (this.#items.length >= GROUP_ITEMS || this.#rejects.length >= GROUP_ITEMS) await this.flush();
  }

  async flush(): Promise<void> {
    const { parts, source, way, hold } = this.#context;
    const items = this.#items.splice(0);
    const rejects = this.#rejects.splice(0);
    const within: typeof hold = async (client) => {
      await insertRejects(client, source.source, rejects);
      await hold(client);
    };
    if (items.length === 0) {
      if (rejects.length > 0) await withRetries(() => transaction(parts.pool, within));
      return;
    }
    const take = this.#kind === 'facts' ? takeFacts : takeProducts;
    const results = await take(parts, source, items, way, within);
    for (const [place, result] of results.entries()) this.#tell(items[place], result);
  }

  #tell(item: FileItem | undefined, result: { status: string; code?: Reject['code']; detail?: string }): void {
    const { report } = this.#context;
    const { status, code, detail = '' } = result;
    if (status !== 'rejected') report.count(status);
    if (code === undefined || item === undefined) return;
    const rows = status === 'rejected' ? item.rows : 0;
    report.reject({ line: item.line, code, detail, row: item.verbatim() }, rows);
  }
}
