import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { ClientRegistry } from '#agent/api/client-registry.ts';
import { startDaemon, type Daemon, type DaemonOptions, type DaemonParts } from '#agent/daemon.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';

/** A real agent in this process, with one client of its loopback API. */
export interface RunningAgent {
  readonly folder: string;
  readonly daemon: Daemon;
  readonly token: string;
  readonly url: string;
  /** Calls the loopback API; with the client's token unless headers say otherwise. */
  call(path: string, init?: RequestInit): Promise<Response>;
}

/** An agent until the test is over. */
export async function runAgent(
  options: Partial<DaemonOptions> = {},
  parts: Partial<DaemonParts> = {},
): Promise<RunningAgent> {
  const agent = await startAgent(options, parts);
  onTestFinished(() => agent.end());
  return agent;
}

/** An agent that several tests share: whoever starts it ends it. */
export async function startAgent(
  options: Partial<DaemonOptions> = {},
  parts: Partial<DaemonParts> = {},
): Promise<RunningAgent & { end(): Promise<void> }> {
  const folder = options.data ?? mkdtempSync(join(tmpdir(), 'agent-'));
  const daemon = await startDaemon(
    {
      data: folder,
      storage: undefined,
      port: 0,
      feeds: undefined,
      origins: [],
      requestsPerSecond: 10_000,
      keepDays: 400,
      ...options,
    },
    { clock: systemClock, logger: silentLogger, connect: () => undefined, ...parts },
  );
  const token = new ClientRegistry(folder).add(
    options.data === undefined ? 'till-1' : `till-${daemon.port}`,
    Date.now(),
  );
  const url = `http://127.0.0.1:${daemon.port}`;
  return {
    folder,
    daemon,
    token,
    url,
    async end() {
      await daemon.stop('test is over');
      rmSync(folder, { recursive: true, force: true });
    },
    call: (path, init = {}) =>
      fetch(url + path, {
        ...init,
        headers: { authorization: `Bearer ${token}`, ...(init.headers as Record<string, string>) },
      }),
  };
}
