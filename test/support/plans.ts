import { Client, type Pool } from 'pg';

/** A statement as it was sent. */
export interface Recorded {
  readonly text: string;
  readonly values: unknown[];
}

/** The statements that the hub sends while `work` runs. */
export async function recorded(work: () => Promise<unknown>): Promise<Recorded[]> {
  const statements = new Map<string, Recorded>();
  const query = Reflect.get(Client.prototype, 'query') as (...given: unknown[]) => unknown;
  Client.prototype.query = function spy(this: Client, ...given: unknown[]) {
    const [first, second] = given as [string | { text: string; values?: unknown[] }, unknown[]?];
    const text = typeof first === 'string' ? first : first.text;
    const values = (typeof first === 'string' ? second : first.values) ?? [];
    if (/^\s*(--|WITH|SELECT|INSERT|UPDATE|DELETE)/.test(text)) statements.set(text, { text, values });
    return query.apply(this, given);
  } as typeof Client.prototype.query;
  try {
    await work();
  } finally {
    Client.prototype.query = query as typeof Client.prototype.query;
  }
  return [...statements.values()];
}

interface PlanNode {
  readonly 'Node Type': string;
  readonly 'Relation Name'?: string;
  readonly Plans?: readonly PlanNode[];
  readonly 'Actual Rows'?: number;
  readonly 'Actual Loops'?: number;
  readonly 'Rows Removed by Filter'?: number;
  readonly 'Rows Removed by Index Recheck'?: number;
}

export interface PlanOptions {
  /** Before it is planned. */
  readonly settings?: string;
  /** Also as planned once for all values, as a prepared statement may be. */
  readonly generic?: boolean;
  /** Runs what only reads: no node may read more rows of a table than that. */
  readonly rowsMax?: number;
}

/** Those statements that read one of the tables from end to end, or more of it than they may, and which. */
export async function scannedBy(
  pool: Pool,
  statements: readonly Recorded[],
  tables: ReadonlySet<string>,
  options: PlanOptions = {},
): Promise<{ text: string; tables: string[] }[]> {
  const found: { text: string; tables: string[] }[] = [];
  for (const statement of statements) {
    const read = await scansOf(pool, statement, tables, options);
    if (read.length > 0) found.push({ text: statement.text, tables: read });
  }
  return found;
}

async function scansOf(
  pool: Pool,
  { text, values }: Recorded,
  tables: ReadonlySet<string>,
  { settings = '', generic = false, rowsMax }: PlanOptions,
): Promise<string[]> {
  const client = await pool.connect();
  const plan = async (explained: string, given: unknown[]) => {
    type Row = { 'QUERY PLAN': { Plan: PlanNode }[] };
    const { rows } = await client.query<Row>(`EXPLAIN (FORMAT JSON${explained}) ${text}`, given);
    return scanned(rows[0]!['QUERY PLAN'][0]!.Plan, tables, rowsMax ?? Infinity);
  };
  try {
    await client.query(`BEGIN; ${settings}`);
    // What writes has been done, and may not be done again.
    const isRun = rowsMax !== undefined && !/\b(INSERT|UPDATE|DELETE)\b/.test(text);
    const own = await plan(isRun ? ', ANALYZE' : '', values);
    return [...own, ...(generic ? await plan(', GENERIC_PLAN', []) : [])];
  } finally {
    await client.query('ROLLBACK');
    client.release();
  }
}

/** Tables that a plan reads from end to end, or more rows of them than it may. */
function scanned(node: PlanNode, tables: ReadonlySet<string>, rowsMax: number): string[] {
  const table = node['Relation Name'];
  const isMeant = table !== undefined && tables.has(table);
  const isWhole = node['Node Type'] === 'Seq Scan';
  const rows = rowsRead(node);
  const own = isMeant && (isWhole || rows > rowsMax) ? [`${table}${isWhole ? '' : ` ${rows} rows`}`] : [];
  return [...own, ...(node.Plans ?? []).flatMap((child) => scanned(child, tables, rowsMax))];
}

function rowsRead(node: PlanNode): number {
  const { 'Actual Rows': rows = 0, 'Actual Loops': loops = 0 } = node;
  const { 'Rows Removed by Filter': filtered = 0, 'Rows Removed by Index Recheck': rechecked = 0 } = node;
  return Math.round((rows + filtered + rechecked) * loops);
}
