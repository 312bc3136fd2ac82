import { readOwnFile } from '#shared/files/drop-folder.ts';
import { physicalLines, type PhysicalLine } from '#shared/files/physical-lines.ts';
import { describeIssues } from '#shared/protocol/content.ts';
import { inboundLine, type InboundLine } from '../items/message.ts';
import { takeStatement } from '../stock/take-statement.ts';
import { Interrupted, type FileContext } from './file-context.ts';
import { ItemGroup } from './group.ts';

const CHUNK_BYTES = 128 * 1024;

/** Takes a file of JSON lines, each for itself, in a stream. Throws CSV_FILE_INVALID for what is no text, Interrupted. */
export async function takeJsonLines(context: FileContext): Promise<void> {
  const groups = { facts: new ItemGroup(context, 'facts'), products: new ItemGroup(context, 'products') };
  let number = 0;
  for await (const lines of physicalLines(readOwnFile(context.path, CHUNK_BYTES), 'utf8')) {
    if (context.isStopping()) throw new Interrupted();
    for (const line of lines) await takeLine(context, groups, line, ++number);
    for (const group of Object.values(groups)) await group.flushIfFull();
  }
  for (const group of Object.values(groups)) await group.flush();
}

async function takeLine(
  context: FileContext,
  groups: Readonly<Record<'facts' | 'products', ItemGroup>>,
  { text, cut }: PhysicalLine,
  line: number,
): Promise<void> {
  if (text.trim() === '') return;
  context.report.rowsRead += 1;
  const read = cut ? { reason: `the line has more than ${text.length} characters` } : readLine(text);
  if ('reason' in read) {
    groups.facts.reject({ line, code: 'INBOUND_INVALID', detail: read.reason, verbatim: text });
    return;
  }
  const { type, data } = read.line;
  const item = { given: data, verbatim: () => text, line, rows: 1 };
  if (type === 'inbound.fact') groups.facts.add(item);
  else if (type === 'inbound.product') groups.products.add(item);
  else await takeStock(context, item);
}

async function takeStock(context: FileContext, item: Parameters<ItemGroup['add']>[0]): Promise<void> {
  const { parts, source, way, hold, report } = context;
  const { status, code, detail = '' } = await takeStatement(parts, source, item, way, hold);
  if (status !== 'rejected') report.count(status);
  if (code !== undefined)
    report.reject({ line: item.line, code, detail, row: item.verbatim() }, status === 'rejected' ? 1 : 0);
}

function readLine(text: string): { line: InboundLine } | { reason: string } {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { reason: 'the line is no JSON' };
  }
  const parsed = inboundLine.safeParse(value);
  return parsed.success ? { line: parsed.data } : { reason: describeIssues(parsed.error) };
}
