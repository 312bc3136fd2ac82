import type { z } from 'zod';
import { PROBLEM_TYPE } from '#shared/protocol/problem.ts';
import { ERRORS, type ErrorCode } from '#shared/protocol/errors.ts';
import { ACTS_KEPT_HOURS } from '../acts.ts';
import { IDEMPOTENCY_HEADER, idempotencyKey } from '../idempotency-key.ts';
import { Schemas, type JsonSchema } from './json-schemas.ts';
import { problemCodes } from './problem-codes.ts';
import type { Route } from '../route.ts';

export type OpenApiDocument = ReturnType<typeof openApiDocument>;
export type Operation = ReturnType<typeof operation>;

export type PathItem = Partial<Record<Route['method'], Operation>>;

export interface DescribedAnswer {
  readonly description: string;
  readonly content?: Readonly<Record<string, { readonly schema: JsonSchema }>>;
}

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  readonly schema: JsonSchema;
}

/** The address of a route as OpenAPI has it. */
export function templateOf({ path }: Pick<Route, 'path'>): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

const DESCRIPTION = `Every request but GET /health, POST /v1/enrol and webhooks of channels needs an API key, sent as "Authorization: Bearer KEY"; a key may what its scopes say, each operation names its own in x-scope. A key is made by: shelfwire-hub key create --name NAME --scope SCOPE.

Failures are problems (RFC 9457) with a stable code and a remedy. Lists are paged: give \`next\` back as \`cursor\` until it is null. Answers to GET carry an ETag: with If-None-Match the same answer is a 304 without a body. RateLimit and RateLimit-Policy say how much a key may still send.

A POST with an ${IDEMPOTENCY_HEADER} is done once: within ${ACTS_KEPT_HOURS} hours the same key of the same API key gives the first answer again, with the header Idempotency-Replayed. With another body or address it is refused. What was refused has changed nothing, and its key may be used again.`;

export function openApiDocument(routes: readonly Route[], version: string) {
  const schemas = new Schemas();
  const byPath = Map.groupBy(routes, templateOf);
  const paths = Object.fromEntries(
    [...byPath].map(([path, onPath]) => [
      path,
      Object.fromEntries(onPath.map((route) => [route.method, operation(route, schemas)])) as PathItem,
    ]),
  );
  return {
    openapi: '3.1.0' as const,
    info: { title: 'Shelfwire hub', version, description: DESCRIPTION },
    security: [{ key: [] }],
    paths,
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
      schemas: schemas.components(),
    },
  };
}

function operation(route: Route, schemas: Schemas) {
  const { method, summary, access, params, query, body, answer, statuses, contentType } = route;
  const content = { [contentType.split(';')[0] ?? contentType]: { schema: schemas.answer(answer) } };
  const done = Object.fromEntries(
    statuses.map((status) => [String(status), { description: DONE[status] ?? 'Done.', content }]),
  );
  return {
    operationId: operationId(route),
    summary,
    ...(access === 'open' && { security: [] }),
    ...(access !== 'open' && access !== 'any' && { 'x-scope': access }),
    parameters: [
      ...parameters(params, 'path', schemas),
      ...parameters(query, 'query', schemas),
      ...headerParameters(route, schemas),
    ],
    ...(body && {
      requestBody: { required: true, content: { 'application/json': { schema: schemas.request(body) } } },
    }),
    responses: {
      ...done,
      ...(method === 'get' && { '304': { description: 'As it was at this ETag.' } }),
      ...problems(problemCodes(route), schemas),
    } as Readonly<Record<string, DescribedAnswer>>,
  };
}

const DONE: Readonly<Record<number, string>> = {
  201: 'Made.',
  202: 'Taken; it is done when its turn comes.',
  503: 'Not ready.',
};

/** Names it for clients: getStores, postTransfersByIdSettle. */
function operationId({ method, path }: Route): string {
  const words = path.split('/').filter((word) => word !== '' && word !== 'v1');
  return method + words.map((word) => word.replace(/^:/, 'by-').split(/[-.]/).map(capitalized).join('')).join('');
}

function capitalized(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1);
}

function parameters(schema: z.ZodType, where: 'path' | 'query', schemas: Schemas) {
  const { properties = {}, required = [] } = schemas.request(schema);
  return Object.entries(properties).map(([name, schema]): Parameter => ({
    name,
    in: where,
    required: where === 'path' || required.includes(name),
    schema,
  }));
}

function headerParameters({ method, idempotencyKey: repeating }: Route, schemas: Schemas) {
  const header = (name: string, required: boolean, schema: JsonSchema): Parameter => {
    return { name, in: 'header', required, schema };
  };
  if (method === 'get') return [header('If-None-Match', false, { type: 'string' })];
  if (repeating === 'none') return [];
  return [header(IDEMPOTENCY_HEADER, repeating === 'required', schemas.request(idempotencyKey))];
}

/** By status, each with its codes and their remedies. */
function problems(codes: readonly ErrorCode[], schemas: Schemas) {
  const byStatus = Map.groupBy(codes, (code) => ERRORS[code].status);
  return Object.fromEntries(
    [...byStatus].map(([status, codes]) => [
      String(status),
      {
        description: codes.map((code) => `${code}: ${ERRORS[code].remedy}`).join('\n'),
        content: {
          [PROBLEM_TYPE]: {
            schema: { allOf: [schemas.problem(), { properties: { code: { enum: codes } } }] },
          },
        },
      },
    ]),
  );
}
