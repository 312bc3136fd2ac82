import type { TaskLineView, TaskView } from '#shared/agent-api/answers.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import { answered, factLines, leftFor, ownLine, type LineUnits, type TaskBody } from './task-view.ts';

/**
 * Lines of the fact that says so: of those that are given, or of all that is left. Each is held against what those before it
 * leave. Throws TASK_UNITS, ORDER_SUBSTITUTE, REQUEST_INVALID.
 */
export function taskLines(
  view: TaskView,
  step: TaskBody['step'],
  given: readonly LineUnits[] | undefined,
): TaskBody['lines'] {
  const wanted = given ?? leftFor(step, view);
  if (step !== 'accepted' && wanted.length === 0) {
    throw new ShelfwireError('TASK_UNITS', `Nothing of task ${view.task} is left for that.`);
  }
  let now = view.lines;
  return wanted.flatMap((one) => {
    const { line, substitute, quantity } = one;
    if (step === 'picked' && substitute !== undefined) requireSubstitutable(now, line, substitute);
    const there = unitsFor(step, now, one);
    if (quantity > there) {
      const what = substitute === undefined ? line : `${line}, "${substitute}"`;
      throw new ShelfwireError(
        'TASK_UNITS',
        `Line ${what}: ${quantity} units are named, and ${there} are left for that.`,
      );
    }
    const lines = factLines(step, now, one);
    now = answered(now, { step, lines });
    return lines;
  });
}

/** What is given instead takes the place of units of the line itself, picked or not. */
function unitsFor(
  step: TaskBody['step'],
  lines: readonly TaskLineView[],
  { line, substitute }: Omit<LineUnits, 'quantity'>,
): number {
  const own = ownLine(lines, line);
  if (step === 'picked') {
    if (own === undefined) return 0;
    return substitute === undefined ? own.units - own.picked : own.units;
  }
  const entry = substitute === undefined ? own : lines.find((one) => one.line === line && one.sku === substitute);
  return entry?.units ?? 0;
}

function requireSubstitutable(lines: readonly TaskLineView[], line: string, substitute: string): void {
  const own = ownLine(lines, line);
  // A line that is not there has no units.
  if (own === undefined) return;
  if (own.substitution !== 'store') {
    throw new ShelfwireError('ORDER_SUBSTITUTE', `Line ${line} takes no substitute for "${own.sku}".`);
  }
  if (own.sku === substitute)
    throw new ShelfwireError('REQUEST_INVALID', `"${substitute}" is what line ${line} asks for.`);
  const others = lines.filter((one) => one.line === line && one.replaces !== undefined && one.units > 0);
  const isNew = others.every(({ sku }) => sku !== substitute);
  if (!isNew || others.length < LIMITS.substitutesPerLine) return;
  throw new ShelfwireError(
    'ORDER_SUBSTITUTE',
    `Line ${line}: no more than ${LIMITS.substitutesPerLine} other products are given for it.`,
  );
}

/** Whether a fact names the units that are given. */
export function isSameUnits({ lines }: TaskView, given: readonly LineUnits[], said: TaskBody['lines']): boolean {
  const skusOf = given.map(({ line, substitute, quantity }) => {
    return { line, sku: substitute ?? ownLine(lines, line)?.sku ?? '', quantity };
  });
  return sumsOf(skusOf) === sumsOf(said);
}

function sumsOf(lines: readonly { line: string; sku: string; quantity: number }[]): string {
  const units = new Map<string, number>();
  for (const { line, sku, quantity } of lines) {
    const name = JSON.stringify([line, sku]);
    units.set(name, (units.get(name) ?? 0) + quantity);
  }
  return JSON.stringify([...units].sort(([a], [b]) => (a < b ? -1 : 1)));
}
