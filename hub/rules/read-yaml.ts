import {
  Composer,
  CST,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  type Document,
  type Node,
  type Pair,
  type YAMLMap,
} from 'yaml';
import { RulesProblems, type RulesPath } from './rules-problem.ts';

/** The text of a document as plain values, with the place of each. */
export interface YamlRead {
  readonly value: unknown;
  readonly problems: RulesProblems;
}

const LEVELS_MAX = 8;
/** Fields, entries and lists, each counted by its marks: above what fits a document within RULES_LIMITS. */
const MARKS_MAX = 600_000;

interface Parsed extends Pick<Document, 'errors' | 'warnings'> {
  readonly contents: Node | null;
}

/**
 * Reads YAML 1.2, of which JSON is a part. Aliases and tags of one's own are refused: neither is needed, and a few lines
 * of aliases unfold to millions. Anything wrong is in `problems`; `value` is then not the whole. In `textFields`, names and
 * codes, what is written is meant, so that 007 stays 007, and 22423 is a sku like any other.
 */
export function readYaml(text: string, textFields: ReadonlySet<string>): YamlRead {
  const lines = new LineCounter();
  const placeAt = (offset: number) => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  let document: Parsed;
  try {
    document = parse(text, lines);
  } catch (error) {
    if (!(error instanceof Unreadable)) throw error;
    const problems = new RulesProblems(() => placeAt(error.offset));
    problems.add('syntax', [], error.message, error.remedy);
    return { value: undefined, problems };
  }
  const { contents } = document;
  const offsets = new Offsets(contents);
  const problems = new RulesProblems((path) => placeAt(offsets.of(path)));
  for (const { message, pos } of [...document.errors, ...document.warnings]) {
    problems.addAt(placeAt(pos[0]), 'syntax', `This is not YAML: ${sentence(message)}`, remedyOf(message));
  }
  if (problems.total > 0) return { value: undefined, problems };
  const refuseTwice = (key: Node, name: string, first: Node) => {
    const place = placeAt(key.range?.[0] ?? 0);
    const { line } = placeAt(first.range?.[0] ?? 0);
    problems.addAt(place, 'duplicate-field', `"${name}" is here twice, first in line ${line}.`, 'Leave one of them.');
  };
  return { value: toValue(contents, [], { problems, textFields, refuseTwice }), problems };
}

interface Reading {
  readonly problems: RulesProblems;
  readonly textFields: ReadonlySet<string>;
  refuseTwice(key: Node, name: string, first: Node): void;
}

function toValue(node: Node | null, path: RulesPath, reading: Reading): unknown {
  const { problems, textFields } = reading;
  // Enough is told; the value is not the whole anyway.
  if (!problems.hasRoom) return undefined;
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
    const isText = field !== undefined && textFields.has(field) && node.value !== null;
    return isText && typeof node.value !== 'string' ? (node.source ?? String(node.value)) : node.value;
  }
  if (isSeq<Node | null>(node)) return node.items.map((item, place) => toValue(item, [...path, place], reading));
  if (!isMap<Node, Node | null>(node)) return node ?? undefined;
  // Without a prototype: a field named __proto__ is a field like any other, and refused as unknown.
  const map: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  const keys = new Map<string, Node>();
  for (const { key, value } of node.items) {
    if (!problems.hasRoom) break;
    const name = isScalar(key) ? String(key.source ?? key.value) : undefined;
    if (name === undefined) {
      problems.add('syntax', path, 'A field has no plain name.', 'Write `name: value`.');
      continue;
    }
    const first = keys.get(name);
    if (first !== undefined) reading.refuseTwice(key, name, first);
    else {
      keys.set(name, key);
      const given = toValue(value, [...path, name], reading);
      // A heading with nothing below it is as good as none.
      if (given !== null || path.length > 0) map[name] = given;
    }
  }
  return map;
}

/** Where parts of a document begin. */
class Offsets {
  readonly #root: Node | null;
  readonly #fields = new WeakMap<Node, ReadonlyMap<string, Pair<Node, Node | null>>>();

  constructor(root: Node | null) {
    this.#root = root;
  }

  /** Where the deepest part of the path that exists begins; of a field that is its name, of a list's item its value. */
  of(path: RulesPath): number {
    let node = this.#root;
    let offset = node?.range?.[0] ?? 0;
    for (const step of path) {
      if (isSeq<Node | null>(node) && typeof step === 'number') {
        node = node.items[step] ?? null;
        offset = node?.range?.[0] ?? offset;
      } else if (isMap<Node, Node | null>(node)) {
        const pair = this.#fieldsOf(node).get(String(step));
        if (pair === undefined) return offset;
        offset = pair.key.range?.[0] ?? offset;
        node = pair.value;
      } else return offset;
    }
    return offset;
  }

  /** Kept: a map may have as many fields as there are problems with them. */
  #fieldsOf(map: YAMLMap<Node, Node | null>): ReadonlyMap<string, Pair<Node, Node | null>> {
    const known = this.#fields.get(map);
    if (known !== undefined) return known;
    const fields = new Map<string, Pair<Node, Node | null>>();
    for (const pair of map.items) {
      if (!isScalar(pair.key)) continue;
      const name = String(pair.key.source ?? pair.key.value);
      if (!fields.has(name)) fields.set(name, pair);
    }
    this.#fields.set(map, fields);
    return fields;
  }
}

/** What is not even parsed: a parser takes seconds and gigabytes for a few megabytes of brackets. */
class Unreadable extends Error {
  readonly offset: number;
  readonly remedy: string;

  constructor(offset: number, message: string, remedy: string) {
    super(message);
    this.offset = offset;
    this.remedy = remedy;
  }
}

/** As the library's parseDocument, but its words are looked at before they are put together. */
function parse(text: string, lineCounter: LineCounter): Parsed {
  const composer = new Composer({
    lineCounter,
    prettyErrors: false,
    // Its own check compares each key with each; ours does not.
    uniqueKeys: false,
    version: '1.2',
    schema: 'core',
    merge: false,
    resolveKnownTags: false,
    logLevel: 'error',
  });
  const [document, second] = composer.compose(tokensOf(text, new Parser(lineCounter.addNewLine)), true, text.length);
  if (document === undefined) throw new Error('A text gave no document.');
  if (second !== undefined) {
    throw new Unreadable(
      second.range?.[0] ?? 0,
      'This is not YAML: here begins a second document.',
      'Put everything in one document, without `---` between.',
    );
  }
  return document;
}

/** Throws Unreadable where brackets, or the marks of entries in one line, go deeper than any document of rules does. */
function* tokensOf(text: string, parser: Parser): Generator<CST.Token, void> {
  let offset = 0;
  let brackets = 0;
  let inRow = 0;
  let marks = 0;
  let isContent = false;
  // Of no text, so that it counts the first line.
  yield* parser.parse('', true);
  for (const lexeme of new Lexer().lex(text)) {
    // What follows the mark of a scalar is its text, whatever it looks like.
    const type: CST.TokenType | null = isContent ? null : CST.tokenType(lexeme);
    isContent = type === 'scalar';
    if (type === 'flow-seq-start' || type === 'flow-map-start') brackets += 1;
    else if (type === 'flow-seq-end' || type === 'flow-map-end') brackets = Math.max(0, brackets - 1);
    const isMark = type === 'seq-item-ind' || type === 'explicit-key-ind' || type === 'map-value-ind';
    if (isMark) inRow += 1;
    else if (type !== 'space') inRow = 0;
    if (isMark || type === 'comma' || type === 'flow-seq-start' || type === 'flow-map-start') marks += 1;
    if (Math.max(brackets, inRow) > LEVELS_MAX) {
      const remedy = 'Take the inner lists and maps out.';
      throw new Unreadable(offset, `This is more than ${LEVELS_MAX} levels deep.`, remedy);
    }
    if (marks > MARKS_MAX) {
      const remedy = `At most ${MARKS_MAX} are read. Let rules speak of categories and groups, not of each.`;
      throw new Unreadable(offset, 'Here are too many fields and entries.', remedy);
    }
    if (type !== 'scalar' && type !== 'doc-mode' && type !== 'flow-error-end') offset += lexeme.length;
    yield* parser.next(lexeme);
  }
  yield* parser.end();
}

const sentence = (message: string): string => (message.endsWith('.') ? message : `${message}.`);

function remedyOf(message: string): string {
  if (/tab/i.test(message)) return 'Indent with blanks.';
  if (/tag/i.test(message)) return 'Leave the tag away: a plain value is meant.';
  if (/stack/i.test(message)) return 'Take the inner lists and maps out.';
  return 'Correct the line; texts with : # or quotes in them stand in "quotes".';
}
