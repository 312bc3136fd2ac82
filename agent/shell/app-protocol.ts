import type { CustomScheme } from 'electron';
import type { AgentProxy } from './agent-proxy.ts';
import { answerFile, refused } from './app-files.ts';
import { isOf, SCHEME } from './origin.ts';

/** What the scheme may do: no more than https may, and less of it. Told to Electron before it is ready. */
export const APP_SCHEME = {
  scheme: SCHEME,
  privileges: {
    standard: true,
    secure: true,
    supportFetchAPI: true,
    bypassCSP: false,
    allowServiceWorkers: false,
    corsEnabled: false,
  },
} satisfies CustomScheme;

/**
 * Answers what the app's window asks for: the built app's own files, and by /v1 and /health the agent on this machine.
 * @param parts.folder what Vite has built
 */
export function appHandler(parts: {
  readonly origin: string;
  readonly folder: string;
  readonly agent: AgentProxy;
}): (request: Request) => Promise<Response> {
  return async (request) => {
    if (!isOf(parts.origin, request.url)) return refused(404);
    const { pathname } = new URL(request.url);
    if (pathname === '/health' || pathname.startsWith('/v1/')) return parts.agent.forward(request);
    return request.method === 'GET' ? answerFile(parts.folder, pathname) : refused(405);
  };
}
