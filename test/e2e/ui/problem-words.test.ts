import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { statusOf, restingSync } from '#agent/status-report.ts';
import { problemsDe } from '#agent/ui/words/problems/de.ts';
import { wordsFor } from '#agent/ui/words/problems/shape.ts';
import { ASIDE_CODES, STATUS_CODES } from '#shared/agent-api/problem-codes.ts';
import { ERRORS, toWireError, ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import { openEdgeStore } from '#test/support/edge-store.ts';

const ROOT = join(import.meta.dirname, '../../..');
/** What can come to a store: its own code, and what the hub answers an agent or sets aside. */
const SOURCES = ['agent/**/*.ts', 'shared/{protocol,runtime,files}/**/*.ts', 'hub/{sync,ledger}/**/*.ts'];
/** Only ever answered to who has just asked for something, or printed by a command; and what Problems has in place of it. */
const NOT_ON_THE_PAGE: ReadonlySet<string> = new Set<ErrorCode>([
  'QUARANTINE_NOT_EMPTY',
  // Commands and the desktop.
  'AGENT_START_FAILED',
  'ALREADY_ENROLLED',
  'ARCHIVE_NOT_COUCHDB',
  'ARCHIVE_REFUSED',
  'ARCHIVE_UNAUTHORIZED',
  'ARCHIVE_UNREACHABLE',
  'DESKTOP_ELECTRON_MISSING',
  'FOLDER_IN_USE',
  'NETWORK_GIVEN',
  'NETWORK_PENDING',
  'STORAGE_COPY_DIFFERS',
  'STORAGE_ENGINE_OTHER',
  'STORAGE_NEWER',
  'STORAGE_NOT_DURABLE',
  'STORE_DIFFERS',
  'TOKEN_EXPIRED',
  'TOKEN_INVALID',
  'TOKEN_USED',
  // Answers to what somebody does.
  'CONFLICT',
  'COUNT_ENDED',
  'COUNT_LIMIT',
  'COUNT_MOVED_ON',
  'COUNT_UNSETTLED',
  'FORBIDDEN',
  'HOST_FORBIDDEN',
  'NOT_FOUND',
  'ORDER_SUBSTITUTE',
  'RETURN_SALE_UNKNOWN',
  'RETURN_UNITS',
  'SKU_UNKNOWN',
  'TASK_ENDED',
  'TASK_UNITS',
  'UNAUTHORIZED',
]);

it('every code that a store can meet on its page of problems has its German words, and a new one is missed', () => {
  const files = SOURCES.flatMap((pattern) => globSync(pattern, { cwd: ROOT })).filter(
    (file) => !/\.test\.ts$|protocol\/errors\.ts$|agent\/ui\//.test(file),
  );
  const named = new Set(
    files.flatMap((file) =>
      [...readFileSync(join(ROOT, file), 'utf8').matchAll(/'([A-Z][A-Z_]+)'/g)].flatMap(([, code = '']) =>
        Object.hasOwn(ERRORS, code) ? [code] : [],
      ),
    ),
  );
  expect(named.size).toBeGreaterThan(80);
  const shown = new Set<string>([...ASIDE_CODES, ...STATUS_CODES]);
  expect([...named].filter((code) => !shown.has(code) && !NOT_ON_THE_PAGE.has(code))).toEqual([]);
  for (const code of ASIDE_CODES) expect([code, ...problemsDe.codes[code]].filter(isText)).toHaveLength(3);
  for (const code of STATUS_CODES) {
    const { what, todo } = wordsFor(problemsDe.status ?? {}, code) ?? { what: () => '', todo: '' };
    expect([code, what({}), todo].filter(isText)).toHaveLength(3);
    // English that was left where German belongs.
    expect([what({}), todo].filter((text) => /\b(the|is|of|and)\b/i.test(text))).toEqual([]);
  }
});

it('what is wrong with the store as a whole is said in German with the thing that it is about', async () => {
  const edge = await openEdgeStore();
  onTestFinished(() => edge[Symbol.asyncDispose]());
  const { store } = edge;
  const identity = { device: 1, store: { code: 'S1', name: 'One' }, hubUrl: 'https://hub.example', deviceName: 'a' };
  await store.device.update({ identity: { ...identity, enrolledAt: 1 } });
  const failed = (code: ErrorCode) => toWireError(new ShelfwireError(code, 'as it was said'));
  const source = { name: 'odoo:shop', state: 'waiting', appended: 0, duplicates: 0, refused: 0 };
  const sync = { ...restingSync(store), phase: 'backingOff', clockOffsetMs: 400_000 };
  const status = await statusOf({
    store,
    startedAt: 0,
    now: () => 0,
    sync: { status: async () => ({ ...sync, lastError: failed('HUB_UNREACHABLE') }) },
    sources: () => [{ ...source, lastError: failed('POS_UNREACHABLE') } as never],
    network: () => ({
      state: 'failed',
      wanted: '192.168.1.9:7171',
      isGiven: false,
      urls: [],
      fingerprint: null,
      validUntil: null,
      lastError: failed('NETWORK_PORT_TAKEN'),
    }),
    disk: async () => ({ freeBytes: 120_000_000, totalBytes: 1e12, dataBytes: 1 }),
  });
  const said = status.problems.map(({ code, params = {} }) => wordsFor(problemsDe.status ?? {}, code)?.what(params));
  expect(said).toEqual([
    'Die Zentrale (https://hub.example) ist nicht zu erreichen',
    'Die Quelle „shop“ antwortet nicht',
    'Andere Geräte erreichen die App nicht: Der Anschluss ist belegt (192.168.1.9:7171)',
    'Die Uhr dieses Rechners geht gegen die der Zentrale 400 s nach',
    'Auf dem Datenträger sind nur noch 120 MB frei',
  ]);
});

const isText = (text: string): boolean => text.trim() !== '';
