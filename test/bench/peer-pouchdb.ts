import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { startProgram, type Program } from './peer-program.ts';

/**
 * What one drain of the peer measured. Bytes are those of the TCP payload in both directions, HTTP included, counted
 * at the server. Processor times are user and system time of the whole process while replication ran.
 */
const PeerResult = z.strictObject({
  peer: z.string(),
  docs: z.int().positive(),
  batch: z.int().positive(),
  seconds: z.number().positive(),
  docsPerSecond: z.number().positive(),
  bytesUpPerDoc: z.number().nonnegative(),
  bytesDownPerDoc: z.number().nonnegative(),
  clientCpuUsPerDoc: z.number().nonnegative(),
  serverCpuUsPerDoc: z.number().nonnegative(),
});
export type PeerResult = z.infer<typeof PeerResult>;

const Ports = z.object({ port: z.int().positive(), statsPort: z.int().positive() });

export interface PeerRun {
  /** One sale a line, as JSON; it must hold at least `docs` of them. */
  readonly salesFile: string;
  readonly docs: number;
  /** Documents a replication batch: the peer's `batch_size`, 100 by its own default. */
  readonly batch: number;
  /**
   * What the server does beside replication: nothing (`minimumForPouchDB`, the default here, about a third faster), or
   * all that the package does by its own default (`fullCouchDB`: log file, users, validation).
   */
  readonly mode?: 'minimumForPouchDB' | 'fullCouchDB';
  /** Both processes are ended after this long, filling the peer's store included. */
  readonly timeLimitMs?: number;
  /** Where the peer's programs and packages are. */
  readonly peersFolder?: string;
}

/**
 * Drains sales from a PouchDB into an express-pouchdb on loopback, each in a process of its own, and tells what that
 * took. One call is one cold run. A peer that is not installed, fails or is too slow yields `skipped` with the reason:
 * the benchmark goes on with our own figures. Processes and temporary folders are gone when the promise settles.
 */
export async function runPouchPeer(run: PeerRun): Promise<PeerResult | { skipped: string }> {
  const peersFolder = run.peersFolder ?? join(import.meta.dirname, '..', 'peers');
  if (!existsSync(join(peersFolder, 'node_modules'))) {
    return { skipped: 'peers are not installed: npm ci --prefix test/peers' };
  }
  const mode = run.mode ?? 'minimumForPouchDB';
  const timeLimitMs = run.timeLimitMs ?? 180_000;
  const folder = await mkdtemp(join(tmpdir(), 'shelfwire-peer-'));
  const programs: Program[] = [];
  const start = (script: string, parameters: string[]): Program => {
    const program = startProgram(join(peersFolder, script), parameters, folder);
    programs.push(program);
    return program;
  };
  const limit = AbortSignal.timeout(timeLimitMs);
  try {
    const { port, statsPort } = Ports.parse(await start('pouchdb-server.mjs', [folder, mode]).answer(limit));
    const drain = start('pouchdb-drain.mjs', [
      `--sales=${run.salesFile}`,
      `--docs=${run.docs}`,
      `--batch=${run.batch}`,
      `--server=http://127.0.0.1:${port}`,
      `--stats=http://127.0.0.1:${statsPort}`,
      `--folder=${folder}`,
      `--mode=${mode}`,
    ]);
    return PeerResult.parse(await drain.answer(limit));
  } catch (error) {
    if (limit.aborted) return { skipped: `the peer did not finish within ${timeLimitMs / 1000} s` };
    return { skipped: `the peer failed: ${error instanceof Error ? error.message : String(error)}` };
  } finally {
    await Promise.all(programs.map((program) => program.kill()));
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}
