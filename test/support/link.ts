import { createServer, connect, type AddressInfo, type Socket } from 'node:net';

/** Up: from the store to the hub. */
type Way = 'up' | 'down';
type State =
  | { readonly kind: 'open' | 'cut' }
  | { readonly kind: 'stalled'; readonly ways: readonly Way[] }
  | { readonly kind: 'slow'; readonly bytesPerSecond: number };

/**
 * The line between a store and the hub: passes TCP on, and can be cut (connections break, new ones are refused),
 * stalled (open, but nothing arrives: the kind of failure that only a timeout finds), both ways or one, and slowed.
 */
export class Link {
  readonly #targetPort: number;
  readonly #server = createServer((socket) => this.#accept(socket));
  readonly #sockets = new Set<Socket>();
  /** What waits until the line is open again. */
  #waiting: (() => void)[] = [];
  #state: State = { kind: 'open' };
  /** From the store to the hub, since the beginning. */
  bytesUp = 0;

  constructor(targetPort: number) {
    this.#targetPort = targetPort;
  }

  get state(): State['kind'] {
    return this.#state.kind;
  }

  /** On a given port, or a free one. */
  async open(port = 0): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen(port, '127.0.0.1', resolve);
    });
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  cut(): void {
    this.#state = { kind: 'cut' };
    for (const socket of this.#sockets) socket.destroy();
  }

  stall(ways: readonly Way[] = ['up', 'down']): void {
    this.#state = { kind: 'stalled', ways };
  }

  slow(bytesPerSecond: number): void {
    this.#state = { kind: 'slow', bytesPerSecond };
  }

  heal(): void {
    this.#state = { kind: 'open' };
    for (const go of this.#waiting.splice(0)) go();
  }

  async close(): Promise<void> {
    this.cut();
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
  }

  #accept(store: Socket): void {
    if (this.#state.kind === 'cut') {
      store.destroy();
      return;
    }
    const hub = connect(this.#targetPort, '127.0.0.1');
    for (const socket of [store, hub]) {
      socket.setNoDelay(true);
      this.#sockets.add(socket);
      socket.on('error', () => socket.destroy());
      socket.on('close', () => {
        this.#sockets.delete(socket);
        store.destroy();
        hub.destroy();
      });
    }
    store.on('data', (chunk: Buffer) => {
      this.bytesUp += chunk.length;
      this.#pass(chunk, 'up', store, hub);
    });
    hub.on('data', (chunk: Buffer) => this.#pass(chunk, 'down', hub, store));
  }

  #pass(chunk: Buffer, way: Way, from: Socket, to: Socket): void {
    const state = this.#state;
    if (state.kind === 'open' || (state.kind === 'stalled' && !state.ways.includes(way))) {
      if (!to.write(chunk)) {
        from.pause();
        to.once('drain', () => from.resume());
      }
      return;
    }
    from.pause();
    const go = (): void => {
      if (!to.destroyed) to.write(chunk);
      from.resume();
    };
    if (state.kind === 'slow') setTimeout(go, (chunk.length / state.bytesPerSecond) * 1000);
    else this.#waiting.push(go);
  }
}
