import { extname } from 'node:path';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { CommandHandlers, Terminal } from '#shared/runtime/run-command.ts';
import { readPolicyFile } from '#hub/availability/what-if/policy-file.ts';
import { reportChart, reportPage } from '#hub/availability/what-if/report-page.ts';
import { reportTable } from '#hub/availability/what-if/report-text.ts';
import type { Report } from '#hub/availability/what-if/report.ts';
import { whatIf } from '#hub/availability/what-if/what-if.ts';
import type { HubCli } from '#hub/options.ts';
import { commandLogger, isDay, requireWritable, writeOutput } from './command-input.ts';
import { withDatabase } from './with-database.ts';

const DAY_MS = 86_400_000;
const INTERRUPTED = 130;

/** What would have been published, sold and oversold under other policies. */
export const whatIfCommand: Pick<CommandHandlers<HubCli>, 'what-if'> = {
  'what-if': async ({ options }, terminal) => {
    const measuredFrom = readInstant(options.from, '--from');
    const to = readInstant(options.to, '--to');
    if (to <= measuredFrom) throw new ShelfwireError('OPTION_INVALID', '--to: must be later than --from.');
    if (to > Date.now()) throw new ShelfwireError('OPTION_INVALID', `--to: ${options.to} lies in the future.`);
    const draw = options.out === undefined ? undefined : drawingOf(options.out);
    const paths = options.policy ?? [];
    if (paths.length === 0) throw new ShelfwireError('OPTION_INVALID', '--policy: name at least one file.');
    const policies = (await Promise.all(paths.map(readPolicyFile))).flat();
    if (options.out !== undefined) await requireWritable(options.out);
    const from = measuredFrom - options.learnDays * DAY_MS;
    const { outages, stock, channelShare, seed } = options;
    const stop = interruption();
    try {
      const onRows = (pass: 1 | 2, at: number): void => {
        stop.signal.throwIfAborted();
        tell(terminal, pass, (at - from) / (to - from));
      };
      const past = { from, measuredFrom, to, outages, stock, channelShare, seed, onRows };
      const report = await withDatabase(options, commandLogger(options), (pool) => whatIf(pool, policies, past));
      if (terminal.isInteractive) terminal.err('\r\u001B[K');
      if (options.out !== undefined && draw) await writeOutput(options.out, draw(report));
      terminal.out(options.json ? `${JSON.stringify(report)}\n` : reportTable(report, terminal.columns));
      return 0;
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      terminal.err('\nInterrupted; nothing is written.\n');
      return INTERRUPTED;
    } finally {
      stop.end();
    }
  },
};

/** What a file of that name holds. */
function drawingOf(path: string): (report: Report) => string {
  const ending = extname(path).toLowerCase();
  if (ending === '.html') return reportPage;
  if (ending === '.svg') return reportChart;
  throw new ShelfwireError(
    'OPTION_INVALID',
    `--out: ${path} ends neither in .html, for a page, nor in .svg, for a picture.`,
  );
}

/** A day or an instant, UTC when it names no zone. */
function readInstant(text: string, where: string): number {
  const hasNoTime = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})?$/.test(text);
  const hasZone = hasNoTime || /(Z|[+-]\d{2}:\d{2})$/.test(text);
  const isGood = (hasNoTime || isInstant) && isDay(text.slice(0, 10));
  const instant = isGood ? Date.parse(hasZone ? text : `${text}Z`) : Number.NaN;
  if (Number.isNaN(instant)) {
    throw new ShelfwireError(
      'OPTION_INVALID',
      `${where}: "${text}" is no day (2026-03-31) and no instant (2026-03-31T18:00Z).`,
    );
  }
  return instant;
}

/** The database must be left in order, so a signal only asks the reading to end. A second one ends at once. */
function interruption(): { signal: AbortSignal; end(): void } {
  const controller = new AbortController();
  const ask = (): void => {
    if (controller.signal.aborted) process.exit(INTERRUPTED);
    controller.abort();
  };
  process.on('SIGINT', ask).on('SIGTERM', ask);
  return { signal: controller.signal, end: () => void process.off('SIGINT', ask).off('SIGTERM', ask) };
}

function tell(terminal: Terminal, pass: 1 | 2, part: number): void {
  if (!terminal.isInteractive) return;
  const percent = Math.floor(Math.min(1, Math.max(0, part)) * 100);
  terminal.err(`\r\u001B[K${pass === 1 ? 'Reading the period' : 'Replaying it'}: ${percent} %`);
}
