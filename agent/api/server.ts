import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Router } from 'express';
import helmet from 'helmet';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { RateRule } from '#shared/runtime/token-bucket.ts';
import { callerOf, correlate } from './caller.ts';
import type { ClientRegistry } from './client-registry.ts';
import { requireCaller, requireLoopback } from './guard.ts';
import { answerProblems, notFound } from './problem.ts';
import { readRoutes, type Readers } from './routes.ts';
import type { Sessions } from './sessions.ts';
import { uiFiles } from './ui-files.ts';

export interface ApiParts {
  /** 0 takes any free port. */
  readonly port: number;
  readonly clients: ClientRegistry;
  readonly sessions: Sessions;
  /** Where the built UI is. */
  readonly uiFolder: string;
  readonly readers: Readers;
  /** Further routes behind the credential: those of POS sources. */
  readonly routes: readonly Router[];
  /** Origins of web pages, other than the agent's own, that may call. */
  readonly allowedOrigins: readonly string[];
  readonly rate: RateRule;
  readonly clock: Clock;
  readonly logger: Logger;
}

export interface Api extends Part {
  readonly port: number;
}

/** The UI is this origin's own: no script and no style of anybody else, and nobody may frame it. */
const HEADERS = {
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: ["'none'"],
      scriptSrc: ["'self'"],
      // The UI kit sets its variables by style elements; they hold no code.
      styleSrc: ["'self'", "'unsafe-inline'"],
      imgSrc: ["'self'", 'data:'],
      fontSrc: ["'self'"],
      connectSrc: ["'self'"],
      manifestSrc: ["'self'"],
      baseUri: ["'none'"],
      formAction: ["'none'"],
      frameAncestors: ["'none'"],
    },
  },
  // Of loopback: there is no TLS to insist on.
  strictTransportSecurity: false,
} as const;

/** A request that has not arrived within this time is a client that hangs. */
const REQUEST_MS_MAX = 60_000;

/** Starts the loopback API. It listens on 127.0.0.1 and nowhere else. Throws OPTION_INVALID when the port is taken. */
export async function startApi(parts: ApiParts): Promise<Api> {
  const server = createServer({ requestTimeout: REQUEST_MS_MAX, headersTimeout: 10_000 }, apiOf(parts));
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

function apiOf(parts: ApiParts): express.Express {
  const app = express();
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.use(correlate, helmet(HEADERS), requireLoopback(parts.allowedOrigins));
  app.use((request, response, next) => {
    const startedAt = parts.clock.monotonic();
    response.once('finish', () => {
      const durationMs = Math.round(parts.clock.monotonic() - startedAt);
      const { statusCode: status } = response;
      parts.logger.debug(
        { ...callerOf(response), method: request.method, path: request.path, status, durationMs },
        'request',
      );
    });
    next();
  });
  app.get('/health', (_request, response) => {
    response.json({ status: 'ok' });
  });
  app.use(uiFiles(parts.uiFolder), parts.sessions.routes());
  app.use(requireCaller(parts, parts.rate, parts.clock));
  app.use(readRoutes(parts.readers), ...parts.routes, notFound);
  app.use(answerProblems(parts.logger));
  return app;
}
