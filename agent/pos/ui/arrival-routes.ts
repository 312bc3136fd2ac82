import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { ArrivalDrafts } from '#agent/store/arrivals/arrival-drafts.ts';
import type { SaidFact } from '#agent/store/arrivals/arrival-facts.ts';
import type { OnTheWay } from '#agent/store/arrivals/on-the-way.ts';
import type { ArrivalsView, Person } from '#shared/agent-api/answers.ts';
import { arrivalChange, arrivalConfirm, arrivalOrigin } from '#shared/agent-api/arrivals.ts';
import { canonicalContent } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { readGiven, readRequestJson } from '../http/request-json.ts';
import type { Intake } from '../intake.ts';

/** 2,000 lines of the longest skus. */
const BODY_BYTES_MAX = 512 * 1024;
const BODY = 'the body';

export interface ArrivalParts {
  readonly drafts: ArrivalDrafts;
  readonly onTheWay: Pick<OnTheWay, 'list' | 'refresh'>;
  readonly intake: Pick<Intake, 'take'>;
  /** Code of this store; undefined before it is enrolled. */
  readonly ownStore: () => string | undefined;
  /** Of a product; undefined: there is none. */
  readonly nameOf: (sku: string) => string | undefined;
  readonly personOf: (response: Response) => Person | undefined;
}

/**
 * `/v1/arrivals`: what is on its way here, and receipts while they are typed. What is confirmed goes through the one door of all facts,
 * with who it was ("ui:NAME").
 */
export function arrivalRoutes(parts: ArrivalParts): Router {
  const { drafts, onTheWay, intake } = parts;
  const person = (response: Response): Person => {
    const found = parts.personOf(response);
    if (found === undefined) throw new ShelfwireError('FORBIDDEN', 'This is for people who are signed in.');
    return found;
  };
  const idOf = (request: Request): string => readGiven(z.uuid(), request.params['id'], 'the address');
  const router = Router();
  const on = (
    method: 'get' | 'post' | 'put' | 'delete',
    path: string,
    answer: (request: Request, person: Person) => Promise<unknown>,
  ): void => {
    const respond = async (request: Request, response: Response): Promise<void> => {
      response.json(await answer(request, person(response)));
    };
    // The promise is returned: express answers its rejection as a problem.
    router[method](path, (request, response) => respond(request, response));
  };

  on('get', '/v1/arrivals', async (): Promise<ArrivalsView> => {
    // Who looks sees the last answer at once, and the new one with the next look.
    void onTheWay.refresh();
    const [expected, begun] = await Promise.all([onTheWay.list(), drafts.list()]);
    return { ...expected, drafts: begun, names: namesIn([...expected.transfers, ...begun], parts.nameOf) };
  });
  on('post', '/v1/arrivals', async (request, { name }) => {
    const origin = readGiven(arrivalOrigin, await readRequestJson(request, BODY_BYTES_MAX), BODY);
    if (origin.kind === 'transfer' && origin.from === parts.ownStore()) {
      throw new ShelfwireError(
        'TRANSFER_TO_ITSELF',
        `Both ends of the transfer are "${origin.from}", the store itself.`,
      );
    }
    const { transfers } = await onTheWay.list();
    const isExpected =
      origin.kind === 'transfer' &&
      transfers.some(({ from, transfer }) => from === origin.from && transfer === origin.transfer);
    return drafts.begin(origin, name, isExpected);
  });
  on('put', '/v1/arrivals/:id', async (request) => {
    const given = readGiven(arrivalChange, await readRequestJson(request, BODY_BYTES_MAX), BODY);
    return drafts.change(idOf(request), given);
  });
  on('delete', '/v1/arrivals/:id', async (request) => {
    await drafts.discard(idOf(request));
    return {};
  });
  on('post', '/v1/arrivals/:id/confirm', async (request, { name }) => {
    const given = readGiven(arrivalConfirm, await readRequestJson(request, BODY_BYTES_MAX), BODY);
    return { key: await drafts.confirm(idOf(request), given, (facts) => say(intake, name, facts)) };
  });
  return router;
}

/** All or none: a part that would be refused is found before anything is journaled. */
async function say(intake: Pick<Intake, 'take'>, name: string, facts: readonly SaidFact[]): Promise<void> {
  for (const { kind, body } of facts) canonicalContent(kind, body);
  const arrivals = facts.map((submission) => ({ submission, verbatim: () => JSON.stringify(submission) }));
  for (const result of await intake.take(`ui:${name}`, arrivals)) {
    if (result.status === 'refused') throw new ShelfwireError(result.code, result.detail);
  }
}

function namesIn(
  all: readonly { readonly lines: readonly { readonly sku: string }[] }[],
  nameOf: ArrivalParts['nameOf'],
) {
  const skus = new Set(all.flatMap(({ lines }) => lines.map(({ sku }) => sku)));
  // Entries, not assignments: a sku may be called like a part of every object.
  return Object.fromEntries(
    [...skus].flatMap((sku): [string, string][] => {
      const name = nameOf(sku);
      return name === undefined ? [] : [[sku, name]];
    }),
  );
}
