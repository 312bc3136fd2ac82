import { open } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { storeCode, text } from '#shared/protocol/fields.ts';
import type { CommandHandlers, Terminal } from '#shared/runtime/run-command.ts';
import { readSettlement } from '#hub/connectors/channel/amazon/settlement-report.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { transaction } from '#hub/db/transaction.ts';
import type { HubCli } from '#hub/options.ts';
import { listComparisons, requireComparison, type Comparison } from '#hub/reconcile/comparisons.ts';
import { approveDifference, ignoreDifference, listDifferences, type Difference } from '#hub/reconcile/differences.ts';
import { askForRun, requireRun, type Run } from '#hub/reconcile/runs.ts';
import { takeSettlement, type SettlementReport } from '#hub/reconcile/settlements.ts';
import { accountName } from './account-name.ts';
import { commandLogger, readText } from './command-input.ts';
import { table } from './table.ts';
import { withDatabase } from './with-database.ts';

type Handlers = CommandHandlers<HubCli>;
type ReconcileCommand = Extract<keyof Handlers, `reconcile ${string}`>;

const LISTED_MAX = 1_000;
const LOOK_EVERY_MS = 250;
/** A hub looks every second; after that it is said that none does. */
const TAKEN_WITHIN_MS = 10_000;
const nothingKept = () => Promise.resolve();

/** Comparisons: how they stand, a run now, and what is decided about differences. They are set over the API. */
export const reconcileCommands: Pick<Handlers, ReconcileCommand> = {
  'reconcile list': async ({ options }, terminal) => {
    const comparisons = await withDatabase(options, commandLogger(options), (pool) =>
      snapshot(pool, (client) => listComparisons(client, 0, LISTED_MAX)),
    );
    terminal.out(options.json ? `${JSON.stringify(comparisons)}\n` : comparisonsTable(comparisons));
    return 0;
  },

  'reconcile run': async ({ options, args }, terminal) => {
    const run = await withDatabase(options, commandLogger(options), async (pool) => {
      const number = await ask(pool, args.comparison);
      return watch(pool, number, terminal);
    });
    terminal.out(options.json ? `${JSON.stringify(run)}\n` : runText(run));
    return run.state === 'done' ? 0 : 1;
  },

  'reconcile differences': async ({ options }, terminal) => {
    const { comparison, state, location, sku } = options;
    const differences = await withDatabase(options, commandLogger(options), (pool) =>
      snapshot(pool, (client) =>
        listDifferences(
          client,
          { comparison, state, cause: undefined, location, sku },
          { after: 0, limit: LISTED_MAX },
        ),
      ),
    );
    terminal.out(options.json ? `${JSON.stringify(differences)}\n` : differencesTable(differences));
    return 0;
  },

  'reconcile approve': async ({ options, args }, terminal) => {
    const note = options.note === undefined ? null : readText(text, options.note, '--note');
    const decided = { by: `cli:${accountName()}`, note, towards: options.towards };
    const { correction } = await withDatabase(options, commandLogger(options), (pool) =>
      approveDifference(pool, numberOf(args.difference), decided, nothingKept),
    );
    terminal.out(`Difference ${args.difference} is corrected: ${correction?.kind ?? ''} ${correction?.key ?? ''}.\n`);
    return 0;
  },

  'reconcile settlement': async ({ options, args }, terminal) => {
    const channel = readText(storeCode, options.channel, '--channel');
    const report = await readReport(args.file);
    const taken = await withDatabase(options, commandLogger(options), (pool) =>
      takeSettlement(pool, channel, report, `cli:${accountName()}`),
    );
    const text = `Settlement ${taken.settlementId} of ${channel}: ${taken.lines} lines.\n`;
    terminal.out(options.json ? `${JSON.stringify(taken)}\n` : text);
    return 0;
  },

  'reconcile ignore': async ({ options, args }, terminal) => {
    const decided = { by: `cli:${accountName()}`, note: readText(text, options.reason, '--reason') };
    await withDatabase(options, commandLogger(options), (pool) =>
      ignoreDifference(pool, numberOf(args.difference), decided, nothingKept),
    );
    terminal.out(`Difference ${args.difference} is ignored until it changes.\n`);
    return 0;
  },
};

/** Throws NOT_FOUND. */
function ask(pool: Pool, code: string): Promise<number> {
  return transaction(pool, async (client) => {
    const { number } = await requireComparison(client, code);
    return askForRun(client, number, `cli:${accountName()}`);
  });
}

/** Throws SETTLEMENT_INVALID, OPTION_INVALID. */
async function readReport(path: string): Promise<SettlementReport> {
  const file = await open(path).catch((cause: NodeJS.ErrnoException) => {
    throw new ShelfwireError('OPTION_INVALID', `FILE: ${path} cannot be read: ${cause.code ?? cause.message}.`, {
      cause,
    });
  });
  return readSettlement(file.createReadStream());
}

/** A hub that runs carries it out; this only looks on. */
async function watch(pool: Pool, number: number, terminal: Terminal): Promise<Run> {
  const begunAt = performance.now();
  let isTold = false;
  for (;;) {
    const run = await snapshot(pool, (client) => requireRun(client, number));
    if (run.finishedAt !== null) {
      if (terminal.isInteractive) terminal.err('\r\u001B[K');
      return run;
    }
    if (terminal.isInteractive) terminal.err(`\r\u001B[K${run.phase ?? 'waiting'}, ${run.linesRead} lines read`);
    if (run.state === 'waiting' && !isTold && performance.now() - begunAt > TAKEN_WITHIN_MS) {
      isTold = true;
      terminal.err('No hub has taken it yet: one has to run.\n');
    }
    await delay(LOOK_EVERY_MS);
  }
}

function numberOf(given: string): number {
  if (/^[1-9]\d{0,14}$/.test(given)) return Number(given);
  throw new ShelfwireError('OPTION_INVALID', `DIFFERENCE: "${given}" is not the number of a difference.`);
}

function comparisonsTable(comparisons: readonly Comparison[]): string {
  if (comparisons.length === 0) return 'There are no comparisons. Make one: PUT /v1/comparisons/CODE.\n';
  const rows = comparisons.map(({ code, side, enabled, correct, differences, nextAt }) => {
    const next = enabled ? (nextAt?.toISOString() ?? 'on demand') : 'off';
    return [code, side, correct.mode, String(differences), next];
  });
  return table([['CODE', 'SIDE', 'CORRECTED BY', 'DIFFERENCES', 'NEXT'], ...rows]);
}

function differencesTable(differences: readonly Difference[]): string {
  if (differences.length === 0) return 'There are no such differences.\n';
  const rows = differences.map(
    ({ difference, comparison, location, sku, reference, ours, theirs, cause, state, firstSeenAt }) => {
      const subject = [location, sku, reference].filter((part) => part !== null).join(' ');
      const numbers = [String(ours), String(theirs), String(ours - theirs)];
      return [String(difference), comparison, subject, ...numbers, cause, state, firstSeenAt.toISOString()];
    },
  );
  return table([['DIFFERENCE', 'COMPARISON', 'OF', 'OURS', 'THEIRS', 'BY', 'CAUSE', 'STATE', 'SINCE'], ...rows]);
}

function runText(run: Run): string {
  if (run.error !== null) return `${run.error.code}: ${run.error.detail}\n${run.error.remedy}\n`;
  const { compared, differing, inFlight, unposted, unknown, corrected, silent, unmapped } = run;
  const more = [
    corrected > 0 ? `${corrected} corrected by rule.` : '',
    run.heldBack > 0
      ? `${run.heldBack} qualify for correction at once, more than the rule allows: none is corrected.`
      : '',
    silent > 0 ? `${silent} devices said nothing.` : '',
    unmapped > 0 ? `${unmapped} lines name no location of ours.` : '',
  ].filter((line) => line !== '');
  const first = `Of ${compared} compared ${differing} differ: ${inFlight} in flight, ${unposted} unposted, ${unknown} unknown.`;
  return `${[first, ...more].join('\n')}\n`;
}
