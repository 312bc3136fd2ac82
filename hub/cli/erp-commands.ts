import { readFile } from 'node:fs/promises';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { text } from '#shared/protocol/fields.ts';
import type { CommandHandlers, Terminal } from '#shared/runtime/run-command.ts';
import {
  compareErps,
  listDiffering,
  type ComparedDocument,
  type ComparedGroup,
} from '#hub/connectors/erp/admin/compare-erps.ts';
import { listErps, type Erp } from '#hub/connectors/erp/admin/erp-rows.ts';
import { putLive, tryOn, type TriedMapping } from '#hub/connectors/erp/admin/mappings.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import type { HubCli } from '#hub/options.ts';
import { deadDocuments, replayDocument, skipDocument } from '#hub/outbox/documents/decide-documents.ts';
import { listDocuments, type ShownDocument } from '#hub/outbox/documents/list-documents.ts';
import { accountName } from './account-name.ts';
import { commandLogger, readText } from './command-input.ts';
import { table } from './table.ts';
import { withDatabase } from './with-database.ts';

type Handlers = CommandHandlers<HubCli>;
type ErpCommand = Extract<keyof Handlers, `erp ${string}`>;

const LISTED_MAX = 1_000;
const nothingKept = () => Promise.resolve();

/** ERPs: how they fare, their mappings, their dead letters. They are connected over the API, which seals credentials. */
export const erpCommands: Pick<Handlers, ErpCommand> = {
  'erp list': async ({ options }, terminal) => {
    const erps = await withDatabase(options, commandLogger(options), (pool) =>
      snapshot(pool, (client) => listErps(client, 0, LISTED_MAX)),
    );
    terminal.out(options.json ? `${JSON.stringify(erps)}\n` : erpsTable(erps));
    return 0;
  },

  'erp documents': async ({ options }, terminal) => {
    const { erp, key, rejected } = options;
    // What a partner did not take was posted.
    const state = rejected ? undefined : options.state;
    const documents = await withDatabase(options, commandLogger(options), (pool) =>
      listDocuments(pool, { erp, state, key, rejected, after: 0, limit: LISTED_MAX }),
    );
    terminal.out(options.json ? `${JSON.stringify(documents)}\n` : documentsTable(documents));
    return 0;
  },

  'erp compare': async ({ options, args }, terminal) => {
    const untilMs = dayOf(options.until, '--until') + DAY_MS;
    const fromMs = dayOf(options.from, '--from');
    const asked = {
      here: args.erp,
      there: args.other,
      fromMs,
      untilMs,
      kind: undefined,
      store: undefined,
      limit: LISTED_MAX,
    };
    return withDatabase(options, commandLogger(options), async (pool) => {
      const rows = options.documents
        ? await listDiffering(pool, asked, undefined)
        : await compareErps(pool, asked, undefined);
      if (options.json) terminal.out(`${JSON.stringify(rows)}\n`);
      else terminal.out(comparisonTable(rows, args.erp, args.other));
      return 0;
    });
  },

  'erp replay': async ({ options, args }, terminal) => {
    const replayed = await withDatabase(options, commandLogger(options), async (pool) => {
      const numbers = /^\d+$/.test(args.document)
        ? [Number(args.document)]
        : await deadDocuments(pool, args.document, 0, LISTED_MAX);
      for (const number of numbers) await replayDocument(pool, number, nothingKept);
      return numbers.length;
    });
    terminal.out(`${replayed} ${replayed === 1 ? 'document is' : 'documents are'} posted again.\n`);
    return 0;
  },

  'erp skip': async ({ options, args }, terminal) => {
    const decided = { reason: readText(text, options.reason, '--reason'), by: `cli:${accountName()}` };
    await withDatabase(options, commandLogger(options), (pool) =>
      skipDocument(pool, numberOf(args.document), decided, nothingKept),
    );
    terminal.out(`Document ${args.document} is skipped.\n`);
    return 0;
  },

  'erp mapping': async ({ options, args }, terminal) => {
    const document = await readMappingFile(args.file);
    return withDatabase(options, commandLogger(options), async (pool) => {
      if (options.dryRun) {
        const tried = await tryOn(pool, options.erp, document);
        terminal.out(options.json ? `${JSON.stringify(tried)}\n` : triedText(tried, terminal));
        return tried.isGood ? 0 : 1;
      }
      const note = options.note === undefined ? null : readText(text, options.note, '--note');
      const live = await putLive(pool, options.erp, { document, note, by: `cli:${accountName()}` }, nothingKept);
      terminal.out(options.json ? `${JSON.stringify(live)}\n` : `Version ${live.version} is live.\n`);
      return 0;
    });
  },
};

async function readMappingFile(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const reason = (cause as NodeJS.ErrnoException).code ?? String(cause);
    throw new ShelfwireError('OPTION_INVALID', `FILE: ${file} cannot be read: ${reason}.`, { cause });
  }
}

function numberOf(given: string): number {
  if (/^[1-9]\d{0,14}$/.test(given)) return Number(given);
  throw new ShelfwireError('OPTION_INVALID', `DOCUMENT: "${given}" is not the number of a document.`);
}

const DAY_MS = 86_400_000;

/** The first ms of a day, UTC. */
function dayOf(given: string, option: string): number {
  const ms = /^\d{4}-\d\d-\d\d$/.test(given) ? Date.parse(`${given}T00:00:00Z`) : Number.NaN;
  if (!Number.isNaN(ms)) return ms;
  throw new ShelfwireError('OPTION_INVALID', `${option}: "${given}" is no day like 2026-01-31.`);
}

function comparisonTable(rows: readonly (ComparedGroup | ComparedDocument)[], here: string, there: string): string {
  if (rows.length === 0) return 'There is nothing.\n';
  const lines = rows.map((row) => {
    const ends = [row.kind, row.location ?? '', row.here, row.there];
    return 'day' in row
      ? [row.day, ...ends, String(row.documents)]
      : [new Date(row.at).toISOString(), ...ends, row.key];
  });
  const names = ['DAY', 'KIND', 'STORE', here, there, 'DOCUMENTS'];
  return table([names, ...lines]);
}

function erpsTable(erps: readonly Erp[]): string {
  if (erps.length === 0) return 'There are no ERPs. Connect one: POST /v1/erps.\n';
  const rows = erps.map(({ code, kind, state, mapping, waiting, dead, error }) => {
    return [
      code,
      kind,
      state,
      String(mapping),
      String(waiting),
      String(dead),
      error === null ? '' : `${error.code}: ${error.detail}`,
    ];
  });
  return table([['CODE', 'KIND', 'STATE', 'MAPPING', 'WAITING', 'DEAD', 'ERROR'], ...rows]);
}

function documentsTable(documents: readonly ShownDocument[]): string {
  if (documents.length === 0) return 'There are no such documents.\n';
  const rows = documents.map(({ document, erp, key, kind, state, attempts, reference, error, acknowledgement }) => {
    const said = [reference, acknowledgement?.state, acknowledgement?.detail].filter(
      (part) => part != null && part !== '',
    );
    const told = error === null ? said.join(' ') : `${error.code}: ${error.detail}`;
    return [String(document), erp, key, kind, state, String(attempts), told];
  });
  return table([['DOCUMENT', 'ERP', 'KEY', 'KIND', 'STATE', 'ATTEMPTS', 'REFERENCE OR ERROR'], ...rows]);
}

function triedText({ isGood, tried }: TriedMapping, terminal: Terminal): string {
  const failed = tried.filter(({ problem }) => problem !== null);
  for (const { key, problem } of failed) terminal.err(`${key}: ${problem ?? ''}\n`);
  if (!isGood) return `Of ${tried.length} documents ${failed.length} cannot be mapped.\n`;
  const shown = [...new Map(tried.map((one) => [one.kind, one])).values()];
  const parts = shown.map(
    ({ kind, target, payload }) => `${kind} -> ${target ?? ''}\n${JSON.stringify(payload, null, 2)}\n`,
  );
  return `${parts.join('\n')}\nAll ${tried.length} documents can be mapped.\n`;
}
