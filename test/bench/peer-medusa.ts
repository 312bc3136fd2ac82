import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { z } from 'zod';
import { startProgram } from './peer-program.ts';

const MedusaResult = z.strictObject({
  peer: z.string(),
  results: z.array(
    z.strictObject({
      clients: z.int().positive(),
      hot: z.boolean(),
      perSecond: z.number().positive(),
      done: z.int().positive(),
    }),
  ),
});
export type MedusaResult = z.infer<typeof MedusaResult>;

export interface MedusaRun {
  /** Of the PostgreSQL that all are measured on; a database of the peer's own is made in it. */
  readonly pool: Pool;
  readonly url: string;
  readonly cases: readonly { readonly clients: number; readonly hot: boolean }[];
  readonly seconds: number;
}

const PEERS = join(import.meta.dirname, '..', 'peers');
/** Its start, migrations and items. */
const BEGIN_MS_MAX = 120_000;

/** Measures the peer in a process of its own; when it is not installed or fails, why. The benchmark goes on without it. */
export async function runMedusaPeer({
  pool,
  url,
  cases,
  seconds,
}: MedusaRun): Promise<MedusaResult | { skipped: string }> {
  if (!existsSync(join(PEERS, 'node_modules', '@medusajs'))) {
    return { skipped: 'peers are not installed: npm ci --prefix test/peers' };
  }
  await pool.query('DROP DATABASE IF EXISTS medusa WITH (FORCE)');
  await pool.query('CREATE DATABASE medusa');
  const database = new URL(url);
  database.pathname = '/medusa';
  const program = startProgram(
    join(PEERS, 'medusa-reserve.mjs'),
    [`--database=${database.href}`, `--cases=${JSON.stringify(cases)}`, `--seconds=${seconds}`],
    PEERS,
  );
  const limit = AbortSignal.timeout(BEGIN_MS_MAX + cases.length * seconds * 3_000);
  try {
    return MedusaResult.parse(await program.answer(limit));
  } catch (error) {
    return { skipped: `the peer failed: ${error instanceof Error ? error.message : String(error)}` };
  } finally {
    await program.kill();
  }
}
