import { PROBLEM_TYPE } from '#shared/protocol/problem.ts';
import type { JsonSchema } from './json-schemas.ts';
import type { DescribedAnswer, OpenApiDocument, Operation, Parameter } from './openapi-document.ts';
import { notes, schemaText } from './schema-text.ts';

export const DOCUMENT_STYLE = `:root{color-scheme:light dark;--line:#d5d8dd;--soft:#f4f5f7;--quiet:#5b6270;--link:#0b57c2}
@media(prefers-color-scheme:dark){:root{--line:#3a3f47;--soft:#22262c;--quiet:#a3abb8;--link:#8ab8ff}}
*{box-sizing:border-box}
body{font:16px/1.5 system-ui,sans-serif;margin:0;background:Canvas;color:CanvasText;display:grid;grid-template-columns:19rem minmax(0,1fr)}
a{color:var(--link)}a:focus-visible,summary:focus-visible,[tabindex]:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem;top:1rem;background:Canvas;padding:.5rem;z-index:1}
nav{position:sticky;top:0;height:100vh;overflow-y:auto;border-right:1px solid var(--line);padding:1rem;font-size:.875rem}
nav ul{list-style:none;margin:0 0 1rem;padding:0}nav li{margin:.2rem 0;overflow-wrap:anywhere}nav h2{font-size:.875rem;margin:.5rem 0;text-transform:capitalize}
main{padding:1rem 2rem 4rem;max-width:64rem}section{border-top:1px solid var(--line);padding:1rem 0}
h1{line-height:1.2}h3{font:600 1.05rem/1.4 ui-monospace,monospace;margin:.25rem 0;overflow-wrap:anywhere}h4{margin:1rem 0 .25rem;font-size:.9rem}
code,pre{font:.85rem/1.5 ui-monospace,monospace}pre{background:var(--soft);padding:.75rem;overflow-x:auto;border-radius:4px;margin:.25rem 0}
table{border-collapse:collapse;width:100%;font-size:.9rem}th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line)}
.quiet{color:var(--quiet)}dt{font:600 .85rem ui-monospace,monospace;margin-top:.4rem}dd{margin:0 0 .2rem 1rem}
@media(max-width:52rem){body{display:block}nav{position:static;height:auto;border:0;border-bottom:1px solid var(--line)}main{padding:1rem}}`;

interface Entry {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

/** The document for people: one page without scripts, which needs nothing else. */
export function documentPage({ info, paths, components }: OpenApiDocument): string {
  const entries = Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): Entry => {
      return { id: operation.operationId, method: method.toUpperCase(), path, operation };
    }),
  );
  const areas = Map.groupBy(entries, ({ path }) => areaOf(path));
  const types = Object.entries(components.schemas);
  const link = linkTo(types.map(([name]) => name));
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="color-scheme" content="light dark">
<title>${escape(info.title)} API</title>
<style>${DOCUMENT_STYLE}</style>
<body>
<a class="skip" href="#content">To the content</a>
<nav aria-label="Operations">
${[...areas].map(([area, list]) => navArea(area, list)).join('\n')}
<h2>types</h2>
<ul>${types.map(([name]) => `<li><a href="#type-${name}">${name}</a></li>`).join('')}</ul>
</nav>
<main id="content">
<h1>${escape(info.title)} API</h1>
<p class="quiet">Version ${escape(info.version)}. For programs: <a href="/v1/openapi.json">OpenAPI 3.1</a>.</p>
${info.description
  .split('\n\n')
  .map((text) => `<p>${prose(text)}</p>`)
  .join('\n')}
${entries.map((entry) => operationSection(entry, link)).join('\n')}
<section><h2>Types</h2>
${types.map(([name, schema]) => `<h3 id="type-${name}">${name}</h3>\n${code(schema, link)}`).join('\n')}
</section>
</main>
</body>
</html>
`;
}

/** /v1/stores/{code} -> stores */
function areaOf(path: string): string {
  return (
    path
      .replace(/^\/v1\//, '')
      .split('/')
      .find((part) => part !== '')
      ?.replaceAll('-', ' ') ?? path
  );
}

function navArea(area: string, entries: readonly Entry[]): string {
  const items = entries.map(({ id, method, path }) => `<li><a href="#${id}">${method} ${escape(path)}</a></li>`);
  return `<h2>${escape(area)}</h2>\n<ul>${items.join('')}</ul>`;
}

function operationSection({ id, method, path, operation }: Entry, link: Link): string {
  const { summary, parameters, requestBody, responses } = operation;
  const scope = operation['x-scope'];
  const access = operation.security
    ? 'Needs no key.'
    : scope
      ? `Needs the scope <code>${scope}</code>.`
      : 'Needs any key.';
  const answers = Object.entries(responses);
  return `<section aria-labelledby="${id}">
<h3 id="${id}">${method} ${escape(path)}</h3>
<p>${prose(summary)} <span class="quiet">${access}</span></p>
${parameters.length > 0 ? `<h4>Parameters</h4>\n${parameterTable(parameters)}` : ''}
${requestBody ? `<h4>Body</h4>\n${code(requestBody.content['application/json'].schema, link)}` : ''}
${answers
  .filter((answer) => !isProblem(answer))
  .map((answer) => answerText(answer, link))
  .join('\n')}
<details><summary>Problems</summary><dl>${answers.filter(isProblem).map(problemItems).join('')}</dl></details>
</section>`;
}

function parameterTable(parameters: readonly Parameter[]): string {
  const rows = parameters.map(
    ({ name, in: where, required, schema }) =>
      `<tr><td><code>${escape(name)}</code><td>${where}${required ? ', required' : ''}<td>${limitsOf(schema)}</tr>`,
  );
  return `<table><tr><th scope="col">Name<th scope="col">In<th scope="col">Value</tr>${rows.join('')}</table>`;
}

function limitsOf(schema: JsonSchema): string {
  const { pattern } = schema;
  return [
    `<code>${escape(schemaText(schema))}</code>`,
    ...(typeof pattern === 'string' ? [`like <code>${escape(pattern)}</code>`] : []),
    prose(notes(schema)),
  ].join(' ');
}

function answerText([status, { description, content = {} }]: [string, DescribedAnswer], link: Link): string {
  const [type, media] = Object.entries(content)[0] ?? [];
  const shown =
    type === 'application/json' && media ? code(media.schema, link) : `<p><code>${type ?? 'no body'}</code></p>`;
  return `<h4>${status}: ${escape(description)}</h4>\n${shown}`;
}

/** The codes of a status with their remedies. */
function problemItems([status, { description }]: [string, DescribedAnswer]): string {
  return description
    .split('\n')
    .map((line) => {
      const [name = '', ...remedy] = line.split(': ');
      return `<dt>${status} ${escape(name)}<dd>${prose(remedy.join(': '))}`;
    })
    .join('');
}

function isProblem([, { content = {} }]: [string, DescribedAnswer]): boolean {
  return PROBLEM_TYPE in content;
}

/** Leads from a type's name to the type. */
type Link = (html: string) => string;

function linkTo(names: readonly string[]): Link {
  const known = new RegExp(String.raw`\b(${names.join('|')})\b(?![^<]*</a>)`, 'g');
  return (html) => html.replaceAll(known, '<a href="#type-$1">$1</a>');
}

/** Wide types are scrolled by keyboard too. What only matters to compilers is left out. */
function code(schema: JsonSchema, link: Link): string {
  const text = schemaText(schema)
    .replaceAll(/\breadonly /g, '')
    .replaceAll(' | undefined', '');
  return `<pre tabindex="0">${link(escape(text))}</pre>`;
}

function prose(text: string): string {
  return escape(text).replaceAll(/`([^`]+)`/g, '<code>$1</code>');
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
