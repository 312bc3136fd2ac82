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
