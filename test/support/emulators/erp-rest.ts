import { z } from 'zod';
import { FaultyServer, type Answer, type Asked } from './faulty-server.ts';

/** What the ERP has, in the order in which it first had it. */
export interface Kept {
  readonly target: string;
  readonly key: string;
  readonly payload: Readonly<Record<string, unknown>>;
  /** How often it was sent, after the first. */
  repeats: number;
}

const payload = z.record(z.string(), z.unknown());

/** An ERP that takes documents by PUT under a key of the sender: with its credential, its errors, its stock. */
export class RestErp {
  readonly kept = new Map<string, Kept>();
  readonly problems: string[] = [];
  /** Documents that it does not take: why, or undefined. */
  refuse: (key: string, payload: Readonly<Record<string, unknown>>) => Answer | undefined = () => undefined;
  /** Whether it says of a key that is there that it is not: what is written shows later. */
  lags: (key: string) => boolean = () => false;
  token = 'token-1';
  stock: readonly { location: string; sku: string; quantity: number }[] = [];
  readonly server: FaultyServer;

  private constructor(server: FaultyServer) {
    this.server = server;
  }

  static async start(port = 0): Promise<RestErp> {
    let answer = (_asked: Asked): Answer => ({ status: 503 });
    const server = await FaultyServer.start((asked) => answer(asked), port);
    const erp = new RestErp(server);
    answer = (asked) => erp.#answer(asked);
    return erp;
  }

  /** What was sent again although it was there. */
  get repeated(): string[] {
    return [...this.kept.values()].filter(({ repeats }) => repeats > 0).map(({ key }) => key);
  }

  get keys(): string[] {
    return [...this.kept.keys()];
  }

  /** Keys of documents, in the order in which they first came. */
  get documents(): string[] {
    return [...this.kept.values()].map(({ key }) => key);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  #answer({ method, path, query, headers, text }: Asked): Answer {
    if (headers.authorization !== `Bearer ${this.token}`) return { status: 401, body: { error: 'who are you?' } };
    if (path === '/stock' && method === 'GET') return this.#answerStock(query);
    const [, target = '', key = '', ...more] = path.split('/').map(decodeURIComponent);
    if (target === '' || key === '' || more.length > 0) return { status: 404, body: { error: 'no such address' } };
    const name = `${target} ${key}`;
    const known = this.kept.get(name);
    if (method === 'GET')
      return known && !this.lags(key)
        ? { status: 200, body: { id: name } }
        : { status: 404, body: { error: 'not there' } };
    if (method !== 'PUT') return { status: 405 };
    if (headers['content-type'] !== 'application/json') return { status: 415 };
    const parsed = payload.safeParse(JSON.parse(text));
    if (!parsed.success) return { status: 400, body: { error: 'no object' } };
    const refused = this.refuse(key, parsed.data);
    if (refused !== undefined) return refused;
    if (known === undefined) this.kept.set(name, { target, key, payload: parsed.data, repeats: 0 });
    else {
      known.repeats += 1;
      if (JSON.stringify(known.payload) !== JSON.stringify(parsed.data))
        this.problems.push(`${name} came with another content`);
    }
    return { status: known === undefined ? 201 : 200, body: { id: name } };
  }

  #answerStock(query: URLSearchParams): Answer {
    const from = Number(query.get('cursor') ?? 0);
    const limit = Number(query.get('limit') ?? 100);
    const items = this.stock.slice(from, from + limit);
    return { status: 200, body: { items, next: from + limit < this.stock.length ? String(from + limit) : null } };
  }
}
