import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import { PROBLEM_TYPE } from '#shared/protocol/problem.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { seedStores, startApi, type Answered, type CallOptions, type RunningApi } from '#test/support/hub-api.ts';
import { replaced, sampleOf, wrongTypes } from '#test/support/sample-values.ts';
import { describedRoutes } from './client/described-routes.ts';
import type { JsonSchema } from './document/json-schemas.ts';
import { openApiDocument } from './document/openapi-document.ts';

/** Everything here is made out of the document: a new route is provoked without a line of its own. */
const { paths, components } = openApiDocument(describedRoutes(), '');
const named = components.schemas;

interface Provoked {
  readonly name: string;
  readonly method: string;
  /** With a sample of each of its parameters. */
  readonly path: string;
  readonly template: string;
  readonly body: JsonSchema | undefined;
  readonly query: readonly string[];
  readonly requiredQuery: string;
}

const operations = Object.entries(paths).flatMap(([template, item]) =>
  Object.entries(item).map(([method, operation]): Provoked => {
    const of = (where: string) => operation.parameters.filter((one) => one.in === where);
    const samples = new Map(of('path').map(({ name, schema }) => [name, String(sampleOf(schema, named))]));
    const path = template.replaceAll(/\{(\w+)\}/g, (_, name: string) => samples.get(name) ?? '');
    const required = of('query').filter((one) => one.required);
    const requiredQuery = required.map(({ name, schema }) => `${name}=${String(sampleOf(schema, named))}`).join('&');
    return {
      name: `${method.toUpperCase()} ${template}`,
      method: method.toUpperCase(),
      path,
      template,
      body: operation.requestBody?.content['application/json'].schema,
      query: of('query').map(({ name }) => name),
      requiredQuery,
    };
  }),
);
const withBody = operations.flatMap(({ body, ...rest }) => (body === undefined ? [] : [{ ...rest, body }]));
const withPath = operations.filter(({ template }) => template.includes('{'));
const withQuery = operations.filter(({ query }) => query.length > 0);

let database: TestDatabase;
let api: RunningApi;

beforeAll(async () => {
  database = await createTestDatabase();
  await seedStores(database.pool);
  const refuse = () => Promise.reject(new ShelfwireError('TOKEN_INVALID', 'There is no such token.'));
  const createToken = async () => ({ token: 'swt_x', expiresAt: 1_700_000_000_000 });
  // Time flies, so that nobody is told to slow down.
  let passedMs = 0;
  const clock = { ...systemClock, monotonic: () => (passedMs += 1_000) };
  api = await startApi(database.pool, {
    clock,
    sync: { enrol: refuse, createToken, revokeDevice: () => Promise.resolve() },
  });
});
afterAll(async () => {
  await api.stop();
  await database.drop();
});

/** The helper holds the code against those that the operation names; here it must be a problem, and no fault of ours. */
function expectRefused({ status, headers, body }: Answered, what: unknown): void {
  const shown = JSON.stringify(what)?.slice(0, 300);
  expect([status >= 400 && status < 500, shown, status]).toEqual([true, shown, status]);
  expect(headers.get('Content-Type')).toContain(PROBLEM_TYPE);
  // Refused for what it looks like, before anything is looked up.
  expect([body['code'], shown]).toEqual([expect.stringMatching(/^(REQUEST_INVALID|BODY_NOT_JSON)$/), shown]);
  expect(body['remedy']).toBeTruthy();
}

function expectNoFault({ status }: Answered, what: unknown): void {
  expect(`${status < 500} for ${JSON.stringify(what)?.slice(0, 300)}`).toMatch(/^true/);
}

const call = ({ method, path, requiredQuery }: Omit<Provoked, 'body'>, options: CallOptions = {}, query = '') => {
  const asked = [requiredQuery, query].filter((part) => part !== '').join('&');
  return api.call(method, `${path}${asked === '' ? '' : `?${asked}`}`, options);
};

describe('X2 what is not what the document says', () => {
  it('covers every operation', () => {
    expect(operations.length).toBeGreaterThan(35);
    expect(withBody.length).toBeGreaterThan(12);
  });

  it.each(operations)('X2 $name: a query field that it does not know', async (operation) => {
    expectRefused(await call(operation, bodyOf(operation.body), 'colour=red'), 'colour');
    expectRefused(await call(operation, bodyOf(operation.body), '__proto__[x]=1'), '__proto__');
  });

  it.each(withQuery)('X2 $name: query fields with control characters, too long, and twice', async (operation) => {
    for (const field of operation.query) {
      const options = bodyOf(operation.body);
      expectRefused(await call(operation, options, `${field}=%00`), field);
      expectRefused(await call(operation, options, `${field}=${'x'.repeat(5_000)}`), field);
      expectRefused(await call(operation, options, `${field}=1&${field}=2`), field);
      for (const text of ['%F0%9F%98%80', '9'.repeat(30), '-1', '1e400', '%E2%80%AE', '%27%3B--'])
        expectNoFault(await call(operation, options, `${field}=${text}`), [field, text]);
    }
  });

  it.each(withPath)('X2 $name: an address with control characters, broken, huge', async (operation) => {
    for (const wrong of ['%00', '%E0%A4%A', 'x'.repeat(5_000), '%0A', '%ED%A0%80']) {
      const path = operation.template.replaceAll(/\{\w+\}/g, wrong);
      expectRefused(await call({ ...operation, path }, bodyOf(operation.body)), wrong);
    }
    for (const odd of ['%F0%9F%98%80', '9'.repeat(30), '-1', '1e9', '%2e%2e%2f', '%27%3B--', '0']) {
      const path = operation.template.replaceAll(/\{\w+\}/g, odd);
      expectNoFault(await call({ ...operation, path }, bodyOf(operation.body)), odd);
    }
  });

  it.each(withBody)('X2 $name: no JSON, half of it, and JSON of another shape', async (operation) => {
    for (const raw of ['', '{', 'null', '7', '"x"', '[]', '{}}', '\uFEFF{', `{"a":${'['.repeat(20_000)}`])
      expectRefused(await call(operation, { raw }), raw.slice(0, 20));
    expectRefused(await call(operation, { raw: Uint8Array.of(0xff, 0xfe, 0, 1) }), 'bytes');
    expectRefused(await call(operation, { raw: 'a=b', headers: { 'Content-Type': 'text/plain' } }), 'a form');
    expectRefused(await call(operation), 'no body');
  });

  it.each(withBody)('X2 $name: an unknown field, at every level', async (operation) => {
    for (const wrong of unknownFields(sampleOf(operation.body, named)))
      expectRefused(await call(operation, { body: wrong }), wrong);
  });

  it.each(withBody)('X2 $name: a field that is missing', async (operation) => {
    const sample = sampleOf(operation.body, named) as Record<string, unknown>;
    for (const name of operation.body.required ?? []) {
      const { [name]: _, ...rest } = sample;
      expectRefused(await call(operation, { body: rest }), rest);
    }
  });

  it.each(withBody)('X2 $name: fields of another type', async (operation) => {
    for (const wrong of wrongTypes(operation.body, sampleOf(operation.body, named), named))
      expectRefused(await call(operation, { body: wrong }), wrong);
  });

  it.each(withBody)('X2 $name: huge and odd numbers', async (operation) => {
    const sample = sampleOf(operation.body, named);
    for (const text of ['1e400', '-1e400', '1e308', '9007199254740993', '2147483648', '0.1', '-0', '5e-324']) {
      for (const odd of replaced(sample, 'number', '#'))
        expectNoFault(await call(operation, { raw: JSON.stringify(odd).replace('"#"', text) }), [text, odd]);
    }
  });

  it.each(withBody)(
    'X2 $name: control characters, halves of characters, long and right-to-left text',
    async (operation) => {
      const sample = sampleOf(operation.body, named);
      const texts = [
        '\u0000',
        '\uD800',
        '\u202Ex',
        '\u{1F600}'.repeat(40),
        'e\u0301',
        '\n',
        'x'.repeat(60_000),
        "';--",
        '',
      ];
      for (const text of texts) {
        for (const odd of replaced(sample, 'string', text))
          expectNoFault(await call(operation, { body: odd }), [text.slice(0, 9), odd]);
      }
    },
  );

  it.each(withBody)('X2 $name: a body that is too large', async (operation) => {
    const { status, body } = await call(operation, { raw: `{"a":"${'x'.repeat(LIMITS.requestBytes)}"}` });
    expect([status, body['code']]).toEqual([413, 'BODY_TOO_LARGE']);
  });

  it.each(operations.filter(({ method }) => method === 'POST'))(
    'X2 $name: an Idempotency-Key that is none',
    async (operation) => {
      const options = { ...bodyOf(operation.body), idempotencyKey: 'x'.repeat(121) };
      expectRefused(await call(operation, options), options);
    },
  );
});

function bodyOf(schema: JsonSchema | undefined): CallOptions {
  return schema === undefined ? {} : { body: sampleOf(schema, named) };
}

/** The value with a field more in each of its objects, one at a time. */
function unknownFields(value: unknown): unknown[] {
  if (Array.isArray(value)) return value.flatMap((item) => unknownFields(item).map((changed) => [changed]));
  if (typeof value !== 'object' || value === null) return [];
  const inner = Object.entries(value).flatMap(([name, field]) =>
    unknownFields(field).map((changed) => ({ ...value, [name]: changed })),
  );
  return [{ ...value, colour: 'red' }, ...inner];
}
