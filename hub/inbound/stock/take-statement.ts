import type { PoolClient } from 'pg';
import { ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import { transaction, withRetries, type Within } from '#hub/db/transaction.ts';
import { appendFacts } from '#hub/ledger/append.ts';
import { readStockItem, type ReadStatement, type StockLine } from '../items/stock-item.ts';
import { insertRejects, type Way } from '../rejects.ts';
import type { StockUse } from '../settings.ts';
import { noteHeard, type Source } from '../source.ts';
import { countOf, locationNumbers, type Item, type TakeParts } from '../take-facts.ts';
import { countable, countDraft, PART_LINES, whyNoCount } from './count-facts.ts';
import { addLines, beginStatement, completeStatement, digestOfStatement } from './statements.ts';
import { useAt } from './use.ts';

/** What became of a statement. */
export interface StatementResult {
  readonly status: 'taken' | 'duplicate' | 'quarantined' | 'ignored' | 'rejected';
  readonly key: string | null;
  /** What it was taken as; null: not at all. */
  readonly use: StockUse | null;
  /** It would have been a count, but an agent counts there. */
  readonly hasAgent: boolean;
  readonly lines: number;
  /** Lines that are no count: below zero, or too many. */
  readonly rejectedLines: number;
  readonly code?: ErrorCode;
  readonly detail?: string;
}

/** Takes one statement as a whole: as a count, to be compared with, or not at all. The same again changes nothing. */
export async function takeStatement(
  parts: TakeParts,
  source: Source,
  item: Item,
  way: Way,
  within?: Within,
): Promise<StatementResult> {
  const result = await withRetries(() =>
    transaction(parts.pool, async (client) => {
      const taken = await taking(client, parts, source, way, item, () => readStockItem(item.given, source));
      await within?.(client);
      return taken;
    }),
  );
  await noteHeard(parts.pool, source).catch(() => undefined);
  parts.observe?.(source.code, countOf([result]));
  return result;
}

async function taking(
  client: PoolClient,
  parts: TakeParts,
  source: Source,
  way: Way,
  item: Item,
  read: () => ReadStatement,
): Promise<StatementResult> {
  try {
    return await takeRead(client, parts, source, way, read());
  } catch (error) {
    if (!(error instanceof ShelfwireError) || !KEPT.has(error.code)) throw error;
    const { code, message: detail } = error;
    await insertRejects(client, source.source, [{ way, line: item.line, code, detail, verbatim: item.verbatim() }]);
    const key = (item.given as { key?: unknown } | null)?.key;
    const nothing = { use: null, hasAgent: false, lines: 0, rejectedLines: 0 };
    return { status: 'rejected', key: typeof key === 'string' ? key.slice(0, 128) : null, ...nothing, code, detail };
  }
}

/** What is the statement's own fault: it is kept, and the source is told. */
const KEPT: ReadonlySet<ErrorCode> = new Set([
  'INBOUND_INVALID',
  'INBOUND_LOCATION_UNKNOWN',
  'INBOUND_LOCATION_FORBIDDEN',
  'INBOUND_STATEMENT_REUSED',
]);

async function takeRead(
  client: PoolClient,
  parts: TakeParts,
  source: Source,
  way: Way,
  { location: code, key, asOf, lines }: ReadStatement,
): Promise<StatementResult> {
  const location = (await locationNumbers(client, [code])).get(code);
  if (location === undefined) throw new ShelfwireError('INBOUND_LOCATION_UNKNOWN', `There is no location "${code}".`);
  const { use, hasAgent } = await useAt(client, source.settings, { code, number: location });
  const told = { key, use, hasAgent, lines: lines.length, rejectedLines: 0 };
  if (use === 'ignore') return { ...told, status: 'ignored' };
  if (use === 'count') {
    const counted = await takeAsCount(client, parts, source, way, { location, key, asOf, lines });
    return { ...told, ...counted };
  }
  const head = await beginStatement(
    client,
    { source: source.source, location, key },
    Math.min(asOf, parts.clock.now()),
  );
  const digest = digestOfStatement(asOf, lines);
  if (head.complete) {
    if (head.digest?.replaceAll('-', '') === digest) return { ...told, status: 'duplicate' };
    throw new ShelfwireError(
      'INBOUND_STATEMENT_REUSED',
      `The statement "${key}" of "${code}" said something else before.`,
    );
  }
  await addLines(client, head.statement_no, lines);
  await completeStatement(client, head.statement_no, digest);
  return { ...told, status: 'taken' };
}

interface StatementAt {
  readonly location: number;
  readonly key: string;
  readonly asOf: number;
  readonly lines: readonly StockLine[];
}

async function takeAsCount(
  client: PoolClient,
  { observer, clock }: TakeParts,
  source: Source,
  way: Way,
  { location, key, asOf, lines }: StatementAt,
): Promise<Pick<StatementResult, 'status' | 'rejectedLines' | 'code' | 'detail'>> {
  const { counted, uncounted } = countable(lines);
  await rejectUncounted(client, source, way, key, uncounted);
  const drafts = [];
  for (let from = 0; from < counted.length; from += PART_LINES) {
    const part = from / PART_LINES;
    drafts.push(
      countDraft({ code: source.code, key, asOf, now: clock.now() }, part, counted.slice(from, from + PART_LINES)),
    );
  }
  const [outcomes = []] = await appendFacts(client, source.source, [{ location, drafts }], observer);
  const rejectedLines = uncounted.length;
  const aside = outcomes.find((outcome) => outcome.status === 'quarantined');
  if (aside?.status === 'quarantined') {
    return { status: 'quarantined', rejectedLines, code: aside.code, detail: aside.detail };
  }
  if (outcomes.length === 0)
    return { status: 'rejected', rejectedLines, code: 'INBOUND_INVALID', detail: 'No line of it is a count.' };
  return { status: outcomes.some(({ status }) => status === 'taken') ? 'taken' : 'duplicate', rejectedLines };
}

/** Kept one by one, beside those that are counted. */
export async function rejectUncounted(
  client: PoolClient,
  source: Source,
  way: Way,
  key: string,
  uncounted: readonly StockLine[],
): Promise<void> {
  await insertRejects(
    client,
    source.source,
    uncounted.map((line) => ({
      way,
      line: null,
      code: 'INBOUND_INVALID' as const,
      detail: `quantity: ${whyNoCount(line.quantity)}; statement "${key}"`,
      verbatim: JSON.stringify(line),
    })),
  );
}
