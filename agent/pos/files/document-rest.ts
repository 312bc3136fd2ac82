import { canonicalContent } from '#shared/protocol/content.ts';
import type { Fact } from '#shared/protocol/fact.ts';
import type { FileDocument, Passage } from './file-document.ts';

/**
 * The rows of a document beyond those that count: what counts under its key is this very document, as far as its file went when
 * it was read first. Undefined when it is another document. Pure.
 */
export function restOf({ kind, body, rows }: FileDocument, counts: Fact): readonly Passage[] | undefined {
  if (kind !== counts.kind) return undefined;
  const now = partsOf(canonicalContent(kind, body).content.body);
  const before = partsOf(counts.body);
  // A row is a line, or it cannot be told which rows are missing.
  if (now.lines.length !== rows.length || before.lines.length === 0 || now.head !== before.head) return undefined;
  const isBeginning = before.lines.every((line, place) => line === now.lines[place]);
  return isBeginning && rows.length > before.lines.length ? rows.slice(before.lines.length) : undefined;
}

function partsOf(body: object): { head: string; lines: readonly string[] } {
  const { lines, ...head } = body as { lines?: readonly unknown[] };
  return { head: JSON.stringify(head), lines: (lines ?? []).map((line) => JSON.stringify(line)) };
}
