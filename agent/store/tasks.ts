import { randomUUID } from 'node:crypto';
import type { RxCollection } from 'rxdb';
import type { Subscription } from 'rxjs';
import { canonicalContent } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { ENDED_TASK_STATES, type TaskState } from '#shared/protocol/messages/pull.ts';
import type { TaskDocument } from './collections/tasks.ts';
import type { AppendResult, Journal } from './journal-contract.ts';
import type { StoredFact } from './journal-log.ts';
import type { TaskView } from '#shared/agent-api/answers.ts';
import type { RxdbJournalLog } from './journal-log-rxdb.ts';
import type { StoreJournal } from './journal.ts';
import { queryPlain } from './plain-query.ts';
import { isSameUnits, taskLines } from './task-lines.ts';
import { viewTask, type LineUnits, type OwnAnswer, type TaskBody } from './task-view.ts';

export interface TasksParts {
  readonly collection: RxCollection<TaskDocument>;
  readonly journal: Pick<Journal, 'append'> & Pick<StoreJournal, 'onCommitted'>;
  readonly log: Pick<RxdbJournalLog, 'findByKeys' | 'readKind'>;
}

/** What is said of a task. */
export interface TaskAnswer {
  readonly task: number;
  readonly step: TaskBody['step'];
  /** Undefined: all that is left. */
  readonly lines: readonly LineUnits[] | undefined;
  readonly reason: string | undefined;
  /** The same act carries the same key. */
  readonly key: string | undefined;
  readonly source: string;
  readonly correlationId: string | undefined;
}

/**
 * The store's tasks: the hub's documents with the store's own answers on top. Answers are facts of the journal, so they are
 * durable, and made offline like any other; one at a time is checked against the view with those before it.
 */
export class Tasks {
  readonly #parts: TasksParts;
  readonly #documents: Map<number, TaskDocument>;
  /** Own answers by task, in the order of the journal. */
  readonly #answers = new Map<number, OwnAnswer[]>();
  readonly #voided = new Set<string>();
  readonly #views = new Map<number, TaskView>();
  /** By sku; undefined after a change. */
  #reserved: Map<string, number> | undefined;
  readonly #changes: Subscription;
  readonly #endListening: () => void;
  #answering: Promise<unknown> = Promise.resolve();

  private constructor(parts: TasksParts, known: readonly TaskDocument[]) {
    this.#parts = parts;
    this.#documents = new Map(known.map((document) => [document.task, document]));
    this.#endListening = parts.journal.onCommitted((facts) => this.#take(facts));
    this.#changes = parts.collection.eventBulks$.subscribe(({ events }) => {
      for (const { operation, documentData } of events) {
        this.#changed(documentData.task);
        if (operation === 'DELETE') this.#documents.delete(documentData.task);
        else this.#documents.set(documentData.task, documentData);
      }
    });
  }

  static async open(parts: TasksParts): Promise<Tasks> {
    const tasks = new Tasks(parts, await queryPlain(parts.collection, {}));
    for (const kind of ['void', 'task'] as const) {
      for await (const page of parts.log.readKind(kind)) tasks.#take(page);
    }
    return tasks;
  }

  /** Those that are to be done first, then by what is due; ended ones only when asked for. */
  list({ state }: { state?: TaskState | undefined } = {}): TaskView[] {
    const views = [...this.#documents.keys()].flatMap((task) => this.get(task) ?? []);
    const wanted = views.filter((view) =>
      state === undefined ? !ENDED_TASK_STATES.has(view.state) : view.state === state,
    );
    return wanted.sort((a, b) => (a.dueAt ?? Infinity) - (b.dueAt ?? Infinity) || a.task - b.task);
  }

  get(task: number): TaskView | undefined {
    const document = this.#documents.get(task);
    if (document === undefined) return undefined;
    let view = this.#views.get(task);
    if (view === undefined) this.#views.set(task, (view = viewTask(document, this.#answers.get(task) ?? [])));
    return view;
  }

  /** A page of the list; the cursor is the place of what follows: tasks that come or go meanwhile move it. */
  page({ cursor, limit, state }: { cursor?: string | undefined; limit: number; state?: TaskState | undefined }): {
    items: TaskView[];
    nextCursor: string | null;
  } {
    const all = this.list({ state });
    const from = /^\d{1,9}$/.test(cursor ?? '') ? Number(cursor) : 0;
    return {
      items: all.slice(from, from + limit),
      nextCursor: from + limit < all.length ? String(from + limit) : null,
    };
  }

  /** Units of a sku that tasks want handed over still. */
  reserved(sku: string): number {
    if (this.#reserved === undefined) {
      this.#reserved = new Map();
      for (const { lines } of this.list()) {
        for (const line of lines) this.#reserved.set(line.sku, (this.#reserved.get(line.sku) ?? 0) + line.units);
      }
    }
    return this.#reserved.get(sku) ?? 0;
  }

  /** Gives the task after the answer, which is on disk. Throws NOT_FOUND, TASK_ENDED, TASK_UNITS, ORDER_SUBSTITUTE, KEY_REUSED, REQUEST_INVALID. */
  answer(given: TaskAnswer): Promise<TaskView> {
    const answered = this.#answering.then(() => this.#answer(given));
    this.#answering = answered.catch(() => undefined);
    return answered;
  }

  close(): void {
    this.#changes.unsubscribe();
    this.#endListening();
  }

  async #answer(given: TaskAnswer): Promise<TaskView> {
    const { task, step, reason, source, correlationId } = given;
    const view = this.#found(task);
    if (given.key !== undefined && (await this.#wasSaid(given.key, given, view))) return view;
    requireFitting(view, step);
    const key = given.key ?? `task-${task}-${randomUUID()}`;
    const body = {
      task,
      order: view.order,
      step,
      ...(reason !== undefined && { reason }),
      lines: taskLines(view, step, given.lines),
    };
    const { content } = canonicalContent('task', body);
    const [result] = await this.#parts.journal.append([
      { ...content, key, source, ...(correlationId !== undefined && { correlationId }) },
    ]);
    requireTaken(result);
    return this.#found(task);
  }

  #found(task: number): TaskView {
    const view = this.get(task);
    if (view === undefined) throw new ShelfwireError('NOT_FOUND', `This store has no task ${task}.`);
    return view;
  }

  /** Whether the journal has this answer under the key. Which lines were meant is not asked: they were all that was left then. */
  async #wasSaid(key: string, { task, step, lines }: TaskAnswer, view: TaskView): Promise<boolean> {
    const [fact] = await this.#parts.log.findByKeys([key]);
    if (fact === undefined) return false;
    const isSame =
      fact.kind === 'task' &&
      fact.body.task === task &&
      fact.body.step === step &&
      (lines === undefined || isSameUnits(view, lines, fact.body.lines));
    if (isSame) return true;
    throw new ShelfwireError('KEY_REUSED', `The key "${key}" was given to another ${fact.kind} (seq ${fact.seq}).`);
  }

  #take(facts: readonly StoredFact[]): void {
    for (const { kind, key, body } of facts) {
      if (kind === 'void' && body.voids !== undefined) this.#withdraw(body.voids);
      if (kind !== 'task' || this.#voided.has(key)) continue;
      const answers = this.#answers.get(body.task) ?? [];
      if (!answers.some((one) => one.key === key)) this.#answers.set(body.task, [...answers, { key, body }]);
      this.#changed(body.task);
    }
  }

  #withdraw(key: string): void {
    this.#voided.add(key);
    for (const [task, answers] of this.#answers) {
      if (!answers.some((one) => one.key === key)) continue;
      this.#answers.set(
        task,
        answers.filter((one) => one.key !== key),
      );
      this.#changed(task);
    }
  }

  #changed(task: number): void {
    this.#views.delete(task);
    this.#reserved = undefined;
  }
}

function requireFitting({ task, state, kind }: TaskView, step: TaskBody['step']): void {
  if (ENDED_TASK_STATES.has(state)) throw new ShelfwireError('TASK_ENDED', `Task ${task} is ${state}.`);
  const leaves = kind === 'collect' ? 'handedOver' : 'shipped';
  if ((step === 'handedOver' || step === 'shipped') && step !== leaves) {
    throw new ShelfwireError(
      'REQUEST_INVALID',
      `Units of task ${task} are ${leaves === 'shipped' ? 'shipped' : 'handed over'}.`,
    );
  }
  if (step === 'accepted' && state !== 'open')
    throw new ShelfwireError('CONFLICT', `Task ${task} is ${state} already.`);
}

function requireTaken(result: AppendResult | undefined): void {
  if (result === undefined) throw new ShelfwireError('INTERNAL', 'The journal gave no result.');
  if (result.status === 'refused') throw new ShelfwireError(result.code, result.detail);
}
