import type { AgentStatus } from '#shared/agent-api/answers.ts';

type Problem = AgentStatus['problems'][number];

/** What the agent looks after, in the order in which it matters. */
export const CHECKS = ['connection', 'storage', 'disk', 'clock', 'sources', 'quarantine', 'network'] as const;
export type Check = (typeof CHECKS)[number];

const BY_CODE: readonly (readonly [Check, RegExp])[] = [
  ['disk', /^(DISK_LOW|STORAGE_FULL)$/],
  ['clock', /^CLOCK_/],
  ['quarantine', /^QUARANTINE_/],
  ['network', /^NETWORK_/],
  ['connection', /^NOT_ENROLLED$/],
];

/** Each problem at its check; what is of nothing else is of the data on this machine. */
export function checksOf({
  problems,
  sync,
  sources,
}: Pick<AgentStatus, 'problems' | 'sync' | 'sources'>): Readonly<Record<Check, readonly Problem[]>> {
  const checkOf = ({ code, detail }: Problem): Check => {
    const isSame = (other: Problem | null) => other?.code === code && other.detail === detail;
    if (isSame(sync.lastError)) return 'connection';
    if (sources.some(({ lastError }) => isSame(lastError))) return 'sources';
    return BY_CODE.find(([, codes]) => codes.test(code))?.[0] ?? 'storage';
  };
  const found = Object.fromEntries(CHECKS.map((check) => [check, [] as Problem[]])) as Record<Check, Problem[]>;
  for (const problem of problems) found[checkOf(problem)].push(problem);
  return found;
}
