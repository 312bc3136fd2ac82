import type { AgentStatus } from '#shared/agent-api/answers.ts';

/** How much needs somebody: of what is set aside each by itself. */
export function troublesOf(status: AgentStatus | undefined): number {
  if (status === undefined) return 0;
  const others = status.problems.filter(({ code }) => code !== 'QUARANTINE_NOT_EMPTY').length;
  return others + status.quarantined + status.quarantinedAtHub;
}
