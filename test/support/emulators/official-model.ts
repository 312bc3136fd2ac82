import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv, type ErrorObject, type ValidateFunction } from 'ajv';
import addFormatsModule from 'ajv-formats';
import type { EmulatedAnswer, EmulatedRequest } from './channel-server.ts';
import { operationsOf, readDocument, type Operation, type Parameter } from './official-document.ts';

/** What a request asks for, read by the model. */
export interface ModelCall {
  readonly operation: Operation;
  /** Path and query parameters; lists are arrays, numbers and booleans are what the model says. */
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly body: unknown;
}

// Types of a CommonJS default export under nodenext.
const addFormats = addFormatsModule as unknown as typeof addFormatsModule.default;

/**
 * A vendor's own OpenAPI documents (2 or 3), against which an emulator holds each request, and its own answers. What is not
 * as they say is in `violations`; a property that they do not name is one too. Headers that they do not name are let through.
 */
export class OfficialModel {
  readonly violations: string[] = [];
  readonly #operations: readonly Operation[];
  readonly #strict = newAjv(false);
  /** What comes in a URL is text. */
  readonly #coercing = newAjv(true);
  readonly #compiled = new Map<string, ValidateFunction>();

  /** Of files under test/data/. `prefix` stands before the paths, where they are relative to the server's. */
  constructor(files: readonly string[], { prefix = '' }: { prefix?: string } = {}) {
    this.#operations = files.flatMap((file) => {
      const text = readFileSync(join(import.meta.dirname, '../../data', file), 'utf8');
      const document = readDocument(JSON.parse(text));
      for (const ajv of [this.#strict, this.#coercing]) ajv.addSchema(document, file, undefined, false);
      return operationsOf(document, file, prefix);
    });
  }

  /** Undefined when the request is none of the model's, or breaks it: then why is in `violations`. */
  request({ method, path, headers, text }: Omit<EmulatedRequest, 'arrivedAt'>): ModelCall | undefined {
    const url = new URL(path, 'http://model');
    const name = `${method} ${url.pathname}`;
    const found = this.#find(method, url.pathname);
    if (found === undefined) return this.#violated(name, ['no such operation']);
    const { operation, inPath } = found;
    const wrong: string[] = [];
    const parameters: Record<string, unknown> = {};
    for (const parameter of operation.parameters) {
      const { name: key, in: place } = parameter;
      const given =
        place === 'path'
          ? inPath[key]
          : place === 'query'
            ? queryValue(parameter, url.searchParams)
            : headers[key.toLowerCase()];
      if (given === undefined) {
        if (parameter.required) wrong.push(`${place} parameter ${key} is missing`);
        continue;
      }
      const box = { value: given };
      wrong.push(...this.#check(this.#coercing, parameter.schema, box, `${place} parameter ${key}`));
      if (place !== 'header') parameters[key] = box.value;
    }
    const known = new Set(operation.parameters.filter((one) => one.in === 'query').map((one) => one.name));
    for (const key of new Set(url.searchParams.keys())) {
      if (!known.has(key)) wrong.push(`query parameter ${key} is not known`);
    }
    const body = this.#body(operation, headers['content-type'], text, wrong);
    return wrong.length > 0 ? this.#violated(name, wrong) : { operation, parameters, body };
  }

  /** Passes an answer on; one that is not as the model says is a violation of the emulator's. */
  answer<Answer extends EmulatedAnswer>({ operation }: ModelCall, answer: Answer): Answer {
    const name = `${operation.name}, answer ${answer.status}`;
    const schema = operation.answerSchema(answer.status);
    if (schema === undefined) this.#violated(name, ['no such status']);
    else if (schema !== null) {
      const value: unknown = structuredClone(answer.body);
      const wrong = this.#check(this.#strict, schema, { value: plain(value) }, 'body');
      if (wrong.length > 0) this.#violated(name, wrong);
    } else if (answer.body !== undefined) this.#violated(name, ['a body where none is']);
    return answer;
  }

  #find(method: string, pathname: string): { operation: Operation; inPath: Record<string, string> } | undefined {
    for (const operation of this.#operations) {
      const inPath = operation.match(method, pathname);
      if (inPath !== undefined) return { operation, inPath };
    }
    return undefined;
  }

  #body(operation: Operation, type: string | undefined, text: string, wrong: string[]): unknown {
    const { schema, required } = operation.body;
    if (schema === null || text === '') {
      if (text !== '') wrong.push('a body where none is');
      if (required) wrong.push('the body is missing');
      return undefined;
    }
    if (!type?.startsWith('application/json')) {
      if (operation.readsJson) wrong.push(`content-type ${type}`);
      return text;
    }
    try {
      const value: unknown = JSON.parse(text);
      wrong.push(...this.#check(this.#strict, schema, { value }, 'body'));
      return value;
    } catch {
      wrong.push('the body is no JSON');
      return undefined;
    }
  }

  #check(ajv: Ajv, pointer: string, box: { value: unknown }, what: string): string[] {
    const key = `${ajv === this.#strict} ${pointer}`;
    let validate = this.#compiled.get(key);
    if (validate === undefined) {
      validate = ajv.compile({ type: 'object', properties: { value: { $ref: pointer } }, required: ['value'] });
      this.#compiled.set(key, validate);
    }
    return validate(box) ? [] : (validate.errors ?? []).map((error) => described(error, what));
  }

  #violated(name: string, wrong: readonly string[]): undefined {
    this.violations.push(`${name}: ${wrong.join('; ')}`);
    return undefined;
  }
}

function newAjv(coerceTypes: boolean): Ajv {
  // The documents are of JSON Schema drafts and dialects that a strict reader would not take.
  const ajv = new Ajv({ strict: false, allErrors: true, logger: false, coerceTypes, validateSchema: false });
  addFormats(ajv);
  return ajv;
}

/** As it goes over the wire: without what is undefined. */
function plain(value: unknown): unknown {
  return value === undefined ? undefined : JSON.parse(JSON.stringify(value));
}

function queryValue({ name, schemaType, separator }: Parameter, query: URLSearchParams): string | string[] | undefined {
  const all = query.getAll(name);
  if (all.length === 0) return undefined;
  if (schemaType !== 'array') return all.at(-1);
  return separator === null ? all : all.flatMap((one) => one.split(separator));
}

function described({ instancePath, message = '', params }: ErrorObject, what: string): string {
  const at = instancePath.replace(/^\/value/, '');
  return `${what}${at} ${message} ${JSON.stringify(params)}`;
}
