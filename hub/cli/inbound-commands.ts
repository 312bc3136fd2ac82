import { readFile } from 'node:fs/promises';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { storeCode, text } from '#shared/protocol/fields.ts';
import type { CommandHandlers } from '#shared/runtime/run-command.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { transaction } from '#hub/db/transaction.ts';
import { listFiles } from '#hub/inbound/files/seen-files.ts';
import { applyRules } from '#hub/inbound/products/apply-rules.ts';
import { rulesInForce } from '#hub/inbound/products/rule-versions.ts';
import { listConflicts } from '#hub/inbound/products/show.ts';
import { dismissReject, listRejects, type KeptReject } from '#hub/inbound/rejects.ts';
import { listSources, requireSource, type ShownSource } from '#hub/inbound/source.ts';
import type { HubCli } from '#hub/options.ts';
import { accountName } from './account-name.ts';
import { commandLogger, readText } from './command-input.ts';
import { table } from './table.ts';
import { withDatabase } from './with-database.ts';

type Handlers = CommandHandlers<HubCli>;
type InboundCommand = Extract<keyof Handlers, `inbound ${string}` | `products ${string}`>;

const LISTED_MAX = 1_000;
const SHOWN_CHARS = 80;

/** Sources and what they told. They are registered over the API, which seals their secrets. */
export const inboundCommands: Pick<Handlers, InboundCommand> = {
  'inbound list': async ({ options }, terminal) => {
    const sources = await withDatabase(options, commandLogger(options), (pool) =>
      snapshot(pool, (client) => listSources(client, 0, LISTED_MAX)),
    );
    terminal.out(options.json ? `${JSON.stringify(sources)}\n` : sourcesTable(sources));
    return 0;
  },

  'inbound rejects': async ({ options }, terminal) => {
    const filter = { source: options.source, dismissed: false, before: Number.MAX_SAFE_INTEGER, limit: LISTED_MAX };
    const rejects = await withDatabase(options, commandLogger(options), (pool) =>
      snapshot(pool, (client) => listRejects(client, filter)),
    );
    const shown = rejects.map((reject) => ({ ...reject, verbatim: reject.verbatim.toString('utf8') }));
    terminal.out(options.json ? `${JSON.stringify(shown)}\n` : rejectsTable(rejects));
    return 0;
  },

  'inbound dismiss': async ({ options, args }, terminal) => {
    if (!/^[1-9]\d{0,14}$/.test(args.reject)) {
      throw new ShelfwireError('OPTION_INVALID', `REJECT: "${args.reject}" is not the number of a reject.`);
    }
    const decided = { by: `cli:${accountName()}`, note: readText(text, options.note, '--note') };
    await withDatabase(options, commandLogger(options), (pool) =>
      transaction(pool, (client) => dismissReject(client, Number(args.reject), decided)),
    );
    terminal.out(`Reject ${args.reject} is dismissed.\n`);
    return 0;
  },

  'inbound files': async ({ options, args }, terminal) => {
    const code = readText(storeCode, args.source, 'SOURCE');
    const files = await withDatabase(options, commandLogger(options), (pool) =>
      snapshot(pool, async (client) => {
        const { source } = await requireSource(client, code);
        return listFiles(client, source, { before: ['9999-01-01T00:00:00Z', ''], limit: LISTED_MAX });
      }),
    );
    if (options.json) terminal.out(`${JSON.stringify(files)}\n`);
    else {
      const rows = files.map(({ finishedAt, report }) => {
        const { file, outcome, rowsRead, rowsRejected } = report;
        return [finishedAt.toISOString(), file, outcome, String(rowsRead), String(rowsRejected)];
      });
      terminal.out(table([['FINISHED', 'FILE', 'OUTCOME', 'ROWS', 'REJECTED'], ...rows]));
    }
    return 0;
  },

  'products rules': async ({ options }, terminal) => {
    const { apply } = options;
    const rules = apply === undefined ? undefined : await readRules(apply);
    const note = options.note === undefined ? null : readText(text, options.note, '--note');
    const by = `cli:${accountName()}`;
    const version = await withDatabase(options, commandLogger(options), (pool) =>
      rules === undefined ? rulesInForce(pool) : applyRules(pool, { rules, by, note }, () => Promise.resolve()),
    );
    if (options.json) terminal.out(`${JSON.stringify(version)}\n`);
    else if (version.version === 0) terminal.out('There are no rules: who said it last is believed.\n');
    else terminal.out(`Version ${version.version}:\n${JSON.stringify(version.rules, null, 2)}\n`);
    return 0;
  },

  'products conflicts': async ({ options }, terminal) => {
    const conflicts = await withDatabase(options, commandLogger(options), (pool) =>
      snapshot(pool, (client) => listConflicts(client, { after: ['', 'name'], limit: LISTED_MAX })),
    );
    if (options.json) terminal.out(`${JSON.stringify(conflicts)}\n`);
    else {
      const rows = conflicts.map(({ sku, field, believed, sayings }) => {
        return [sku, field, believed ?? '', sayings.map(({ source, value }) => `${source}: ${value ?? ''}`).join('; ')];
      });
      terminal.out(table([['SKU', 'FIELD', 'BELIEVED', 'SAID'], ...rows]));
    }
    return 0;
  },
};

async function readRules(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch (cause) {
    const why = cause instanceof SyntaxError ? 'is not JSON' : 'cannot be read';
    throw new ShelfwireError('OPTION_INVALID', `--apply: ${file} ${why}.`, { cause });
  }
}

function sourcesTable(sources: readonly ShownSource[]): string {
  if (sources.length === 0) return 'There are no sources. Register one: POST /v1/inbound-sources.\n';
  const rows = sources.map(({ code, kind, state, heardAt, rejects, name }) => {
    return [code, kind, state, heardAt?.toISOString() ?? 'never', String(rejects), name];
  });
  return table([['CODE', 'KIND', 'STATE', 'HEARD', 'REJECTS', 'NAME'], ...rows]);
}

function rejectsTable(rejects: readonly KeptReject[]): string {
  if (rejects.length === 0) return 'There are no rejects.\n';
  const rows = rejects.map(({ reject, source, way, line, code, detail, times }) => {
    const place = line === null ? way : `${way}:${line}`;
    return [String(reject), source, place, String(times), code, detail.slice(0, SHOWN_CHARS)];
  });
  return table([['REJECT', 'SOURCE', 'WAY', 'TIMES', 'CODE', 'DETAIL'], ...rows]);
}
