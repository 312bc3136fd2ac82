import { isAlias, isMap, isScalar, isSeq, LineCounter, parseDocument, type Node } from 'yaml';
import { RulesProblems, type RulesPath } from './rules-problem.ts';

/** The text of a document as plain values, with the place of each. */
export interface YamlRead {
  readonly value: unknown;
  readonly problems: RulesProblems;
}

/** Names and codes: what is written is meant, so that 007 stays 007, and 22423 is a sku like any other. */
const TEXT_FIELDS = new Set([
  'code',
  'name',
  'id',
  'sku',
  'category',
  'location',
  'group',
  'channel',
  'channelSku',
  'locations',
  'groups',
]);
const LEVELS_MAX = 8;

/**
 * Reads YAML 1.2, of which JSON is a part. Aliases and tags of one's own are refused: neither is needed, and a few lines
 * of aliases unfold to millions. Anything wrong is in `problems`; `value` is then not the whole.
 */
export function readYaml(text: string): YamlRead {
  const lines = new LineCounter();
  const document = parseDocument<Node, false>(text, {
    lineCounter: lines,
    prettyErrors: false,
    // Its own check compares each key with each; ours does not.
    uniqueKeys: false,
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    logLevel: 'error',
  });
  const { contents } = document;
  const placeAt = (offset: number) => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems = new RulesProblems((path) => placeAt(offsetOf(contents, path)));
  for (const { message, pos } of [...document.errors, ...document.warnings]) {
    problems.addAt(placeAt(pos[0]), 'syntax', `This is not YAML: ${sentence(message)}`, remedyOf(message));
  }
  if (problems.total > 0) return { value: undefined, problems };
  const refuseTwice = (key: Node, name: string, first: number) => {
    const place = placeAt(key.range?.[0] ?? 0);
    problems.addAt(place, 'duplicate-field', `"${name}" is here twice, first in line ${first}.`, 'Leave one of them.');
  };
  return { value: toValue(contents, [], { problems, refuseTwice }), problems };
}

interface Reading {
  readonly problems: RulesProblems;
  refuseTwice(key: Node, name: string, firstLine: number): void;
}

function toValue(node: Node | null, path: RulesPath, reading: Reading): unknown {
  const { problems } = reading;
  if (path.length > LEVELS_MAX) {
    problems.add('syntax', path, `This is more than ${LEVELS_MAX} levels deep.`, 'Take the inner lists and maps out.');
    return undefined;
  }
  if (isAlias(node)) {
    problems.add('alias', path, `*${node.source} is an alias.`, 'Write the value out, or make a group of locations.');
    return undefined;
  }
  if (isScalar(node)) {
    const field = path.findLast((step) => typeof step === 'string');
    const isText = field !== undefined && TEXT_FIELDS.has(field) && node.value !== null;
    return isText && typeof node.value !== 'string' ? (node.source ?? String(node.value)) : node.value;
  }
  if (isSeq<Node | null>(node)) return node.items.map((item, place) => toValue(item, [...path, place], reading));
  if (!isMap<Node, Node | null>(node)) return node ?? undefined;
  // Without a prototype: a field named __proto__ is a field like any other, and refused as unknown.
  const map: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const { key, value } of node.items) {
    const name = isScalar(key) ? String(key.source ?? key.value) : undefined;
    if (name === undefined) {
      problems.add('syntax', path, 'A field has no plain name.', 'Write `name: value`.');
    } else if (name in map) {
      reading.refuseTwice(key, name, problems.lineOf([...path, name]));
    } else {
      const given = toValue(value, [...path, name], reading);
      // A heading with nothing below it is as good as none.
      if (given !== null || path.length > 0) map[name] = given;
    }
  }
  return map;
}

/** Where the deepest part of the path that exists begins; of a field that is its name, of a list's item its value. */
function offsetOf(root: Node | null, path: RulesPath): number {
  let node: Node | null = root;
  let offset = root?.range?.[0] ?? 0;
  for (const step of path) {
    if (isSeq<Node | null>(node) && typeof step === 'number') {
      node = node.items[step] ?? null;
      offset = node?.range?.[0] ?? offset;
    } else if (isMap<Node, Node | null>(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.source ?? key.value) === step);
      if (pair === undefined) return offset;
      offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else return offset;
  }
  return offset;
}

const sentence = (message: string): string => (message.endsWith('.') ? message : `${message}.`);

function remedyOf(message: string): string {
  if (/tab/i.test(message)) return 'Indent with blanks.';
  if (/tag/i.test(message)) return 'Leave the tag away: a plain value is meant.';
  if (/multiple documents/i.test(message)) return 'Put everything in one document, without `---` between.';
  if (/stack/i.test(message)) return 'Take the inner lists and maps out.';
  return 'Correct the line; texts with : # or quotes in them stand in "quotes".';
}
