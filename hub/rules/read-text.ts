import { readYaml, type YamlRead } from './read-yaml.ts';
import { RulesProblems } from './rules-problem.ts';

export interface TextLimits {
  readonly bytesMax: number;
  /** Fields whose value is a text, whatever it looks like. */
  readonly textFields: ReadonlySet<string>;
}

/** PostgreSQL keeps no NUL and no half of a character; other control characters have no place in a file of rules. */
const UNSTORABLE = /(?![\n\r\t])[\p{Cc}\p{Cs}]/u;

/** Reads a document of rules, which is YAML or JSON, after a look at its size and its characters (X2). */
export function readText(text: string, { bytesMax, textFields }: TextLimits): YamlRead {
  const bytes = Buffer.byteLength(text);
  if (bytes > bytesMax) return tooLarge(bytes, bytesMax);
  const unstorable = UNSTORABLE.exec(text);
  if (unstorable !== null) return unprintable(text, unstorable.index);
  return readYaml(text, textFields);
}

/** As every checkout and editor has it: LF line ends, no byte order mark. */
export function normalText(text: string): string {
  return text.replace(/^\uFEFF/, '').replaceAll('\r\n', '\n');
}

function tooLarge(bytes: number, bytesMax: number): YamlRead {
  const problems = new RulesProblems(() => ({ line: 1, column: 1 }));
  const remedy = `At most ${bytesMax} bytes are read. Let rules speak of categories and groups, not of each.`;
  problems.add('too-large', [], `The document has ${bytes} bytes.`, remedy);
  return { value: undefined, problems };
}

function unprintable(text: string, offset: number): YamlRead {
  const before = text.slice(0, offset).split('\n');
  const place = { line: before.length, column: (before.at(-1) ?? '').length + 1 };
  const problems = new RulesProblems(() => place);
  problems.add('syntax', [], 'Here is a character that no text has.', 'Save the file as UTF-8, without it.');
  return { value: undefined, problems };
}
