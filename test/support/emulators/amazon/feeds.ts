import { gzipSync } from 'node:zlib';
import type { EmulatedAnswer, EmulatedRequest } from '../channel-server.ts';

export type FeedStatus = 'IN_QUEUE' | 'IN_PROGRESS' | 'DONE' | 'FATAL' | 'CANCELLED';

interface Feed {
  readonly id: string;
  readonly type: string;
  readonly document: string;
  readonly asked: number;
  readonly createdAt: string;
  readonly begunAt: number;
  status: FeedStatus;
  result: string | undefined;
}

/** What a feed of that type does when its turn comes: how it ends, and its report. */
export type Worker = (text: string, feed: { id: string; asked: number }) => { status: FeedStatus; report?: string };

/** Feeds, and the store of their documents, which is another host. */
export class Feeds {
  /** How long a feed takes, ms. */
  takesMs: number;
  readonly #documents = new Map<string, { body: Buffer | undefined; type: string; gzip: boolean }>();
  readonly #feeds = new Map<string, Feed>();
  readonly #workers: Readonly<Record<string, Worker>>;
  storeUrl = '';

  constructor(workers: Readonly<Record<string, Worker>>, takesMs: number) {
    this.#workers = workers;
    this.takesMs = takesMs;
  }

  get all(): readonly Feed[] {
    return [...this.#feeds.values()];
  }

  addDocument(type: string, body?: Buffer, gzip = false): string {
    const id = `amzn1.tortuga.4.eu.${this.#documents.size + 1}`;
    this.#documents.set(id, { body, type, gzip });
    return id;
  }

  documentAnswer(id: string): EmulatedAnswer | undefined {
    const found = this.#documents.get(id);
    if (found === undefined) return undefined;
    const algorithm = found.gzip ? { compressionAlgorithm: 'GZIP' } : {};
    return { status: 200, body: { feedDocumentId: id, url: this.urlOf(id), ...algorithm } };
  }

  urlOf(id: string): string {
    return `${this.storeUrl}/documents/${encodeURIComponent(id)}?X-Amz-Signature=s`;
  }

  create(type: string, document: string, asked: number): string | undefined {
    if (this.#documents.get(document)?.body === undefined || this.#workers[type] === undefined) return undefined;
    const id = String(50_000 + this.#feeds.size);
    this.#feeds.set(id, {
      id,
      type,
      document,
      asked,
      createdAt: new Date().toISOString(),
      begunAt: performance.now(),
      status: 'IN_QUEUE',
      result: undefined,
    });
    return id;
  }

  shown(id: string): object | undefined {
    this.work();
    const feed = this.#feeds.get(id);
    if (feed === undefined) return undefined;
    return {
      feedId: id,
      feedType: feed.type,
      createdTime: feed.createdAt,
      processingStatus: feed.status,
      ...(feed.result !== undefined && { resultFeedDocumentId: feed.result }),
    };
  }

  /** The newest first. */
  list(types: readonly string[], since: string): object[] {
    const found = this.all.filter(({ type, createdAt }) => types.includes(type) && createdAt >= since);
    return found.toReversed().flatMap(({ id }) => this.shown(id) ?? []);
  }

  /** Does what is due. */
  work(): void {
    const now = performance.now();
    for (const feed of this.#feeds.values()) {
      if (feed.status !== 'IN_QUEUE' || feed.begunAt + this.takesMs > now) continue;
      const text = this.#documents.get(feed.document)!.body!.toString('utf8');
      const { status, report } = this.#workers[feed.type]!(text, feed);
      feed.status = status;
      if (report !== undefined) feed.result = this.addDocument('application/json', gzipSync(report), true);
    }
  }

  /** The store's own requests: an address that nobody has signed is refused, in XML. */
  store({ method, path, headers, text }: EmulatedRequest): EmulatedAnswer {
    const id = decodeURIComponent(/^\/documents\/([^?]+)\?X-Amz-Signature=s$/.exec(path)?.[1] ?? '');
    const document = this.#documents.get(id);
    const denied = { status: 403, headers: { 'content-type': 'application/xml' }, body: Buffer.from('<Error/>') };
    if (document === undefined || headers['x-amz-access-token'] !== undefined) return denied;
    if (method === 'PUT') {
      if (headers['content-type'] !== document.type) return denied;
      document.body = Buffer.from(text);
      return { status: 200 };
    }
    if (document.body === undefined) return denied;
    return { status: 200, headers: { 'content-type': document.type }, body: document.body };
  }
}
