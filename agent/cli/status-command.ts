import type { Terminal } from '#shared/runtime/run-command.ts';
import type { AgentStatus } from '#shared/agent-api/answers.ts';
import type { StorageEngine } from '../storage/engines.ts';
import { callAgent } from './call-agent.ts';
import { statusText } from './status-text.ts';

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
  const status = (await callAgent(options.data, '/v1/status')) as AgentStatus | undefined;
  const known = status ?? (await resting(options.data, options.storage));
  if (options.json) terminal.out(`${JSON.stringify({ running: status !== undefined, ...known })}\n`);
  else {
    if (!status) terminal.out(`The agent is not running on ${options.data}.${known ? ' When it last ran:' : ''}\n`);
    if (known) terminal.out(statusText(known, { coloured: terminal.isInteractive, running: status !== undefined }));
  }
  if (!status) return 3;
  return status.problems.length > 0 ? 1 : 0;
}
