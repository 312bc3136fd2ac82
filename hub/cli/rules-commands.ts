import { readFile } from 'node:fs/promises';
import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { text } from '#shared/protocol/fields.ts';
import type { RulesProblem } from '#shared/protocol/problem.ts';
import type { CommandHandlers, Terminal } from '#shared/runtime/run-command.ts';
import {
  applyRules,
  dryRunRollback,
  dryRunRules,
  rollBackRules,
  validateRules,
  type Application,
} from '#hub/availability/rules/apply-rules.ts';
import { acceptRules, checkRules } from '#hub/availability/rules/check-rules.ts';
import { diffRules } from '#hub/availability/rules/diff-rules.ts';
import type { RulesDocument } from '#hub/availability/rules/rules-document.ts';
import type { RulesPorts } from '#hub/availability/rules/rules-ports.ts';
import {
  listVersions,
  readNow,
  requireVersion,
  requireVersionAt,
  versionAt,
  type RuleVersion,
} from '#hub/availability/rules/rule-versions.ts';
import type { HubCli } from '#hub/options.ts';
import { accountName } from './account-name.ts';
import { commandLogger, isDay, readText, writeOutput } from './command-input.ts';
import { showApplied, showDiff, showDryRun, showProblems, showVersions } from './rules-texts.ts';
import { withDatabase } from './with-database.ts';

type Handlers = CommandHandlers<HubCli>;
type RulesCommand = Extract<keyof Handlers, `rules ${string}`>;

const LISTED_MAX = 1_000;
const NO_RULES_YET = 'No rules are in force yet: all of this would be new.\n';

/** The rules of availability as a file: checked, compared, applied, brought back. Exit code 1: the rules were refused. */
export function rulesCommands(ports: RulesPorts): Pick<Handlers, RulesCommand> {
  return {
    'rules validate': async ({ options, args }, terminal) => {
      const given = await readRulesFile(args.file);
      return refusing(args.file, given, options.json, terminal, async () => {
        if (options.offline) acceptRules(checkRules(given));
        else await withDatabase(options, commandLogger(options), (pool) => validateRules(pool, given));
        terminal.out(options.json ? '{"valid":true}\n' : `${args.file} is good.\n`);
      });
    },

    'rules diff': async ({ options, args }, terminal) => {
      const isFile = !isVersion(args.file);
      const given = isFile ? await readRulesFile(args.file) : '';
      return refusing(args.file, given, options.json, terminal, async () => {
        const asked = isFile ? acceptRules(checkRules(given)) : Number(args.file);
        const [before, after] = await withDatabase(options, commandLogger(options), (pool) =>
          toCompare(pool, asked, options.to),
        );
        const diff = diffRules(before, after);
        const first = before === undefined ? NO_RULES_YET : '';
        terminal.out(options.json ? `${JSON.stringify(diff)}\n` : first + showDiff(diff, terminal));
      });
    },

    'rules apply': async ({ options, args }, terminal) => {
      const given = await readRulesFile(args.file);
      const how = applicationOf(options);
      return refusing(args.file, given, options.json, terminal, async () => {
        await withDatabase(options, commandLogger(options), async (pool) => {
          if (options.dryRun) {
            const run = await dryRunRules(pool, given, how, ports);
            terminal.out(options.json ? `${JSON.stringify(run)}\n` : showDryRun(run, terminal));
          } else {
            const applied = await applyRules(pool, given, how, ports);
            terminal.out(options.json ? `${JSON.stringify(applied)}\n` : showApplied(applied, terminal));
          }
        });
      });
    },

    'rules rollback': async ({ options, args }, terminal) => {
      const to = versionOf(args.version, 'VERSION');
      const how = applicationOf(options);
      await withDatabase(options, commandLogger(options), async (pool) => {
        if (options.dryRun) {
          const run = await dryRunRollback(pool, to, how, ports);
          terminal.out(options.json ? `${JSON.stringify(run)}\n` : showDryRun(run, terminal));
        } else {
          const applied = await rollBackRules(pool, to, how, ports);
          terminal.out(options.json ? `${JSON.stringify(applied)}\n` : showApplied(applied, terminal));
        }
      });
      return 0;
    },

    'rules export': async ({ options }, terminal) => {
      const found = await withDatabase(options, commandLogger(options), (pool) => versionOrInForce(pool, options.of));
      if (options.out === undefined) terminal.out(found.document);
      else {
        await writeOutput(options.out, found.document);
        terminal.err(`Version ${found.version} is written to ${options.out}.\n`);
      }
      return 0;
    },

    'rules list': async ({ options }, terminal) => {
      const versions = await withDatabase(options, commandLogger(options), async (pool) =>
        listVersions(pool, { before: undefined, limit: LISTED_MAX, now: await readNow(pool) }),
      );
      terminal.out(options.json ? `${JSON.stringify(versions)}\n` : showVersions(versions, terminal));
      return 0;
    },
  };
}

/** Shows refused rules by line, with the remedy of each, instead of one error. */
async function refusing(
  file: string,
  document: string,
  json: boolean,
  terminal: Terminal,
  work: () => Promise<void>,
): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    if (!(error instanceof ShelfwireError && error.code === 'RULES_INVALID')) throw error;
    const problems = error.context['problems'] as readonly RulesProblem[];
    const total = Number(error.context['problemsTotal']);
    const moreMayFollow = error.context['moreMayFollow'] === true;
    if (json) terminal.out(`${JSON.stringify({ valid: false, problems, problemsTotal: total, moreMayFollow })}\n`);
    else terminal.err(showProblems(file, document, problems, { total, moreMayFollow }, terminal));
    return 1;
  }
}

async function readRulesFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new ShelfwireError('OPTION_INVALID', `FILE: ${file} cannot be read: ${reason}.`, { cause });
  }
}

function applicationOf(options: {
  readonly note: string | undefined;
  readonly effectiveFrom: string | undefined;
  readonly basedOn: number | undefined;
}): Application {
  const { note, effectiveFrom, basedOn } = options;
  return {
    by: `cli:${accountName()}`,
    note: note === undefined ? undefined : readText(text, note, '--note'),
    effectiveFrom: effectiveFrom === undefined ? undefined : readInstant(effectiveFrom),
    basedOn,
  };
}

function readInstant(given: string): Date {
  const at = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/.test(given)
    ? new Date(given)
    : undefined;
  if (at !== undefined && !Number.isNaN(at.getTime()) && isDay(given.slice(0, 10))) return at;
  throw new ShelfwireError(
    'OPTION_INVALID',
    `--effective-from: "${given}" is no instant with its offset, such as 2026-12-01T00:00:00Z.`,
  );
}

const isVersion = (given: string): boolean => /^[1-9]\d{0,8}$/.test(given);

function versionOf(given: string, where: string): number {
  if (isVersion(given)) return Number(given);
  throw new ShelfwireError('OPTION_INVALID', `${where}: "${given}" is not the number of a version.`);
}

async function versionOrInForce(pool: Pool, version: number | undefined): Promise<RuleVersion> {
  const now = await readNow(pool);
  return version === undefined ? requireVersionAt(pool, now) : requireVersion(pool, version, now);
}

/** A file is what would come after the version; of two versions the first came before. */
async function toCompare(
  pool: Pool,
  asked: RulesDocument | number,
  other: number | undefined,
): Promise<[RulesDocument | undefined, RulesDocument]> {
  if (typeof asked === 'number') {
    const before = await versionOrInForce(pool, asked);
    return [before.rules, (await versionOrInForce(pool, other)).rules];
  }
  // Before any rules are in force, a file is held against none.
  const before = other === undefined ? await versionAt(pool, await readNow(pool)) : await versionOrInForce(pool, other);
  return [before?.rules, asked];
}
