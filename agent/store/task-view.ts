import type { FactBodies } from '#shared/protocol/fact.ts';
import type { TaskState } from '#shared/protocol/messages/pull.ts';
import type { TaskDocument } from './collections/tasks.ts';

export type TaskBody = FactBodies['task'];
/** An answer of this store, with the key of its fact. */
export interface OwnAnswer {
  readonly key: string;
  readonly body: TaskBody;
}

export interface TaskLineView {
  readonly line: string;
  readonly sku: string;
  /** To be handed over still; `picked` are those of them that are taken from the shelf. */
  readonly units: number;
  readonly picked: number;
  readonly handed: number;
  readonly holds: readonly { readonly reservation: number; readonly units: number }[];
}

/** A task as the store sees it: the hub's, with the store's own answers on top that the hub's does not contain. */
export interface TaskView {
  readonly task: number;
  readonly kind: 'collect' | 'ship';
  readonly state: TaskState;
  readonly order: { readonly channel: string; readonly id: string };
  readonly customer: { readonly reference: string; readonly name: string | null } | null;
  readonly dueAt: number | null;
  readonly reason: string | null;
  readonly conflict: string | null;
  readonly lines: readonly TaskLineView[];
  /** Answers that the hub has not told the order yet. */
  readonly unheard: number;
}

/**
 * Pure: the hub's document and the store's answers, which are told apart by their keys, so none counts twice, whatever has
 * been acknowledged or pulled meanwhile. They are in the order of the journal.
 */
export function viewTask(document: TaskDocument, answers: readonly OwnAnswer[]): TaskView {
  const { task, kind, order, customer, dueAt, conflict } = document;
  const contained = new Set(document.answers);
  const unheard = answers.filter(({ key }) => !contained.has(key)).map(({ body }) => body);
  const lines = document.lines.map((line) => unheard.reduce(answered, line));
  const reason = unheard.findLast(({ step }) => step === 'rejected')?.reason ?? document.reason;
  const state = unheard.length === 0 ? document.state : stateAfter(document, lines, unheard);
  const shown = { task, kind, state, order, customer, dueAt, reason, conflict };
  return { ...shown, lines, unheard: unheard.length };
}

function answered(line: TaskLineView, { step, lines }: TaskBody): TaskLineView {
  let { units, picked, handed, holds } = line;
  for (const said of lines) {
    if (said.line !== line.line) continue;
    const { quantity } = said;
    if (step === 'picked') picked = Math.min(units, picked + quantity);
    else if (step === 'rejected') {
      units = Math.max(0, units - quantity);
      picked = Math.min(units, picked);
    } else {
      units = Math.max(0, units - quantity);
      picked = Math.max(0, picked - quantity);
      handed += quantity;
      holds = holds.flatMap((hold) => {
        const left = hold.reservation === said.reservation ? hold.units - quantity : hold.units;
        return left > 0 ? [{ ...hold, units: left }] : [];
      });
    }
  }
  return { ...line, units, picked, handed, holds };
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

/** Units of a line. */
export interface LineUnits {
  readonly line: string;
  readonly quantity: number;
}

/** Units that can be named with an answer: by default all that are left to be picked, handed over or rejected. */
export function leftFor(step: TaskBody['step'], { lines }: TaskView): LineUnits[] {
  if (step === 'accepted') return [];
  return lines.flatMap(({ line, units, picked }) => {
    const quantity = step === 'picked' ? units - picked : units;
    return quantity > 0 ? [{ line, quantity }] : [];
  });
}

/** Lines of a fact: units that leave name the reservations that hold them, so that the hold goes with them (M6). */
export function factLines(step: TaskBody['step'], { lines }: TaskView, given: readonly LineUnits[]): TaskBody['lines'] {
  return given.flatMap(({ line, quantity }) => {
    const own = lines.find((one) => one.line === line);
    if (own === undefined) return [];
    if (step !== 'handedOver' && step !== 'shipped') return [{ line, sku: own.sku, quantity }];
    let rest = quantity;
    const named = own.holds.flatMap(({ reservation, units }) => {
      const taken = Math.min(rest, units);
      rest -= taken;
      return taken > 0 ? [{ line, sku: own.sku, quantity: taken, reservation }] : [];
    });
    return rest > 0 ? [...named, { line, sku: own.sku, quantity: rest }] : named;
  });
}
