import type { Pool } from 'pg';
import type { Collection, Documents } from '#shared/protocol/messages/pull.ts';
import { joined, literal } from '#hub/db/array-parameter.ts';

/** Who pulls: from the session's credential, never from the message (S4). */
export interface Reader {
  readonly location: number;
  readonly journal: number;
}

/** The current state of named keys, for one reader. */
export interface KeysRequest {
  readonly reader: Reader;
  readonly keys: readonly string[];
}

/** The first `limit` rows after a key (null: from the first), for one reader. */
export interface PageRequest {
  readonly reader: Reader;
  readonly after: string | null;
  readonly limit: number;
}

/** Loads the documents of one collection for many readers by one statement. Answers come in the requests' order. */
export interface Topic<C extends Collection> {
  /** Entries of the change feed that concern the reader have this scope. */
  scopeOf(reader: Reader): number;
  keyOf(document: Documents[C]): string;
  byKeys(pool: Pool, requests: readonly KeysRequest[]): Promise<Documents[C][][]>;
  pages(pool: Pool, requests: readonly PageRequest[]): Promise<Documents[C][][]>;
}

/** A row and the place of the request that it answers. */
export interface PlacedRow {
  readonly place: number;
}

/** Rows as documents, by the request that they answer. */
export function byPlace<Row extends PlacedRow, Document>(
  rows: readonly Row[],
  requests: number,
  toDocument: (row: Row) => Document,
): Document[][] {
  const documents = Array.from({ length: requests }, (): Document[] => []);
  for (const row of rows) documents[row.place]?.push(toDocument(row));
  return documents;
}

/** Requests by keys as columns, one row a request. Its keys are one text, joined by newlines, which no key contains. */
export function keyColumns(requests: readonly KeysRequest[]) {
  return {
    places: literal(requests.map((_, place) => place)),
    locations: literal(requests.map(({ reader }) => reader.location)),
    journals: literal(requests.map(({ reader }) => reader.journal)),
    keys: requests.map(({ keys }) => joined(keys)),
  };
}

/** Page requests as columns. No key comes before the empty text. */
export function pageColumns(requests: readonly PageRequest[]) {
  return {
    places: literal(requests.map((_, place) => place)),
    locations: literal(requests.map(({ reader }) => reader.location)),
    journals: literal(requests.map(({ reader }) => reader.journal)),
    afters: requests.map(({ after }) => after ?? ''),
    limits: literal(requests.map(({ limit }) => limit)),
  };
}
