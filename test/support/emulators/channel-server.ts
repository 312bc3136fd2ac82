import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Random } from '#shared/runtime/random.ts';
import { spoil } from './spoil-orders.ts';
import { nextFault, NO_FAULTS, type FaultChances } from './faults.ts';

export interface EmulatedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** By a monotonic clock, ms: it may be done later, behind one that arrived after it. */
  readonly arrivedAt: number;
}

export interface EmulatedAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  /** Bytes as they are; all else as JSON. */
  readonly body?: unknown;
}

/** A channel's HTTP server: faults are before and behind what it answers. */
export class ChannelServer {
  faults: FaultChances = NO_FAULTS;
  /** Nothing is answered, connections are cut. */
  isDown = false;
  /** Every answer takes so long at least, ms. */
  latencyMs = 0;
  /** Orders that it gives in a form that its model does not know. */
  readonly spoiled = new Set<string>();
  readonly url: string;
  readonly #server: Server;
  #held: PromiseWithResolvers<void> | undefined;

  private constructor(server: Server) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  static async start(random: Random, answer: (request: EmulatedRequest) => EmulatedAnswer): Promise<ChannelServer> {
    let self: ChannelServer | undefined;
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('error', () => undefined);
      request.on('end', () => {
        const { method = '', url = '', headers } = request;
        const text = Buffer.concat(chunks).toString('utf8');
        const arrivedAt = performance.now();
        void self?.answer(random, () => answer({ method, path: url, headers, text, arrivedAt }), response);
      });
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    self = new ChannelServer(server);
    return self;
  }

  /** Nothing is done nor answered until the returned function is called. */
  hold(): () => void {
    const held = Promise.withResolvers<void>();
    this.#held = held;
    return () => {
      this.#held = undefined;
      held.resolve();
    };
  }

  async answer(random: Random, act: () => EmulatedAnswer, response: ServerResponse): Promise<void> {
    if (this.isDown) return void response.destroy();
    const { fault, delayMs } = nextFault(this.faults, random);
    await this.#held?.promise;
    if (this.latencyMs > 0) await delay(this.latencyMs);
    if (fault === 'refuse') return void response.writeHead(503).end('busy');
    if (fault === 'throttle') return void response.writeHead(429).end();
    if (fault === 'html') return void response.writeHead(200, { 'content-type': 'text/html' }).end('<h1>Sorry</h1>');
    // Done at once, or when it arrives late: an answer may be lost either way.
    if (delayMs >= 1) await delay(delayMs);
    const { status, headers = {}, body } = act();
    if (fault === 'loseAnswer') return void response.destroy();
    const sent = body === undefined ? '' : Buffer.isBuffer(body) ? body : JSON.stringify(spoil(body, this.spoiled));
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(sent);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
