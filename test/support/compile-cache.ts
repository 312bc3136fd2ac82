import type { TestProject } from 'vitest/node';
import { runCommand } from './program.ts';

/** What programs that tests start and kill are made of. */
const PROGRAMS = ['#hub/start-hub.ts', '#agent/commands.ts'];

/**
 * Vitest's global setup of the projects that kill programs: Node writes what it compiled when a process ends by itself, so a
 * program that is always killed would be compiled at each of its starts.
 */
export default async function setup({ config }: TestProject): Promise<void> {
  const load = PROGRAMS.map((program) => `await import('${program}');`).join('');
  await runCommand(['--input-type=module', '--eval', load], {
    NODE_COMPILE_CACHE: config.env['NODE_COMPILE_CACHE'] ?? '',
  });
}
