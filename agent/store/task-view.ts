import type { FactBodies } from '#shared/protocol/fact.ts';
import type { TaskLineView, TaskView } from '#shared/agent-api/answers.ts';
import type { TaskState } from '#shared/protocol/messages/pull.ts';
import type { TaskDocument } from './collections/tasks.ts';

export type TaskBody = FactBodies['task'];
/** An answer of this store, with the key of its fact. */
export interface OwnAnswer {
  readonly key: string;
  readonly body: TaskBody;
}

/**
 * Pure: the hub's document and the store's answers, which are told apart by their keys, so none counts twice, whatever has
 * been acknowledged or pulled meanwhile. They are in the order of the journal. Answers to another order's task, which had this number
 * before the hub was restored, are not this one's.
 */
export function viewTask(document: TaskDocument, answers: readonly OwnAnswer[]): TaskView {
  const { task, kind, order, customer, dueAt, conflict } = document;
  const contained = new Set(document.answers);
  const isOwn = ({ body: { order: of } }: OwnAnswer) =>
    of === undefined || (of.channel === order.channel && of.id === order.id);
  const unheard = answers.filter((one) => isOwn(one) && !contained.has(one.key)).map(({ body }) => body);
  const lines = unheard.reduce(answered, document.lines);
  const reason = unheard.findLast(({ step }) => step === 'rejected')?.reason ?? document.reason;
  const state = unheard.length === 0 ? document.state : stateAfter(document, lines, unheard);
  const shown = { task, kind, state, order, customer, dueAt, reason, conflict };
  return { ...shown, lines, unheard: unheard.length };
}

/** The lines after an answer. */
export function answered(lines: readonly TaskLineView[], { step, lines: said }: AnswerUnits): readonly TaskLineView[] {
  return said.reduce((now, one) => after(now, step, one), lines);
}

/** What an answer says of units. */
export type AnswerUnits = Pick<TaskBody, 'step' | 'lines'>;
type SaidLine = TaskBody['lines'][number];

function after(lines: readonly TaskLineView[], step: TaskBody['step'], said: SaidLine): readonly TaskLineView[] {
  const own = ownLine(lines, said.line);
  if (own === undefined) return lines;
  if (said.sku !== own.sku && step === 'picked') return replaced(lines, own, said);
  return lines.map((line) => (line.line === said.line && line.sku === said.sku ? moved(line, step, said) : line));
}

/** The entry of what was ordered, beside which those of substitutes are. */
export const ownLine = (lines: readonly TaskLineView[], line: string): TaskLineView | undefined =>
  lines.find((one) => one.line === line && one.replaces === undefined);

function moved(
  { units, picked, handed, holds, ...line }: TaskLineView,
  step: TaskBody['step'],
  { quantity, reservation }: SaidLine,
): TaskLineView {
  switch (step) {
    case 'accepted':
      return { ...line, units, picked, handed, holds };
    case 'picked':
      return { ...line, units, picked: Math.min(units, picked + quantity), handed, holds };
    case 'rejected': {
      const left = Math.max(0, units - quantity);
      return { ...line, units: left, picked: Math.min(left, picked), handed, holds };
    }
    case 'handedOver':
    case 'shipped':
      return {
        ...line,
        units: Math.max(0, units - quantity),
        picked: Math.max(0, picked - quantity),
        handed: handed + quantity,
        holds: holds.flatMap((hold) => {
          const left = hold.reservation === reservation ? hold.units - quantity : hold.units;
          return left > 0 ? [{ ...hold, units: left }] : [];
        }),
      };
    default:
      return step satisfies never;
  }
}

/** Units that are given instead are picked with that; of what they replace those not picked yet go first. */
function replaced(
  lines: readonly TaskLineView[],
  own: TaskLineView,
  { line, sku, quantity }: SaidLine,
): readonly TaskLineView[] {
  const taken = Math.min(quantity, own.units);
  const units = own.units - taken;
  const rest = { ...own, units, picked: Math.min(own.picked, units) };
  const known = lines.find((one) => one.line === line && one.sku === sku);
  if (known !== undefined) {
    const more = { ...known, units: known.units + taken, picked: known.picked + taken };
    return lines.map((one) => (one === own ? rest : one === known ? more : one));
  }
  const substitute = { line, sku, replaces: own.sku, units: taken, picked: taken, handed: 0, holds: [] };
  return lines.flatMap((one) => (one === own ? [rest, substitute] : [one]));
}

function stateAfter(document: TaskDocument, lines: readonly TaskLineView[], unheard: readonly TaskBody[]): TaskState {
  const sum = (part: 'units' | 'picked' | 'handed') => lines.reduce((total, line) => total + line[part], 0);
  if (sum('units') === 0) {
    if (sum('handed') > 0) return document.kind === 'collect' ? 'handedOver' : 'shipped';
    return unheard.some(({ step }) => step === 'rejected') ? 'rejected' : document.state;
  }
  if (sum('picked') > 0) return sum('picked') === sum('units') ? 'ready' : 'picking';
  return document.state === 'open' && unheard.some(({ step }) => step !== 'rejected') ? 'accepted' : document.state;
}

/** Units of a line: of its own sku, or of what is given instead. */
export interface LineUnits {
  readonly line: string;
  readonly substitute?: string | undefined;
  readonly quantity: number;
}

/** Units that can be named with an answer: by default all that are left to be picked, handed over or rejected. */
export function leftFor(step: TaskBody['step'], { lines }: TaskView): LineUnits[] {
  if (step === 'accepted') return [];
  return lines.flatMap(({ line, sku, replaces, units, picked }) => {
    const quantity = step === 'picked' ? units - picked : units;
    return quantity > 0 ? [{ line, ...(replaces !== undefined && { substitute: sku }), quantity }] : [];
  });
}

/** Lines of a fact: units that leave name the reservations that hold them, so that the hold goes with them (M6). */
export function factLines(
  step: TaskBody['step'],
  lines: readonly TaskLineView[],
  { line, substitute, quantity }: LineUnits,
): TaskBody['lines'] {
  const sku = substitute ?? ownLine(lines, line)?.sku;
  if (sku === undefined) return [];
  if (step !== 'handedOver' && step !== 'shipped') return [{ line, sku, quantity }];
  let rest = quantity;
  const holds = lines.find((one) => one.line === line && one.sku === sku)?.holds ?? [];
  const named = holds.flatMap(({ reservation, units }) => {
    const taken = Math.min(rest, units);
    rest -= taken;
    return taken > 0 ? [{ line, sku, quantity: taken, reservation }] : [];
  });
  return rest > 0 ? [...named, { line, sku, quantity: rest }] : named;
}
