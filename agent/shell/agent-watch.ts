import { z } from 'zod';
import type { AgentHealth } from '#shared/agent-api/answers.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { startRepeating } from '#shared/runtime/repeating.ts';

const EVERY_MS = 5_000;
const ANSWER_MS_MAX = 4_000;

const agentHealth = z.object({
  status: z.literal('ok'),
  connection: z.enum(['online', 'offline', 'notEnrolled']),
  since: z.number().nullable(),
  problems: z.array(z.string().regex(/^[A-Z0-9_]{1,64}$/)).max(200),
});

/** How the agent on this machine is; undefined: it does not answer, or something else does. */
export async function askHealth(port: number, fetch = globalThis.fetch): Promise<AgentHealth | undefined> {
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/health`, {
      redirect: 'error',
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
    });
    return agentHealth.safeParse(await answer.json()).data;
  } catch {
    return undefined;
  }
}

/** Looks at the agent again and again, at once for the first time. */
export function watchAgent(parts: {
  readonly port: number;
  readonly clock: Clock;
  readonly logger: Logger;
  tell(health: AgentHealth | undefined): void;
}): Part {
  const { port, clock, logger } = parts;
  const turn = async (): Promise<void> => parts.tell(await askHealth(port));
  return startRepeating({ name: 'agent watch', clock, logger, everyMs: EVERY_MS, firstAfterMs: 0, turn });
}
