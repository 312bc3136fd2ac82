import { access, constants, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { z } from 'zod';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { createLogger, type Logger } from '#shared/runtime/logger.ts';

/** The logger of a short command: unless more is asked for, only what went wrong. */
export function commandLogger({ logLevel }: { readonly logLevel: string }): Logger {
  return createLogger({ name: 'shelfwire-hub', level: logLevel === 'info' ? 'error' : logLevel });
}

/** A text of the command line as the API would take it; throws OPTION_INVALID. */
export function readText(schema: z.ZodType<string>, value: string, where: string): string {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ShelfwireError('OPTION_INVALID', `${where}: ${parsed.error.issues[0]?.message ?? 'not accepted'}.`);
}

/** Whether there is such a day: what JavaScript reads as March 2 is no February 30. */
export function isDay(day: string): boolean {
  const at = Date.parse(`${day}T00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(day);
}

/** Ends a long command before its work when its result could not be written. Throws OPTION_INVALID. */
export async function requireWritable(path: string): Promise<void> {
  await access(dirname(path), constants.W_OK).catch((cause: unknown) => refuseOutput(path, cause));
}

/** The file of `--out`. Throws OPTION_INVALID. */
export async function writeOutput(path: string, content: string): Promise<void> {
  await writeFile(path, content).catch((cause: unknown) => refuseOutput(path, cause));
}

function refuseOutput(path: string, cause: unknown): never {
  const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
  throw new ShelfwireError('OPTION_INVALID', `--out: ${path} cannot be written: ${reason}.`, { cause });
}
