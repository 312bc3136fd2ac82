type Json = Record<string, unknown>;

export interface Parameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly required: boolean;
  /** Where its schema stands. */
  readonly schema: string;
  readonly schemaType: unknown;
  /** Between the values of a list; null: the parameter is repeated. */
  readonly separator: string | null;
}

/** One operation of an OpenAPI document; schemas are named by where they stand in it. */
export class Operation {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  /** null: it takes none. */
  readonly body: { readonly schema: string | null; readonly required: boolean };
  /** Whether it takes JSON; else its body is given as text. */
  readonly readsJson: boolean;
  readonly #method: string;
  readonly #path: RegExp;
  readonly #at: string;
  readonly #operation: Json;
  readonly #document: Json;
  readonly #names: readonly string[];

  constructor(document: Json, file: string, prefix: string, path: string, method: string) {
    const item = (document['paths'] as Json)[path] as Json;
    const operation = item[method] as Json;
    this.#document = document;
    this.#operation = operation;
    this.#method = method.toUpperCase();
    this.#at = `${file}#/paths/${escaped(path)}/${method}`;
    this.#path = new RegExp(
      `^${(prefix + path).replaceAll(/[.*+?^$()|[\]\\]/g, String.raw`\$&`).replaceAll(/\{([^}]+)\}/g, '([^/]+)')}$`,
    );
    this.#names = [...path.matchAll(/\{([^}]+)\}/g)].map(([, name = '']) => name);
    this.name = typeof operation['operationId'] === 'string' ? operation['operationId'] : `${method} ${path}`;
    const places = [
      { list: item['parameters'], at: `${file}#/paths/${escaped(path)}/parameters` },
      { list: operation['parameters'], at: `${this.#at}/parameters` },
    ];
    const all = places.flatMap(({ list, at }) =>
      ((list ?? []) as Json[]).map((one, place) => resolved(document, file, one, `${at}/${place}`)),
    );
    this.parameters = all.flatMap(({ value, at }) => parameterOf(value, at));
    this.body = bodyOf(operation, all, this.#at);
    const media = (operation['requestBody'] as Json | undefined)?.['content'] as Json | undefined;
    const consumes = (operation['consumes'] ?? document['consumes'] ?? ['application/json']) as string[];
    this.readsJson = (media === undefined ? consumes : Object.keys(media)).includes('application/json');
  }

  /** The values in the path; undefined: it is another operation. */
  match(method: string, pathname: string): Record<string, string> | undefined {
    if (method !== this.#method) return undefined;
    const found = this.#path.exec(pathname);
    if (found === null) return undefined;
    return Object.fromEntries(this.#names.map((name, place) => [name, decodeURIComponent(found[place + 1] ?? '')]));
  }

  /** Where the schema of an answer stands; null: it has no body; undefined: there is no such answer. */
  answerSchema(status: number): string | null | undefined {
    const responses = this.#operation['responses'] as Json;
    const key = [String(status), `${String(status)[0]}XX`, 'default'].find((one) => one in responses);
    if (key === undefined) return undefined;
    const raw = responses[key] as Json;
    const file = this.#at.slice(0, this.#at.indexOf('#'));
    const { value, at } = resolved(this.#document, file, raw, `${this.#at}/responses/${key}`);
    if ('schema' in value) return `${at}/schema`;
    return mediaSchema(value['content'], at);
  }
}

/** Every operation, those without variables in their path first. */
export function operationsOf(document: Json, file: string, prefix: string): Operation[] {
  return Object.entries(document['paths'] as Record<string, Json>)
    .sort(([one], [other]) => Number(one.includes('{')) - Number(other.includes('{')))
    .flatMap(([path, item]) =>
      Object.keys(item)
        .filter((key) => /^(get|put|post|patch|delete)$/.test(key))
        .map((method) => new Operation(document, file, prefix, path, method)),
    );
}

/**
 * The document, with its schemas made to refuse properties that they do not name, except where these are put together of several
 * (allOf and the like) or name none; and with boolean exclusive bounds as JSON Schema has them now.
 */
export function readDocument(value: unknown): Json {
  const document = structuredClone(value) as Json;
  const open = new Set<Json>();
  const parts = new Set<string>();
  walk(document, nestSchema);
  walk(document, (node) => {
    for (const key of ['allOf', 'anyOf', 'oneOf']) {
      for (const part of Array.isArray(node[key]) ? (node[key] as Json[]) : []) {
        if (typeof part['$ref'] === 'string') parts.add(part['$ref']);
        else open.add(part);
      }
      if (Array.isArray(node[key])) open.add(node);
    }
  });
  const kept = new Set([...parts].map((ref) => at(document, ref)));
  walk(document, (node) => {
    const { properties, exclusiveMinimum, exclusiveMaximum } = node;
    if (exclusiveMinimum === true) Object.assign(node, { exclusiveMinimum: node['minimum'] });
    if (exclusiveMaximum === true) Object.assign(node, { exclusiveMaximum: node['maximum'] });
    for (const key of ['exclusiveMinimum', 'exclusiveMaximum']) if (node[key] === false) delete node[key];
    const isSchema = node['type'] === 'object' && typeof properties === 'object' && properties !== null;
    if (!isSchema || 'additionalProperties' in node || open.has(node) || kept.has(node)) return;
    node['additionalProperties'] = false;
  });
  return document;
}
const OF_PARAMETERS = new Set(['name', 'in', 'required', 'collectionFormat']);

/** OpenAPI 2 has a parameter's schema in the parameter itself. */
function nestSchema(node: Json): void {
  if (typeof node['name'] !== 'string' || !/^(path|query|header)$/.test(String(node['in'])) || 'schema' in node) return;
  const { collectionFormat } = node;
  const schema = Object.fromEntries(Object.entries(node).filter(([key]) => !OF_PARAMETERS.has(key)));
  for (const key of Object.keys(schema)) delete node[key];
  Object.assign(node, { schema, explode: collectionFormat === 'multi', style: collectionFormat });
}

function walk(value: unknown, visit: (node: Json) => void): void {
  if (Array.isArray(value)) for (const one of value) walk(one, visit);
  else if (typeof value === 'object' && value !== null) {
    visit(value as Json);
    for (const one of Object.values(value)) walk(one, visit);
  }
}

function at(document: Json, ref: string): Json {
  const steps = ref.replace(/^#\//, '').split('/');
  return steps.reduce<Json>(
    (node, step) => node[decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')] as Json,
    document,
  );
}

function resolved(document: Json, file: string, value: Json, place: string): { value: Json; at: string } {
  const { $ref: ref } = value;
  if (typeof ref !== 'string') return { value, at: place };
  return { value: at(document, ref), at: `${file}${ref}` };
}

function parameterOf(value: Json, place: string): Parameter[] {
  const { name, in: where, required, style, explode } = value;
  if (where !== 'path' && where !== 'query' && where !== 'header') return [];
  const separators: Record<string, string> = { pipes: '|', pipeDelimited: '|', ssv: ' ', spaceDelimited: ' ' };
  return [
    {
      name: String(name),
      in: where,
      required: required === true,
      schema: `${place}/schema`,
      schemaType: (value['schema'] as Json)['type'],
      separator: explode === false ? (separators[String(style)] ?? ',') : null,
    },
  ];
}

function bodyOf(
  operation: Json,
  parameters: readonly { value: Json; at: string }[],
  place: string,
): { schema: string | null; required: boolean } {
  const inBody = parameters.find(({ value }) => value['in'] === 'body');
  if (inBody !== undefined) return { schema: `${inBody.at}/schema`, required: inBody.value['required'] === true };
  const body = operation['requestBody'] as Json | undefined;
  if (body === undefined) return { schema: null, required: false };
  return { schema: mediaSchema(body['content'], `${place}/requestBody`), required: body['required'] === true };
}

function mediaSchema(content: unknown, place: string): string | null {
  const types = Object.keys(content ?? {});
  const type = types.find((one) => one.startsWith('application/json')) ?? types[0];
  const media = type === undefined ? undefined : (content as Record<string, Json>)[type];
  if (type === undefined || media === undefined || !('schema' in media)) return null;
  return `${place}/content/${escaped(type)}/schema`;
}

/** A key in a JSON pointer that stands in a URI. */
const escaped = (key: string): string => encodeURIComponent(key.replaceAll('~', '~0').replaceAll('/', '~1'));
