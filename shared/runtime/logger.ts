import { pino, stdTimeFunctions, type Logger } from 'pino';

export type { Logger } from 'pino';

/** Paths of fields that hold secrets: they are masked wherever they are logged (X1). */
const SECRET_PATHS = ['token', 'secret', 'password', 'authorization', 'privateKey', 'signature', 'databaseUrl'].flatMap(
  (name) => [name, `*.${name}`, `*.*.${name}`],
);

/** Structured logs: one JSON object a line on stderr, so that stdout stays for what a command answers. */
export function createLogger(options: { name: string; level: string }): Logger {
  return pino(
    {
      name: options.name,
      level: options.level,
      timestamp: stdTimeFunctions.isoTime,
      redact: { paths: SECRET_PATHS, censor: '[hidden]' },
    },
    pino.destination({ dest: 2, sync: false }),
  );
}

/** For parts that are used without logs (tests, short commands). */
export const silentLogger: Logger = pino({ level: 'silent' });
