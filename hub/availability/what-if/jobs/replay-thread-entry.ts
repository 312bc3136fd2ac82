import { parentPort, workerData } from 'node:worker_threads';
import { ShelfwireError, toWireError } from '#shared/protocol/errors.ts';
import { openPool } from '#hub/db/pool.ts';
import type { Report } from '../report.ts';
import { whatIf } from '../what-if.ts';
import type { ThreadMessage, ThreadWork } from './replay-thread.ts';

/** Of all the time, what reading the period for the first time is taken for. */
const READING_PART = 0.2;
const TELL_EVERY_MS = 200;

const work = workerData as ThreadWork;
const say = (message: ThreadMessage): void => parentPort?.postMessage(message, []);

try {
  const report = await replay(work);
  say({ kind: 'done', report });
} catch (error) {
  // Anything unforeseen ends the thread, with its stack for the log.
  if (!(error instanceof ShelfwireError)) throw error;
  say({ kind: 'failed', error: toWireError(error) });
}

async function replay({ databaseUrl, applicationName, policies, past }: ThreadWork): Promise<Report> {
  const pool = openPool(databaseUrl, { max: 1, applicationName });
  let told = { pass: 0, at: 0 };
  const onRows = (pass: 1 | 2, at: number): void => {
    const now = performance.now();
    if (pass === told.pass && now - told.at < TELL_EVERY_MS) return;
    told = { pass, at: now };
    const part = Math.min(1, Math.max(0, (at - past.from) / (past.to - past.from)));
    const [phase, whole] =
      pass === 1
        ? (['reading', part * READING_PART] as const)
        : (['replaying', READING_PART + part * (1 - READING_PART)] as const);
    say({ kind: 'progress', progress: { phase, part: whole } });
  };
  try {
    return await whatIf(pool, policies, { ...past, onRows });
  } finally {
    await pool.end();
  }
}
