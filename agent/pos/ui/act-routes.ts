import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { Returns } from '#agent/store/returns.ts';
import type { Person, PersonRole } from '#shared/agent-api/answers.ts';
import { ERRORS, ShelfwireError } from '#shared/protocol/errors.ts';
import type { FactKind } from '#shared/protocol/fact.ts';
import { returned } from '#shared/protocol/facts/return.ts';
import { key } from '#shared/protocol/fields.ts';
import { readRequestText } from '../http/request-text.ts';
import { SourceCounters, type PosSource, type SourceContext } from '../source.ts';

const returnAct = z.looseObject({ kind: z.literal('return'), key, body: returned });
const voidAct = z.looseObject({ kind: z.literal('void'), key, body: z.looseObject({ voids: key }) });

const BODY_BYTES_MAX = 256 * 1024;

/** What people may say at the UI, and who. A sale is the till's; what was counted is approved, then said. */
const ACTS: Partial<Readonly<Record<FactKind, PersonRole>>> = {
  return: 'clerk',
  receipt: 'clerk',
  transferIn: 'clerk',
  transferOut: 'clerk',
  adjustment: 'manager',
  void: 'manager',
};

export interface ActSource extends PosSource {
  readonly routes: Router;
}

export interface ActParts {
  readonly personOf: (response: Response) => Person | undefined;
  /** Who knows what was sold, and what of it came back. */
  readonly returns: Pick<Returns, 'guarded' | 'guardedVoid'>;
}

/** `POST /v1/acts`: a fact that a person says at the UI, journaled with who it was (its source is "ui:NAME"). */
export function actSource({ intake }: SourceContext, { personOf, returns }: ActParts): ActSource {
  const counters = new SourceCounters();
  let open = false;
  const post = async (request: Request, response: Response): Promise<void> => {
    if (!open) throw new ShelfwireError('JOURNAL_CLOSED', 'The agent does not take facts at the moment.');
    const person = personOf(response);
    if (person === undefined) throw new ShelfwireError('FORBIDDEN', 'This is for people who are signed in.');
    const { text, complete, isText } = await readRequestText(request, BODY_BYTES_MAX);
    if (!complete) throw new ShelfwireError('BODY_TOO_LARGE', `The body has more than ${BODY_BYTES_MAX} bytes.`);
    const submission = isText ? asJson(text) : undefined;
    if (submission === undefined) throw new ShelfwireError('BODY_NOT_JSON', 'The body is not a JSON object.');
    const kind = (submission as { kind?: unknown }).kind;
    const role = ACTS[kind as FactKind];
    if (role === undefined) throw new ShelfwireError('FORBIDDEN', 'This is nothing that is said here.');
    if (role === 'manager' && person.role !== 'manager') {
      throw new ShelfwireError('FORBIDDEN', 'Only a manager may do this.');
    }
    const take = () => intake.take(`ui:${person.name}`, [{ submission, verbatim: () => text }]);
    const [result] = await checked(submission, person.role, returns, take);
    if (result === undefined) throw new ShelfwireError('INTERNAL', 'No result.');
    counters[result.status] += 1;
    if (result.status === 'refused') throw new ShelfwireError(result.code, result.detail);
    const { unknownSkus, ...rest } = result;
    const warnings =
      unknownSkus.length > 0 ? [{ code: 'SKU_UNKNOWN', skus: unknownSkus, remedy: ERRORS.SKU_UNKNOWN.remedy }] : [];
    response.status(result.status === 'appended' ? 201 : 200).json({ ...rest, warnings });
  };
  const routes = Router();
  // The promise is returned: express answers its rejection as a problem.
  routes.post('/v1/acts', (request, response) => post(request, response));
  return {
    name: 'ui',
    routes,
    start: async () => {
      open = true;
    },
    stop: async () => {
      open = false;
    },
    status: () => counters.status('ui', open ? 'ready' : 'stopped'),
  };
}

/** What is no return and no void, or none that the intake would take, has nothing to be checked against. */
function checked<T>(submission: object, role: PersonRole, returns: ActParts['returns'], take: () => Promise<T>) {
  const taken = voidAct.safeParse(submission);
  if (taken.success) return returns.guardedVoid(taken.data.key, taken.data.body.voids, take);
  const { success, data } = returnAct.safeParse(submission);
  return success ? returns.guarded(data.key, data.body, role, take) : take();
}

function asJson(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
