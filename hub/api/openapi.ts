import { z } from 'zod';
import { PROBLEM_TYPE, problem } from '#shared/protocol/problem.ts';
import { route, type Route } from './route.ts';

/** GET /v1/openapi.json: the routes' own schemas, so the document cannot differ from what is accepted. */
export function openApiRoutes(routes: readonly Route[], version: string): Route[] {
  let document: unknown;
  const self: Route = route({
    method: 'get',
    path: '/v1/openapi.json',
    access: 'any',
    summary: 'This document.',
    handle: async () => ({ body: (document ??= openApiDocument([...routes, self], version)) }),
  });
  return [self];
}

function openApiDocument(routes: readonly Route[], version: string) {
  const byPath = Map.groupBy(routes, ({ path }) => path.replaceAll(/:(\w+)/g, '{$1}'));
  return {
    openapi: '3.1.0',
    info: { title: 'Shelfwire hub', version },
    components: {
      securitySchemes: { key: { type: 'http', scheme: 'bearer' } },
      schemas: { Problem: jsonSchema(problem) },
    },
    paths: Object.fromEntries(
      [...byPath].map(([path, onPath]) => [
        path,
        Object.fromEntries(onPath.map((route) => [route.method, operation(route)])),
      ]),
    ),
  };
}

function operation({ summary, access, params, query, body }: Route) {
  return {
    summary,
    ...(access !== 'open' && access !== 'any' && { 'x-scope': access }),
    security: access === 'open' ? [] : [{ key: [] }],
    parameters: [...parameters(params, 'path'), ...parameters(query, 'query')],
    ...(body && { requestBody: { required: true, content: { 'application/json': { schema: jsonSchema(body) } } } }),
    responses: {
      '200': { description: 'Done.' },
      default: {
        description: 'A problem.',
        content: { [PROBLEM_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
      },
    },
  };
}

function parameters(schema: z.ZodType, where: 'path' | 'query') {
  const { properties = {}, required = [] } = jsonSchema(schema);
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: where,
    required: required.includes(name),
    schema,
  }));
}

function jsonSchema(schema: z.ZodType): { properties?: Record<string, unknown>; required?: readonly string[] } {
  const { $schema: _, ...described } = z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
  return described;
}
