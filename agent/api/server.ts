import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AgentHealth } from '#shared/agent-api/answers.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import type { RateRule } from '#shared/runtime/token-bucket.ts';
import { appOf, type AppParts, type Door } from './app.ts';
import type { ClientRegistry } from './client-registry.ts';
import { requireCaller, requireLoopback } from './guard.ts';
import type { SessionDoor } from './session-routes.ts';

export interface ApiParts extends AppParts {
  /** 0 takes any free port. */
  readonly port: number;
  readonly clients: ClientRegistry;
  readonly door: SessionDoor;
  /** Origins of web pages, other than the agent's own, that may call. */
  readonly allowedOrigins: readonly string[];
  readonly rate: RateRule;
  /** How the store is, in a few words, for whoever is at this machine. */
  health(): Promise<AgentHealth>;
}

export interface Api extends Part {
  readonly port: number;
}

/** A request that has not arrived within this time is a client that hangs. */
const REQUEST_MS_MAX = 60_000;

/** Starts the loopback API. It listens on 127.0.0.1 and nowhere else. Throws OPTION_INVALID when the port is taken. */
export async function startApi(parts: ApiParts): Promise<Api> {
  const server = createServer(
    { requestTimeout: REQUEST_MS_MAX, headersTimeout: 10_000 },
    appOf(parts, machineDoor(parts)),
  );
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new ShelfwireError('OPTION_INVALID', `--port ${parts.port} cannot be listened on: ${cause.message}.`, {
          cause,
        }),
      ),
    );
    server.listen(parts.port, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  parts.logger.info({ port }, 'loopback API listens');
  return {
    name: 'api',
    port,
    async stop() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve());
      });
      server.closeIdleConnections();
      const cancel = parts.clock.after(5_000, () => server.closeAllConnections());
      await closed;
      cancel();
    },
  };
}

/** At the machine itself: programs with a token, and people. */
const machineDoor = (parts: ApiParts): Door => ({
  session: parts.door,
  meant: requireLoopback(parts.allowedOrigins),
  credential: requireCaller(parts, parts.rate, parts.clock),
  health: () => parts.health(),
});
