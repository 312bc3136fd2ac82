import { Router, type Request, type Response } from 'express';
import { ERRORS, ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import { key as keySchema } from '#shared/protocol/fields.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import type { Arrival, Intake, IntakeResult } from '../intake.ts';
import { SourceCounters, type PosSource, type SourceContext } from '../source.ts';
import { jsonItemTexts } from './json-items.ts';
import { readRequestText } from './request-text.ts';

/** POS software that posts its facts: `POST /v1/facts` on the loopback API. */
export interface HttpSource extends PosSource {
  /** To be mounted behind the API's authentication. */
  readonly routes: Router;
}

/** `sourceOf` says by which way a request came; `correlationIdOf` gives the id that the client itself sent. */
export function httpSource(
  context: SourceContext,
  edges: {
    sourceOf(response: Response): string;
    correlationIdOf(request: Request): string | undefined;
  },
): HttpSource {
  const counters = new SourceCounters();
  let open = false;
  const post = async (request: Request, response: Response): Promise<void> => {
    if (!open) throw new ShelfwireError('JOURNAL_CLOSED', 'The agent does not take facts at the moment.');
    const source = edges.sourceOf(response);
    const posted = await readPosted(request, source, context.intake);
    const { arrivals, isArray } = isSingle(posted.value)
      ? { arrivals: [single(request, posted, edges.correlationIdOf(request))], isArray: false }
      : { arrivals: await many(posted, source, context.intake), isArray: true };
    const results = await context.intake.take(source, arrivals).catch((error: unknown) => {
      if (error instanceof ShelfwireError) counters.lastError = error;
      throw error;
    });
    counters.lastError = undefined;
    for (const result of results) counters[result.status]++;
    if (isArray) answerMany(response, results);
    else answerSingle(response, results[0]);
  };
  const routes = Router();
  // The promise is returned: express answers its rejection as a problem.
  routes.post('/v1/facts', (request, response) => post(request, response));
  return {
    name: 'http',
    routes,
    async start() {
      open = true;
    },
    async stop() {
      open = false;
    },
    status: () => counters.status('http', open ? 'ready' : 'stopped'),
  };
}

interface Posted {
  readonly text: string;
  readonly value: unknown;
}

/** The body as JSON. What cannot be read is set aside first, then refused with its code (F5). */
async function readPosted(request: Request, source: string, intake: Intake): Promise<Posted> {
  if ((request.headers['content-encoding'] ?? 'identity') !== 'identity') {
    throw new ShelfwireError('REQUEST_INVALID', 'Content-Encoding: the body must not be compressed.');
  }
  const body = await readRequestText(request, LIMITS.requestBytes);
  const refuse = async (code: ErrorCode, detail: string): Promise<never> => {
    const isWhole = body.complete && body.isText;
    if (body.text !== '') await intake.setAside(source, [{ code, detail, verbatim: body.text, isWhole }]);
    throw new ShelfwireError(code, detail);
  };
  if (!body.complete) return refuse('BODY_TOO_LARGE', `The body has more than ${LIMITS.requestBytes} bytes.`);
  if (!body.isText) return refuse('BODY_NOT_JSON', 'The body is not UTF-8; it is kept as base64.');
  let value: unknown;
  try {
    value = JSON.parse(body.text);
  } catch (error) {
    return refuse(
      'BODY_NOT_JSON',
      `The body is not JSON: ${error instanceof Error ? error.message.slice(0, 200) : ''}`,
    );
  }
  if (typeof value === 'object' && value !== null) return { text: body.text, value };
  return refuse('BODY_NOT_JSON', 'The body must be one fact or an array of facts.');
}

const isSingle = (value: unknown): value is object => !Array.isArray(value);

/** One fact; the header `Idempotency-Key` may carry its key. */
function single(request: Request, posted: Posted, correlationId: string | undefined): Arrival {
  const submission = { ...(posted.value as { key?: unknown; correlationId?: unknown }) };
  const header = request.get('Idempotency-Key');
  if (header !== undefined) {
    if (!keySchema.safeParse(header).success || (submission.key !== undefined && submission.key !== header)) {
      throw new ShelfwireError(
        'REQUEST_INVALID',
        'Idempotency-Key: it is not a key, or another than the one in the body.',
      );
    }
    submission.key = header;
  }
  if (correlationId !== undefined) submission.correlationId ??= correlationId;
  return { submission, verbatim: () => posted.text };
}

async function many(posted: Posted, source: string, intake: Intake): Promise<Arrival[]> {
  const items = posted.value as unknown[];
  if (items.length > LIMITS.factsPerRequest) {
    const detail = `The array has ${items.length} facts; at most ${LIMITS.factsPerRequest} are taken in one request.`;
    await intake.setAside(source, [{ code: 'BODY_TOO_LARGE', detail, verbatim: posted.text }]);
    throw new ShelfwireError('BODY_TOO_LARGE', detail);
  }
  let texts: string[] | undefined;
  return items.map((submission, index) => ({
    submission,
    verbatim: () => (texts ??= jsonItemTexts(posted.text))[index] ?? JSON.stringify(submission),
  }));
}

function answerSingle(response: Response, result: IntakeResult | undefined): void {
  if (!result) throw new ShelfwireError('INTERNAL', 'No result.');
  if (result.status === 'refused') {
    throw new ShelfwireError(result.code, result.detail, { context: { key: result.key, quarantined: true } });
  }
  response.status(result.status === 'appended' ? 201 : 200).json(describe(result));
}

function answerMany(response: Response, results: readonly IntakeResult[]): void {
  const count = (status: IntakeResult['status']) => results.filter((result) => result.status === status).length;
  response.status(200).json({
    appended: count('appended'),
    duplicates: count('duplicate'),
    refused: count('refused'),
    results: results.map(describe),
  });
}

/** A result as clients see it: refusals and warnings carry code and remedy. */
function describe(result: IntakeResult): Record<string, unknown> {
  if (result.status === 'refused') {
    const { counts: _counts, ...rest } = result;
    return { ...rest, remedy: ERRORS[result.code].remedy };
  }
  const { unknownSkus, ...rest } = result;
  if (unknownSkus.length === 0) return rest;
  const warning = { code: 'SKU_UNKNOWN', skus: unknownSkus, remedy: ERRORS.SKU_UNKNOWN.remedy };
  return { ...rest, warnings: [warning] };
}
