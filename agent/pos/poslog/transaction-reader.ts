import sax, { type QualifiedTag, type SAXParser } from 'sax';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Passage } from '../files/file-document.ts';
import type { Element } from './element.ts';

/** A transaction of the log; without its element it is too big, and `reason` says so. */
export interface Transaction extends Passage {
  readonly element: Element | undefined;
  readonly reason: string;
}

/** Of one transaction: a receipt of 2,000 lines has some 60,000 elements. */
export interface TransactionLimits {
  readonly chars: number;
  readonly elements: number;
  readonly depth: number;
  /** In which no transaction ends, neither a big one nor what stands between two. Beyond it the file is no till's log. */
  readonly charsWithoutEnd: number;
}
const LIMITS: TransactionLimits = {
  chars: 8 * 1024 * 1024,
  elements: 100_000,
  depth: 64,
  charsWithoutEnd: 64 * 1024 * 1024,
};

/** As much as one tag may have at most, and as is kept of what is too big. */
const BEGINNING_CHARS = 256 * 1024;

const STANDARD = new Set(['', 'http://www.nrf-arts.org/IXRetail/namespace/']);

/**
 * Text in, transactions out; no more than one of them is kept at a time, and of a hostile one no more than its limits.
 * Nothing is fetched or expanded: a document type is refused. Throws POSLOG_FILE_INVALID, also when the log breaks off, or
 * goes on without an end.
 */
export class TransactionReader {
  readonly #parser: SAXParser;
  readonly #limits: TransactionLimits;
  #done: Transaction[] = [];
  /** The text from `#textAt` on; kept only while a transaction is open or may begin in it. */
  #text = '';
  #textAt = 0;
  #open: OpenTransaction | undefined;
  /** Depth below an element of another namespace, which is left out with all that is in it. */
  #foreign = 0;
  #depth = 0;
  /** Where the last transaction ended. */
  #endedAt = 0;
  #hasRoot = false;
  /** The tag that the log begins with, once it has been read: a transaction by itself lacks the namespaces in it. */
  rootText: string | null = null;

  constructor(limits: TransactionLimits = LIMITS) {
    this.#limits = limits;
    const parser = sax.parser(true, { xmlns: true, position: true });
    const text = (part: string): void => this.#open?.text(part, this.#foreign > 0);
    Object.assign(parser, {
      onopentag: (tag) => this.#opened(tag as QualifiedTag),
      onclosetag: () => this.#closed(),
      ontext: text,
      oncdata: text,
      ondoctype: () => {
        throw new ShelfwireError('POSLOG_FILE_INVALID', 'The file has a document type, which is not accepted.');
      },
      onerror: (cause) => {
        const [what = 'it is not XML'] = cause.message.split('\n');
        throw new ShelfwireError('POSLOG_FILE_INVALID', `Line ${parser.line + 1}: ${what}.`, { cause });
      },
    } satisfies Partial<SAXParser>);
    this.#parser = parser;
  }

  push(text: string): Transaction[] {
    this.#text += text;
    this.#parser.write(text);
    const { position } = this.#parser;
    this.#open?.grown(position);
    this.#requireEnd(position);
    // Of one that is too big the beginning is enough.
    if (this.#open?.isTooBig === true) this.#open.beginning ??= this.#textFrom(this.#open.at);
    this.#cut(this.#open === undefined || this.#open.isTooBig ? this.#tagBegun() : this.#open.at);
    return this.#taken();
  }

  /** At the end of the file. */
  end(): Transaction[] {
    this.#parser.close();
    if (!this.#hasRoot) throw new ShelfwireError('POSLOG_FILE_INVALID', 'The file is empty.');
    return this.#taken();
  }

  /** What is hostile must not be read for minutes: a parser has its pace. */
  #requireEnd(position: number): void {
    const { charsWithoutEnd } = this.#limits;
    if (position - this.#endedAt <= charsWithoutEnd) return;
    const detail = `Line ${this.#parser.line + 1}: no transaction ends within ${charsWithoutEnd} characters.`;
    throw new ShelfwireError('POSLOG_FILE_INVALID', detail);
  }

  #taken(): Transaction[] {
    const done = this.#done;
    this.#done = [];
    return done;
  }

  #textFrom(at: number, to = at + BEGINNING_CHARS): string {
    return this.#text.slice(at - this.#textAt, to - this.#textAt);
  }

  /** Where a tag may have begun that has not ended yet. */
  #tagBegun(): number {
    const { position, startTagPosition } = this.#parser;
    return Math.max(this.#textAt, startTagPosition - 1, position - BEGINNING_CHARS);
  }

  #cut(from: number): void {
    const surplus = from - this.#textAt;
    if (surplus <= 0) return;
    this.#text = this.#text.slice(surplus);
    this.#textAt = from;
  }

  #opened(tag: QualifiedTag): void {
    this.#depth += 1;
    if (!this.#hasRoot) this.#checkRoot(tag);
    if (this.#foreign > 0 || !STANDARD.has(tag.uri)) {
      this.#foreign += 1;
      return;
    }
    if (this.#open !== undefined) this.#open.open(tag, this.#depth);
    else if (tag.local === 'Transaction') {
      const at = this.#parser.startTagPosition - 1;
      this.#open = new OpenTransaction(tag, { at, line: this.#parser.line + 1, depth: this.#depth }, this.#limits);
    }
  }

  #checkRoot({ local, uri }: QualifiedTag): void {
    if ((local !== 'POSLog' && local !== 'Transaction') || !STANDARD.has(uri)) {
      const detail = `The file is not a POSLog: it begins with <${local.slice(0, 80)}>.`;
      throw new ShelfwireError('POSLOG_FILE_INVALID', detail);
    }
    this.#hasRoot = true;
    const { startTagPosition, position } = this.#parser;
    if (local === 'POSLog') this.rootText = this.#textFrom(startTagPosition - 1, position);
  }

  #closed(): void {
    const depth = this.#depth;
    this.#depth -= 1;
    if (this.#foreign > 0) {
      this.#foreign -= 1;
      return;
    }
    const open = this.#open;
    if (open === undefined) return;
    if (depth > open.depth) return open.close();
    open.grown(this.#parser.position);
    this.#done.push(open.end(open.beginning ?? this.#textFrom(open.at, this.#parser.position)));
    this.#open = undefined;
    this.#endedAt = this.#parser.position;
  }
}

/** A transaction whose end has not come yet. */
class OpenTransaction {
  readonly at: number;
  readonly line: number;
  readonly depth: number;
  isTooBig = false;
  /** Of its text, when it is too big. */
  beginning: string | undefined;
  readonly #root: Element;
  readonly #limits: TransactionLimits;
  #path: Element[];
  #elements = 1;

  constructor(
    tag: QualifiedTag,
    { at, line, depth }: { at: number; line: number; depth: number },
    limits: TransactionLimits,
  ) {
    this.at = at;
    this.line = line;
    this.depth = depth;
    this.#limits = limits;
    this.#root = elementOf(tag);
    this.#path = [this.#root];
  }

  open(tag: QualifiedTag, depth: number): void {
    if (this.isTooBig) return;
    this.#elements += 1;
    if (this.#elements > this.#limits.elements || depth > this.#limits.depth) this.#giveUp();
    if (this.isTooBig) return;
    const element = elementOf(tag);
    this.#path.at(-1)?.children.push(element);
    this.#path.push(element);
  }

  text(text: string, isForeign: boolean): void {
    const element = this.#path.at(-1);
    if (!this.isTooBig && !isForeign && element !== undefined) element.text += text;
  }

  close(): void {
    if (!this.isTooBig) this.#path.pop();
  }

  /** How far its text reaches by now. */
  grown(position: number): void {
    if (!this.isTooBig && position - this.at > this.#limits.chars) this.#giveUp();
  }

  end(raw: string): Transaction {
    if (!this.isTooBig) return { line: this.line, raw, element: this.#root, reason: '' };
    const { chars, elements, depth } = this.#limits;
    const reason = `it has more than ${chars} characters, ${elements} elements or ${depth} levels`;
    return { line: this.line, raw, element: undefined, reason };
  }

  #giveUp(): void {
    this.isTooBig = true;
    this.#root.children.length = 0;
    this.#path = [];
  }
}

function elementOf(tag: QualifiedTag): Element {
  const attributes: Record<string, string> = {};
  for (const { local, prefix, value } of Object.values(tag.attributes)) {
    if (prefix !== 'xmlns' && !Object.hasOwn(attributes, local)) attributes[local] = value;
  }
  return { name: tag.local, attributes, text: '', children: [] };
}
