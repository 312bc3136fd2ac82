export interface Published {
  readonly subject: string;
  readonly reply: string | undefined;
  /** By their names in small letters. */
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

export interface NatsVerbs {
  connect(options: { readonly pass?: string }): void;
  ping(): void;
  subscribe(subject: string, id: string): void;
  unsubscribe(id: string): void;
  publish(published: Published): void;
}

const LINE_END = '\r\n';

/** Reads what a client of NATS sends: lines, and behind PUB and HPUB so many bytes. */
export class NatsWire {
  readonly #verbs: NatsVerbs;
  #rest: Buffer = Buffer.alloc(0);

  constructor(verbs: NatsVerbs) {
    this.#verbs = verbs;
  }

  read(bytes: Buffer): void {
    this.#rest = Buffer.concat([this.#rest, bytes]);
    while (this.#readOne());
  }

  /** Whether there was a whole one. */
  #readOne(): boolean {
    const end = this.#rest.indexOf(LINE_END);
    if (end < 0) return false;
    const line = this.#rest.toString('utf8', 0, end);
    const [verb = '', ...words] = line.split(/\s+/);
    const begin = end + LINE_END.length;
    if (verb === 'PUB' || verb === 'HPUB') {
      const length = Number(words.at(-1));
      if (this.#rest.length < begin + length + LINE_END.length) return false;
      const payload = this.#rest.subarray(begin, begin + length);
      this.#rest = this.#rest.subarray(begin + length + LINE_END.length);
      this.#verbs.publish(verb === 'PUB' ? plain(words, payload) : withHeaders(words, payload));
      return true;
    }
    this.#rest = this.#rest.subarray(begin);
    if (verb === 'CONNECT') this.#verbs.connect(JSON.parse(line.slice(verb.length)) as { pass?: string });
    else if (verb === 'PING') this.#verbs.ping();
    else if (verb === 'SUB') this.#verbs.subscribe(words[0] ?? '', words.at(-1) ?? '');
    else if (verb === 'UNSUB') this.#verbs.unsubscribe(words[0] ?? '');
    return true;
  }
}

function plain(words: readonly string[], payload: Buffer): Published {
  return { ...addressed(words, 2), headers: {}, text: payload.toString('utf8') };
}

function withHeaders(words: readonly string[], payload: Buffer): Published {
  const length = Number(words.at(-2));
  const lines = payload.toString('utf8', 0, length).split(LINE_END).slice(1);
  const headers = lines.flatMap((line): [string, string][] => {
    const colon = line.indexOf(':');
    return colon < 0 ? [] : [[line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]];
  });
  return { ...addressed(words, 3), headers: Object.fromEntries(headers), text: payload.toString('utf8', length) };
}

/** A reply stands between the subject and the numbers, of which there are `last - 1`. */
function addressed(words: readonly string[], last: number): Pick<Published, 'subject' | 'reply'> {
  return { subject: words[0] ?? '', reply: words.length > last ? words[1] : undefined };
}
