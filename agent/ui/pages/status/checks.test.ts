import { expect, it } from 'vitest';
import type { AgentStatus } from '#shared/agent-api/answers.ts';
import { CHECKS, checksOf } from './checks.ts';

const problem = (code: string, detail: string) => ({ code, detail, remedy: '' }) as AgentStatus['problems'][number];

it('puts each problem at what it is of, and loses none', () => {
  const away = problem('HUB_UNREACHABLE', 'no answer');
  const folder = problem('STORAGE_IO', 'the folder of the till cannot be read');
  const found = checksOf({
    problems: [
      problem('DISK_LOW', ''),
      problem('CLOCK_OFF', ''),
      problem('QUARANTINE_NOT_EMPTY', ''),
      problem('STORAGE_RECOVERED', ''),
      problem('NETWORK_PORT_TAKEN', ''),
      away,
      folder,
    ],
    sync: { lastError: away } as AgentStatus['sync'],
    sources: [{ name: 'till', lastError: folder } as unknown as AgentStatus['sources'][number]],
  });
  expect(CHECKS.map((check) => found[check].map(({ code }) => code))).toEqual([
    ['HUB_UNREACHABLE'],
    ['STORAGE_RECOVERED'],
    ['DISK_LOW'],
    ['CLOCK_OFF'],
    ['STORAGE_IO'],
    ['QUARANTINE_NOT_EMPTY'],
    ['NETWORK_PORT_TAKEN'],
  ]);
  const none = checksOf({ problems: [problem('NOT_ENROLLED', '')], sync: { lastError: null } as never, sources: [] });
  expect(none.connection).toHaveLength(1);
});
