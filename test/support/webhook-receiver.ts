import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Received {
  readonly id: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly body: { type: string; sequence: number; timestamp: string; correlationId: string; data: unknown };
}

/** Answers 204 unless told otherwise. */
type Answer = (received: Received, response: ServerResponse) => void;

/** A real HTTP receiver, which keeps what came. */
export class Receiver {
  readonly received: Received[] = [];
  readonly url: string;
  answer: Answer = (_, response) => void response.writeHead(204).end();
  readonly #server;

  private constructor(server: ReturnType<typeof createServer>) {
    this.#server = server;
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`;
  }

  static async start(): Promise<Receiver> {
    let take = (_text: string, _headers: IncomingHttpHeaders, _response: ServerResponse): void => undefined;
    const server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => take(Buffer.concat(chunks).toString('utf8'), request.headers, response));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const receiver = new Receiver(server);
    take = (text, headers, response) => {
      const received = { id: String(headers['webhook-id']), headers, text, body: JSON.parse(text) as Received['body'] };
      receiver.received.push(received);
      receiver.answer(received, response);
    };
    return receiver;
  }

  get bodies(): Received['body'][] {
    return this.received.map(({ body }) => body);
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }
}

/** Whether a message is signed with the secret, as Standard Webhooks say that a receiver looks; nothing of ours is used. */
export function isSigned({ headers, text }: Received, secret: string): boolean {
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const content = `${headers['webhook-id'] as string}.${headers['webhook-timestamp'] as string}.${text}`;
  const expected = createHmac('sha256', key).update(content).digest();
  return String(headers['webhook-signature'])
    .split(' ')
    .some((part) => {
      const [version, signature = ''] = part.split(',');
      const given = Buffer.from(signature, 'base64');
      return version === 'v1' && given.length === expected.length && timingSafeEqual(given, expected);
    });
}
