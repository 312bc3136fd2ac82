import { once } from 'node:events';
import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';

/** Where to listen: a name or address, and a port (0 takes a free one). */
export interface ListenAddress {
  readonly host: string;
  readonly port: number;
}

const FORM = /^(?:\[([0-9a-fA-F:.]+)\]|([^[\]:]+)):(\d{1,5})$/;
const REQUESTS_END_MS = 5_000;

/** Reads HOST:PORT; an IPv6 address stands in brackets. Throws OPTION_INVALID. */
export function readListenAddress(text: string): ListenAddress {
  const [, ipv6, name, port] = FORM.exec(text) ?? [];
  const host = ipv6 ?? name;
  if (host === undefined || Number(port) > 65_535) {
    throw new ShelfwireError(
      'OPTION_INVALID',
      `--listen: "${text}" is not HOST:PORT, such as 127.0.0.1:7070 or [::1]:7070.`,
    );
  }
  return { host, port: Number(port) };
}

/** The hub's HTTP server: the API and the stores' sockets share it. */
export interface Listening extends Part {
  readonly server: Server;
  /** Begins to accept connections; resolves with the URL. Throws LISTEN_FAILED. */
  open(address: ListenAddress): Promise<string>;
}

/** Makes the server without listening yet. Stopping takes no new connections and lets requests end; sockets stay. */
export function createListening(answer: RequestListener): Listening {
  const open = new Set<ServerResponse>();
  const server = createServer({ headersTimeout: 15_000, requestTimeout: 60_000 }, (request, response) => {
    open.add(response);
    response.once('close', () => open.delete(response));
    answer(request, response);
  });
  return {
    name: 'http server',
    server,
    async open(address) {
      server.listen(address.port, address.host);
      try {
        await once(server, 'listening');
      } catch (cause) {
        const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
        const where = `${address.host}:${address.port}`;
        throw new ShelfwireError('LISTEN_FAILED', `The hub cannot listen on ${where}: ${reason}.`, { cause });
      }
      return urlOf(server);
    },
    async stop() {
      server.close();
      const giveUpAt = performance.now() + REQUESTS_END_MS;
      while (open.size > 0 && performance.now() < giveUpAt) await delay(20);
      server.closeIdleConnections();
    },
  };
}

function urlOf(server: Server): string {
  const { address, family, port } = server.address() as AddressInfo;
  return `http://${family === 'IPv6' ? `[${address}]` : address}:${port}`;
}
