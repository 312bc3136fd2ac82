import type { Server as HttpServer } from 'node:http';
import { Server, type Socket } from 'socket.io';
import { ShelfwireError, toWireError } from '#shared/protocol/errors.ts';
import { NAMESPACE, type AgentEvents, type Answer, type HubEvents } from '#shared/protocol/events.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import type { Collection } from '#shared/protocol/messages/pull.ts';
import { PROTOCOL } from '#shared/protocol/version.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import { LiveSessions, type LiveSession } from './live-sessions.ts';
import { Session, type Scope, type SessionPorts } from './session.ts';
import { UnderWay } from './under-way.ts';

export interface SessionsOptions extends SessionPorts {
  readonly httpServer: HttpServer;
  readonly helloWithinMs?: number;
  /** Connections that have not said hello yet; beyond it new ones are refused. */
  readonly strangersMax?: number;
}

type AgentSocket = Socket<AgentEvents, HubEvents>;

/** Around a frame: the JSON part of its packet. */
const PACKET_MARGIN_BYTES = 16 * 1024;
/** How long a hub that stops waits for what is under way. */
const ENDS_MS = 5_000;

/** The socket.io shell: connections in, answers out. What is said is the sessions' business. */
export class Sessions implements Part {
  readonly name = 'sessions';
  readonly live = new LiveSessions();
  readonly #options: SessionsOptions;
  readonly #server: Server<AgentEvents, HubEvents>;
  /** Requests that are not answered yet, and ends of connections that are not saved yet. */
  readonly #underWay: UnderWay;
  #stopping = false;

  constructor(options: SessionsOptions) {
    this.#options = options;
    this.#underWay = new UnderWay(options.clock);
    const { strangersMax = 5_000, httpServer } = options;
    this.#server = new Server<AgentEvents, HubEvents>(httpServer, {
      transports: ['websocket'],
      allowUpgrades: false,
      perMessageDeflate: false,
      httpCompression: false,
      serveClient: false,
      maxHttpBufferSize: LIMITS.frameBytesMax + PACKET_MARGIN_BYTES,
      connectTimeout: 10_000,
      pingInterval: 25_000,
      pingTimeout: 20_000,
      allowRequest: (_request, decide) => {
        const strangers = this.#server.engine.clientsCount - this.live.size;
        decide(null, !this.#stopping && strangers < strangersMax);
      },
    });
    // The HTTP request would be kept as long as the connection, and nobody asks for it.
    this.#server.engine.on('connection', (raw: { request: unknown }) => {
      raw.request = null;
    });
    this.#server.on('connection', (socket) => socket.disconnect(true));
    this.#server.of(NAMESPACE).on('connection', (socket) => this.#open(socket));
  }

  /** Tells the sessions of a location (0: all) that there is something to pull. Protocol 1 knows no tasks. */
  hint(scope: number, collection: Collection): void {
    for (const session of this.live.at(scope)) {
      if (collection !== 'tasks' || session.scope.protocol > 1) session.send('changed', { collection });
    }
  }

  /** Asks a device what it believes to have. Protocol 1 cannot say that. */
  askForView(device: number, request: number): void {
    const session = this.live.ofDevice(device);
    if (session !== undefined && session.scope.protocol > 1) session.send('viewWanted', { request });
  }

  /** Ends the session of a revoked device. */
  revoke(device: number, reason: string): void {
    const session = this.live.ofDevice(device);
    session?.send('revoked', { reason });
    session?.close();
  }

  /** Takes no more connections and requests; resolves when those that wait have been answered, or will not be in time. */
  refuse(): Promise<void> {
    this.#stopping = true;
    return this.#underWay.ended(ENDS_MS);
  }

  /** Ends the connections. Nothing is asked of the database any more when it resolves. */
  async stop(): Promise<void> {
    await this.refuse();
    this.#server.of(NAMESPACE).disconnectSockets(true);
    this.#server.engine.close();
    await this.#underWay.ended(ENDS_MS);
  }

  #open(socket: AgentSocket): void {
    const { clock, helloWithinMs = 10_000 } = this.#options;
    const close = (): void => {
      socket.disconnect(true);
    };
    const cancelTimer = clock.after(helloWithinMs, close);
    let live: LiveSession | undefined;
    const session: Session = new Session(this.#options, {
      greeted: (scope) => {
        cancelTimer();
        if (!socket.connected) return;
        live = { scope, close, send: (event, message) => socket.emit(event, message as never) };
        this.live.add(live);
      },
      // After the answer: it is written by then, and a closing connection still sends what was written.
      close: () => void clock.after(50, close),
    });
    socket.onAny((event: string, ...args: unknown[]) => this.#answer(session, event, args));
    socket.on('disconnect', () => {
      cancelTimer();
      if (live && this.live.remove(live)) this.#noteEnd(live.scope);
    });
    socket.emit('challenge', { nonce: session.challenge.nonce, protocol: PROTOCOL });
  }

  /** Who asks without wanting an answer gets none. */
  #answer(session: Session, event: string, args: readonly unknown[]): void {
    const reply = args.at(-1);
    const message = args[0];
    const answering = this.#stopping
      ? Promise.resolve(stopping())
      : session.answer(event, typeof message === 'function' ? undefined : message);
    const answered = answering.then((answer) => {
      if (typeof reply === 'function') reply(answer);
    });
    this.#underWay.add(answered);
  }

  #noteEnd({ device }: Scope): void {
    const { status, clock, logger } = this.#options;
    const saved = status
      .note(device, { kind: 'disconnected', at: clock.now() })
      .catch((error: unknown) => logger.warn({ err: error, device }, 'a device status was not saved'));
    this.#underWay.add(saved);
  }
}

function stopping(): Answer<never> {
  return { ok: false, error: toWireError(new ShelfwireError('HUB_BUSY', 'The hub is stopping.')) };
}
