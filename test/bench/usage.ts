import { readFile } from 'node:fs/promises';
import type { Pool } from 'pg';

/** Processor time of a process so far, user and system. */
export interface Usage {
  readonly cpuUs: number;
}

export function ownUsage(): Usage {
  const { user, system } = process.cpuUsage();
  return { cpuUs: user + system };
}

const US_PER_TICK = 10_000;

/** Processor time of PostgreSQL's processes that serve connections now; undefined where /proc is not. */
export async function postgresUsage(pool: Pool): Promise<Usage | undefined> {
  const { rows } = await pool.query<{ pid: number }>('SELECT pid FROM pg_stat_activity');
  let ticks = 0;
  for (const { pid } of rows) {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
    if (stat === undefined) continue;
    // After the name in brackets: state, ppid, ... utime and stime are the 12th and 13th.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks === 0 ? undefined : { cpuUs: ticks * US_PER_TICK };
}
