import { createServer, type Server } from 'node:https';
import type { RequestListener } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { SecureContextOptions } from 'node:tls';
import { ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import { showAddress, type NetworkAddress } from './address.ts';
import { Connections, CONNECTIONS_MAX } from './connections.ts';
import type { StoreIdentity } from './identity.ts';

const LIMITS = {
  handshakeTimeout: 10_000,
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 15_000,
  maxHeaderSize: 16 * 1024,
  connectionsCheckingInterval: 5_000,
} as const;
const STOP_MS_MAX = 3_000;

export interface Listener {
  readonly port: number;
  /** Proves itself by another certificate from the next connection on. */
  use(identity: StoreIdentity): void;
  close(): Promise<void>;
}

const tlsOf = ({ key, certificate }: StoreIdentity): SecureContextOptions => ({
  key: key.export({ type: 'pkcs8', format: 'pem' }),
  cert: certificate.toString(),
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    'TLS_AES_128_GCM_SHA256',
    'ECDHE-ECDSA-AES256-GCM-SHA384',
    'ECDHE-ECDSA-CHACHA20-POLY1305',
    'ECDHE-ECDSA-AES128-GCM-SHA256',
  ].join(':'),
});

/** Listens over TLS. Throws NETWORK_PORT_TAKEN, NETWORK_PORT_FORBIDDEN, NETWORK_ADDRESS_ABSENT. */
export async function listenSecurely(
  address: NetworkAddress,
  identity: StoreIdentity,
  handle: RequestListener,
): Promise<Listener> {
  const server = createServer({ ...LIMITS, ...tlsOf(identity) }, handle);
  server.maxConnections = CONNECTIONS_MAX;
  server.maxRequestsPerSocket = 10_000;
  limitEach(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) => reject(refusal(address, cause)));
    server.listen({ host: address.host, port: address.port, exclusive: true }, () => resolve());
  });
  // What goes wrong with one connection is that connection's end.
  server.on('error', () => undefined);
  return {
    port: (server.address() as AddressInfo).port,
    use: (next) => server.setSecureContext(tlsOf(next)),
    close: () => closeAll(server),
  };
}

/** No device takes all the connections, before or after it has shaken hands. */
function limitEach(server: Server): void {
  const connections = new Connections();
  server.on('connection', (socket: Socket) => {
    const from = socket.remoteAddress ?? '';
    socket.once('close', () => connections.close(from));
    if (connections.open(from)) socket.destroy();
  });
}

async function closeAll(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  server.closeIdleConnections();
  const timer = setTimeout(() => server.closeAllConnections(), STOP_MS_MAX);
  await closed;
  clearTimeout(timer);
}

const REFUSALS: Readonly<Record<string, ErrorCode>> = {
  EADDRINUSE: 'NETWORK_PORT_TAKEN',
  EACCES: 'NETWORK_PORT_FORBIDDEN',
  EADDRNOTAVAIL: 'NETWORK_ADDRESS_ABSENT',
};

function refusal(address: NetworkAddress, cause: Error): ShelfwireError {
  const code = REFUSALS[(cause as NodeJS.ErrnoException).code ?? ''] ?? 'NETWORK_ADDRESS_ABSENT';
  return new ShelfwireError(code, `${showAddress(address)} cannot be listened on: ${cause.message}.`, { cause });
}
