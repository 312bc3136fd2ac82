import express, { type RequestHandler, type Response, type Router } from 'express';
import helmet from 'helmet';
import type { AgentHealth } from '#shared/agent-api/answers.ts';
import { CONTENT_POLICY } from '#shared/agent-api/content-policy.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { callerOf, correlate } from './caller.ts';
import { answerProblems, notFound } from './problem.ts';
import { readRoutes, type Readers } from './routes.ts';
import { sessionListRoutes, signInRoutes, type SessionDoor } from './session-routes.ts';
import { uiFiles } from './ui-files.ts';

/** What every door leads to. */
export interface AppParts {
  /** Where the built UI is. */
  readonly uiFolder: string;
  readonly readers: Readers;
  /** Further routes behind the credential: those of POS sources. */
  readonly routes: readonly Router[];
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Who may come in where: at the machine itself, or from the store's network. */
export interface Door {
  readonly session: SessionDoor;
  /** Whether a request is meant for this door at all, before anything is answered. */
  readonly meant: RequestHandler;
  /** Who calls; names the caller or refuses. */
  readonly credential: RequestHandler;
  /** What anybody may know who can reach this door. */
  health(): Promise<AgentHealth>;
}

const HEADERS = {
  contentSecurityPolicy: { useDefaults: false, directives: CONTENT_POLICY },
  // Loopback has no TLS to insist on; the network's certificate is the store's own, which a browser must let people accept.
  strictTransportSecurity: false,
} as const;

export function appOf(parts: AppParts, door: Door): express.Express {
  const app = express();
  app.set('query parser', 'simple');
  app.set('etag', false);
  app.use(correlate, helmet(HEADERS), door.meant);
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
  const answerHealth = async (response: Response): Promise<void> => {
    response.json(await door.health());
  };
  app.get('/health', (_request, response) => answerHealth(response));
  app.use(uiFiles(parts.uiFolder), signInRoutes(door.session));
  app.use(door.credential, sessionListRoutes(door.session));
  app.use(readRoutes(parts.readers), ...parts.routes, notFound);
  app.use(answerProblems(parts.logger));
  return app;
}
