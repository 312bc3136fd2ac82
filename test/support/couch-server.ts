import { createServer, type Server } from 'node:http';
import { mkdtempSync, rmSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createRequire } from 'node:module';
import { onTestFinished } from 'vitest';

const require = createRequire(import.meta.url);

/** A database on the server, as seen past HTTP. */
interface CouchDatabase {
  allDocs(options: object): Promise<{ rows: { id: string; value: { rev: string }; doc: Record<string, unknown> }[] }>;
  bulkDocs(documents: object[]): Promise<unknown>;
}
interface PouchConstructor {
  new (name: string): CouchDatabase;
  plugin(plugin: unknown): PouchConstructor;
  defaults(options: object): PouchConstructor;
}
type Listener = (
  request: unknown,
  response: { writeHead(status: number, headers: object): unknown; end(text: string): void },
) => void;

/** A real server that speaks CouchDB's protocol (express-pouchdb), its databases in memory; stopped when the test ends. */
export interface CouchServer {
  readonly url: string;
  readonly requests: { method: string; url: string; authorization: string | undefined }[];
  /** Answers a request instead of the server; undefined lets it pass. */
  intercept:
    | ((request: { method: string; url: string; authorization: string | undefined }) => Answer | undefined)
    | undefined;
  database(name: string): CouchDatabase;
  stop(): Promise<void>;
}
export interface Answer {
  readonly status: number;
  readonly body: string;
  readonly headers?: Record<string, string>;
}

let servers = 0;

export async function startCouchServer(): Promise<CouchServer> {
  const core = (require('pouchdb-core') as PouchConstructor).plugin(require('pouchdb-adapter-memory'));
  // Each server has databases of its own: the memory adapter knows them by name inside the process.
  const Pouch = core.defaults({ adapter: 'memory', prefix: `couch-${process.pid}-${++servers}-` });
  const folder = mkdtempSync(join(tmpdir(), 'couch-'));
  const options = { mode: 'minimumForPouchDB', inMemoryConfig: true, logPath: join(folder, 'log.txt') };
  const app = (require('express-pouchdb') as (pouch: unknown, options: object) => Listener)(Pouch, options);
  const requests: CouchServer['requests'] = [];
  const couch = { intercept: undefined as CouchServer['intercept'] };
  const server: Server = createServer((request, response) => {
    const { method = '', url = '' } = request;
    const seen = { method, url, authorization: request.headers.authorization };
    requests.push(seen);
    const answer = couch.intercept?.(seen);
    if (answer === undefined) app(request, response as never);
    else response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers }).end(answer.body);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  let stopped: Promise<unknown> | undefined;
  const stop = async (): Promise<void> => {
    server.closeAllConnections();
    stopped ??= new Promise((resolve) => {
      server.close(resolve);
    });
    await stopped;
    rmSync(folder, { recursive: true, force: true });
  };
  onTestFinished(stop);
  return Object.assign(couch, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    database: (name: string) => new Pouch(name),
    stop,
  });
}
