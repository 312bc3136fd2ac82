import type { FactBodies, FactContent } from '../protocol/fact.ts';
import type { Condition } from '../protocol/fields.ts';
import { LIMITS } from '../protocol/limits.ts';

/** One signed line of a fact. Its location and order are those of the fact. */
export interface MovementLine {
  /** Place of the line in the fact, from 0; for units that enter another condition (`to`) 2,000 more. */
  readonly line: number;
  readonly sku: string;
  readonly condition: Condition;
  /** Units, negative when they leave. */
  readonly quantity: number;
}

/** The signed lines of a fact: none for a count (an observation) and for a void (it reverses another's lines). */
export function movementLines({ kind, body }: FactContent): MovementLine[] {
  switch (kind) {
    case 'sale':
      return stocked(body.lines, (item, line) => move(line, item.sku, 'sellable', -item.quantity));
    case 'return':
      return stocked(body.lines, (item, line) => move(line, item.sku, item.condition, item.quantity));
    case 'receipt':
      return body.lines.map((item, line) => move(line, item.sku, item.condition ?? 'sellable', item.quantity));
    case 'adjustment':
      return body.lines.flatMap((item, line) => adjusted(item, line));
    case 'transferOut':
      return body.lines.map((item, line) => move(line, item.sku, 'sellable', -item.quantity));
    case 'transferIn':
      return body.lines.map((item, line) => move(line, item.sku, 'sellable', item.quantity));
    case 'task':
      if (body.step !== 'handedOver' && body.step !== 'shipped') return [];
      return body.lines.map((item, line) => move(line, item.sku, 'sellable', -item.quantity));
    case 'count':
    case 'void':
      return [];
    default:
      return kind satisfies never;
  }
}

function adjusted(
  { sku, quantity, condition = 'sellable', to }: FactBodies['adjustment']['lines'][number],
  line: number,
): MovementLine[] {
  if (to === undefined) return [move(line, sku, condition, quantity)];
  return [move(line, sku, condition, -quantity), move(line + LIMITS.linesPerFact, sku, to, quantity)];
}

function move(line: number, sku: string, condition: Condition, quantity: number): MovementLine {
  return { line, sku, condition, quantity };
}

function stocked<Line extends { service?: true | undefined }>(
  lines: readonly Line[],
  read: (item: Line, line: number) => MovementLine,
): MovementLine[] {
  const moves: MovementLine[] = [];
  for (const [line, item] of lines.entries()) if (item.service !== true) moves.push(read(item, line));
  return moves;
}
