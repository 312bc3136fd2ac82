import { once } from 'node:events';
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { NatsWire, type Published } from './nats-wire.ts';

export interface StoredMessage {
  readonly subject: string;
  readonly id: string | undefined;
  readonly headers: Readonly<Record<string, string>>;
  readonly text: string;
}

interface Stream {
  readonly config: Record<string, unknown> & { readonly name: string; readonly subjects: readonly string[] };
  readonly messages: StoredMessage[];
  readonly ids: Map<string, number>;
}

interface Client {
  readonly socket: Socket;
  readonly subscriptions: Map<string, string>;
}

const MAX_PAYLOAD = 1_048_576;
/** What a stream has that says nothing of it. */
const TWO_MINUTES_NANOS = 120_000_000_000;

/**
 * The part of NATS that publishing to JetStream needs, after the protocol's documentation: CONNECT with user and password,
 * SUB, PUB and HPUB, streams that are made and looked at, acknowledgements, ids that are known already. No clusters, no
 * consumers, no time: an id is known for ever. NATS_SERVER_BIN has the tests run against a real one instead.
 */
export class NatsServer {
  readonly url: string;
  readonly port: number;
  readonly streams = new Map<string, Stream>();
  /** Whether there is no leader just now: what is published is answered by "no responders". */
  isLeaderless = (): boolean => false;
  readonly #server: Server;
  readonly #clients = new Set<Client>();
  readonly #password: string | undefined;

  private constructor(server: Server, password: string | undefined) {
    this.#server = server;
    this.#password = password;
    this.port = (server.address() as AddressInfo).port;
    this.url = `nats://127.0.0.1:${this.port}`;
  }

  /** What a server that was stopped has on disk is given as `before`. */
  static async start(options: { port?: number; password?: string; before?: NatsServer } = {}): Promise<NatsServer> {
    const server = createServer().listen(options.port ?? 0, '127.0.0.1');
    await once(server, 'listening');
    const nats = new NatsServer(server, options.password);
    for (const [name, stream] of options.before?.streams ?? []) nats.streams.set(name, stream);
    server.on('connection', (socket) => nats.#welcome(socket));
    return nats;
  }

  stored(stream: string): readonly StoredMessage[] {
    return this.streams.get(stream)?.messages ?? [];
  }

  async stop(): Promise<void> {
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const { socket } of this.#clients) socket.destroy();
    await closed;
  }

  #welcome(socket: Socket): void {
    const client: Client = { socket, subscriptions: new Map() };
    this.#clients.add(client);
    socket.on('close', () => this.#clients.delete(client));
    socket.on('error', () => undefined);
    const info = {
      server_id: 'EMULATOR',
      server_name: 'emulator',
      version: '2.11.0',
      proto: 1,
      headers: true,
      jetstream: true,
      max_payload: MAX_PAYLOAD,
      auth_required: this.#password !== undefined,
      host: '127.0.0.1',
      port: this.port,
    };
    socket.write(`INFO ${JSON.stringify(info)}\r\n`);
    const wire = new NatsWire({
      connect: ({ pass }) => {
        if (this.#password === undefined || pass === this.#password) return;
        socket.end("-ERR 'Authorization Violation'\r\n");
      },
      ping: () => void socket.write('PONG\r\n'),
      subscribe: (subject, id) => void client.subscriptions.set(id, subject),
      unsubscribe: (id) => void client.subscriptions.delete(id),
      publish: (published) => this.#take(published),
    });
    socket.on('data', (bytes) => wire.read(bytes));
  }

  #take(published: Published): void {
    const { subject, reply } = published;
    const answer = subject.startsWith('$JS.API.') ? this.#api(published) : this.#store(published);
    if (reply === undefined) return;
    if (answer === undefined) this.#send(reply, '', 'NATS/1.0 503\r\n\r\n');
    else this.#send(reply, JSON.stringify(answer));
  }

  #api({ subject, text }: Published): object | undefined {
    const [, , area, verb, name = ''] = subject.split('.');
    if (area === 'INFO') {
      const limits = { max_memory: -1, max_storage: -1, max_streams: -1, max_consumers: -1 };
      const of = (what: string) => `io.nats.jetstream.api.v1.${what}_response`;
      return { type: of('account_info'), memory: 0, storage: 0, streams: this.streams.size, consumers: 0, limits };
    }
    if (area !== 'STREAM') return undefined;
    const known = this.streams.get(name);
    if (verb === 'INFO') return known ? shown(known) : failed(404, 10_059, 'stream not found');
    if (verb !== 'CREATE') return undefined;
    if (known !== undefined) return failed(400, 10_058, 'stream name already in use with a different configuration');
    const config = { duplicate_window: TWO_MINUTES_NANOS, ...(JSON.parse(text) as Stream['config']) };
    const stream = { config, messages: [], ids: new Map<string, number>() };
    this.streams.set(name, stream);
    return shown(stream);
  }

  #store({ subject, headers, text }: Published): object | undefined {
    const stream = [...this.streams.values()].find(({ config }) =>
      config.subjects.some((has) => matches(has, subject)),
    );
    if (stream === undefined || this.isLeaderless()) return undefined;
    const limit = stream.config['max_msg_size'];
    if (typeof limit === 'number' && limit > 0 && text.length > limit) {
      return failed(400, 10_054, 'message size exceeds maximum allowed');
    }
    const id = headers['nats-msg-id'];
    const before = id === undefined ? undefined : stream.ids.get(id);
    const seq = before ?? stream.messages.push({ subject, id, headers, text });
    if (id !== undefined) stream.ids.set(id, seq);
    return { stream: stream.config.name, seq, ...(before !== undefined && { duplicate: true }) };
  }

  #send(subject: string, text: string, head = ''): void {
    const total = Buffer.byteLength(head) + Buffer.byteLength(text);
    for (const { socket, subscriptions } of this.#clients) {
      for (const [id, has] of subscriptions) {
        if (!matches(has, subject)) continue;
        const verb = head === '' ? `MSG ${subject} ${id} ${total}` : `HMSG ${subject} ${id} ${head.length} ${total}`;
        socket.write(`${verb}\r\n${head}${text}\r\n`);
      }
    }
  }
}

function shown({ config, messages }: Stream): object {
  const state = { messages: messages.length, bytes: 0, first_seq: 1, last_seq: messages.length, consumer_count: 0 };
  return { type: 'io.nats.jetstream.api.v1.stream_info_response', config, state, created: '2026-01-01T00:00:00Z' };
}

function failed(code: number, errCode: number, description: string): object {
  return { type: 'io.nats.jetstream.api.v1.error', error: { code, err_code: errCode, description } };
}

/** `*` is a word, `>` all that follow. */
function matches(pattern: string, subject: string): boolean {
  const [has, asked] = [pattern.split('.'), subject.split('.')];
  if (has.at(-1) === '>')
    return asked.length >= has.length && has.slice(0, -1).every((w, n) => w === '*' || w === asked[n]);
  return has.length === asked.length && has.every((w, n) => w === '*' || w === asked[n]);
}
