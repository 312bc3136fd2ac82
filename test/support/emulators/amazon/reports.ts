import { gzipSync } from 'node:zlib';
import type { EmulatedAnswer } from '../channel-server.ts';
import type { Feeds } from './feeds.ts';

interface Report {
  readonly id: string;
  readonly type: string;
  readonly createdAt: string;
  readonly document: string;
}

const PAGE = 2;

/** Reports that Amazon made by itself. Their documents lie where those of feeds do. */
export class Reports {
  readonly #feeds: Feeds;
  readonly #reports: Report[] = [];

  constructor(feeds: Feeds) {
    this.#feeds = feeds;
  }

  add(type: string, createdAt: string, text: string): void {
    const document = this.#feeds.addDocument('text/tab-separated-values', gzipSync(text), true);
    this.#reports.push({ id: String(this.#reports.length + 1), type, createdAt, document });
  }

  /** Two a page, the newest first; with a token nothing else may be asked for. */
  list(parameters: Readonly<Record<string, unknown>>): object {
    const { nextToken: token, createdSince = '' } = parameters;
    const [types, since, from] =
      typeof token === 'string'
        ? (JSON.parse(token) as [string[], string, number])
        : [parameters['reportTypes'] as string[], createdSince as string, 0];
    const all = this.#reports.filter(({ type, createdAt }) => types.includes(type) && createdAt >= since).reverse();
    const reports = all.slice(from, from + PAGE).map(({ id, type, createdAt, document }) => ({
      reportId: id,
      reportType: type,
      createdTime: createdAt,
      processingStatus: 'DONE',
      reportDocumentId: document,
    }));
    return { reports, ...(from + PAGE < all.length && { nextToken: JSON.stringify([types, since, from + PAGE]) }) };
  }

  document(id: string): EmulatedAnswer | undefined {
    const answer = this.#feeds.documentAnswer(id);
    if (answer === undefined) return undefined;
    const { feedDocumentId: reportDocumentId, ...rest } = answer.body as { feedDocumentId: string };
    return { ...answer, body: { reportDocumentId, ...rest } };
  }
}
