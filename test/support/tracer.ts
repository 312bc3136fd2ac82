import { spawnSync, type SpawnSyncReturns } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { devNull } from 'node:os';

const TRACER = 'strace';

/** Skips a test where system calls cannot be looked at: strace must be there, and be allowed to trace. */
export function needsTracer(skip: (condition: boolean, note: string) => void): void {
  const { status } = spawnSync(TRACER, ['-o', devNull, process.execPath, '--version']);
  skip(status !== 0, 'no strace here');
}

/** Runs Node to its end, and gives its writes and syncs, one a line, by way of the file `log`. */
export function traced(nodeArgs: readonly string[], log: string): { run: SpawnSyncReturns<string>; calls: string[] } {
  const trace = ['-f', '-y', '-s', '8', '-e', 'trace=fsync,fdatasync,write', '-o', log];
  const run = spawnSync(TRACER, [...trace, process.execPath, ...nodeArgs], { encoding: 'utf8' });
  return { run, calls: readFileSync(log, 'utf8').split('\n') };
}
