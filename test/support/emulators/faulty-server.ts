import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

export interface Asked {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Answer {
  readonly status: number;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * What goes wrong with a request:
 * - before it has an effect: `refused` (503), `cut`, `throttled` (429 without headers), `page` (HTML with 200), `down`
 * - after it: `lost` (the connection breaks), `mute` (no answer comes), `failed` (500)
 */
export type Fault = 'refused' | 'cut' | 'throttled' | 'page' | 'down' | 'lost' | 'mute' | 'failed' | undefined;

/** Decides what goes wrong with a request. */
export type Faults = (asked: Asked) => Fault;

const PAGE = '<!DOCTYPE html><html><body><h1>Scheduled maintenance</h1></body></html>';

/** An HTTP server of an emulated system: real sockets, faults by choice, latency. */
export class FaultyServer {
  readonly url: string;
  /** Requests that came, those that met a fault too. */
  requests = 0;
  faults: Faults = () => undefined;
  latencyMs = 0;
  readonly #server;
  readonly #mute = new Set<ServerResponse>();

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  /** On a given port, or a free one. */
  static async start(answer: (asked: Asked) => Answer, port = 0): Promise<FaultyServer> {
    let take = (_request: IncomingMessage, response: ServerResponse): void => void response.writeHead(503).end();
    const server = createServer((request, response) => take(request, response));
    server.keepAliveTimeout = 60_000;
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    const emulator = new FaultyServer(server);
    take = (request, response) => {
      void emulator.#serve(request, response, answer).catch(() => response.destroy());
    };
    return emulator;
  }

  async #serve(request: IncomingMessage, response: ServerResponse, answer: (asked: Asked) => Answer): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { pathname, searchParams } = new URL(request.url ?? '/', this.url);
    const asked = {
      method: request.method ?? '',
      path: pathname,
      query: searchParams,
      headers: request.headers,
      text: Buffer.concat(chunks).toString('utf8'),
    };
    this.requests += 1;
    const fault = this.faults(asked);
    if (this.latencyMs > 0) await delay(this.latencyMs);
    if (fault === 'cut') return void response.destroy();
    if (fault === 'down') return void response.writeHead(502, { 'content-type': 'text/html' }).end(PAGE);
    if (fault === 'page') return void response.writeHead(200, { 'content-type': 'text/html' }).end(PAGE);
    if (fault === 'refused') return void response.writeHead(503).end();
    if (fault === 'throttled') return void response.writeHead(429).end();
    const { status, body, headers } = answer(asked);
    if (fault === 'lost') return void response.destroy();
    if (fault === 'mute') return void this.#mute.add(response);
    if (fault === 'failed') return void response.writeHead(500).end('something broke after it was done');
    const sent = body === undefined ? '' : JSON.stringify(body);
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(sent);
  }

  async stop(): Promise<void> {
    for (const response of this.#mute) response.destroy();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close').catch(() => undefined);
  }
}

/** Faults of a random source: each request meets one with this chance. */
export function randomFaults(
  random: () => number,
  chance: number,
  kinds: readonly Exclude<Fault, undefined>[],
): Faults {
  return () => (random() < chance ? kinds[Math.floor(random() * kinds.length)] : undefined);
}

export const EVERY_FAULT = ['refused', 'cut', 'throttled', 'page', 'down', 'lost', 'mute', 'failed'] as const;
