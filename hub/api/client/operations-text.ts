import type { JsonSchema } from '../document/json-schemas.ts';
import type { OpenApiDocument, Operation, Parameter } from '../document/openapi-document.ts';
import { schemaText } from '../document/schema-text.ts';

const HEAD = '// Written by `npm run client` from the routes of the hub: do not edit.\n';

/** The API's operations as TypeScript types, for clients that must not know the hub. */
export function operationsText({ paths, components }: OpenApiDocument): string {
  const types = Object.entries(components.schemas).map(
    ([name, schema]) => `${commentOf(schema, '')}export type ${name} = ${schemaText(schema)};\n`,
  );
  const operations = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => operationText(`${method.toUpperCase()} ${path}`, operation)),
  );
  return [HEAD, ...types, `export interface Operations {\n${operations.join('')}}\n`].join('\n');
}

function operationText(name: string, operation: Operation): string {
  const { summary, parameters, requestBody, responses } = operation;
  const requests = [
    requestPart('params', of(parameters, 'path')),
    requestPart('query', of(parameters, 'query')),
    requestBody
      ? `      readonly body: ${schemaText(requestBody.content['application/json'].schema, '      ')};\n`
      : '',
    ...of(parameters, 'header')
      .filter(({ name }) => name === 'Idempotency-Key')
      .map(({ required }) => `      readonly idempotencyKey${required ? '' : '?'}: string;\n`),
  ].join('');
  return [
    `  /** ${summary.replaceAll('*/', '* /')} */\n`,
    `  '${name}': {\n`,
    requests === ''
      ? '    readonly request: Readonly<Record<string, never>>;\n'
      : `    readonly request: {\n${requests}    };\n`,
    `    readonly answer: ${answerText(responses)};\n`,
    '  };\n',
  ].join('');
}

function of(parameters: readonly Parameter[], where: Parameter['in']): Parameter[] {
  return parameters.filter((parameter) => parameter.in === where);
}

/** May be left away as a whole when each of it may. */
function requestPart(name: string, parameters: readonly Parameter[]): string {
  if (parameters.length === 0) return '';
  const required = parameters.filter((parameter) => parameter.required).map((parameter) => parameter.name);
  const properties = Object.fromEntries(parameters.map((parameter) => [parameter.name, parameter.schema]));
  const text = schemaText({ type: 'object', properties, required }, '      ');
  return `      readonly ${name}${required.length === 0 ? '?' : ''}: ${text};\n`;
}

/** What is done is answered alike, whatever its status. */
function answerText(responses: Operation['responses']): string {
  const contents = Object.entries(responses)
    .filter(([status]) => Number(status) < 300)
    .flatMap(([, { content = {} }]) => Object.values(content));
  return schemaText(contents[0]?.schema ?? {}, '    ');
}

function commentOf({ description }: JsonSchema, indent: string): string {
  return typeof description === 'string' ? `${indent}/** ${description.replaceAll('*/', '* /')} */\n` : '';
}
