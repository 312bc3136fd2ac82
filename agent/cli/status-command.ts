import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Terminal } from '#shared/runtime/run-command.ts';
import { readEndpoint } from '../api/endpoint-file.ts';
import type { AgentStatus } from '../api/readers.ts';
import type { StorageEngine } from '../storage/engines.ts';
import { statusText } from './status-text.ts';

const ANSWER_MS_MAX = 5_000;

/** What is known of a folder whose agent does not run. */
export type RestingStatus = (folder: string, engine: StorageEngine | undefined) => Promise<AgentStatus | undefined>;

/**
 * Asks the running agent over its loopback API; if none runs, reads the folder and says so. Exit code 0: running and
 * nothing needs attention; 1: something does; 3: not running.
 */
export async function statusCommand(
  options: { readonly data: string; readonly storage: StorageEngine | undefined; readonly json: boolean },
  terminal: Terminal,
  resting: RestingStatus,
): Promise<number> {
  const status = await askRunning(options.data);
  const known = status ?? (await resting(options.data, options.storage));
  if (options.json) terminal.out(`${JSON.stringify({ running: status !== undefined, ...known })}\n`);
  else {
    if (!status) terminal.out(`The agent is not running on ${options.data}.${known ? ' When it last ran:' : ''}\n`);
    if (known) terminal.out(statusText(known, terminal.isInteractive));
  }
  if (!status) return 3;
  return status.problems.length > 0 ? 1 : 0;
}

async function askRunning(folder: string): Promise<AgentStatus | undefined> {
  const endpoint = readEndpoint(folder);
  if (!endpoint) return undefined;
  let response: Response;
  try {
    response = await fetch(`http://127.0.0.1:${endpoint.port}/v1/status`, {
      headers: { authorization: `Bearer ${endpoint.token}` },
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
  } catch {
    return undefined;
  }
  // A crashed agent's port may be another program's by now: it does not know the token.
  if (!response.ok)
    throw new ShelfwireError(
      'CONFLICT',
      `Port ${endpoint.port} answers with ${response.status}: it is not this agent.`,
    );
  return (await response.json()) as AgentStatus;
}
