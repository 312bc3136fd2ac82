import type { Pool } from 'pg';
import { Erps, type ErpSurroundings } from '#hub/connectors/erp/admin/erps.ts';
import { putLive } from '#hub/connectors/erp/admin/mappings.ts';
import type { MappingDocument } from '#hub/connectors/erp/mapping/mapping-document.ts';
import { pace, type Pace } from '#hub/connectors/erp/pace.ts';
import type { ErpKindName } from '#hub/connectors/erp/registry.ts';
import { startRelay, type RelayOptions } from '#hub/connectors/erp/relay.ts';
import { restExample } from '#hub/connectors/erp/rest/rest-example.ts';
import { Vault } from '#hub/connectors/accounts/vault.ts';
import { erpSurroundings } from '#hub/connectors/erp/surroundings.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import { silentLogger } from '#shared/runtime/logger.ts';

export const nothingKept = () => Promise.resolve();

/** Of this process: keys and files in a folder of the test. */
export function testSurroundings(folder: string): ErpSurroundings {
  return erpSurroundings({
    vault: new Vault(`${folder}/secrets.keys`),
    folder: `${folder}/erp`,
    toPrivate: true,
    clock: systemClock,
  });
}

export interface MadeErp {
  readonly code?: string;
  readonly kind?: ErpKindName;
  readonly settings?: unknown;
  readonly credentials?: unknown;
  readonly pace?: Partial<Pace>;
  /** Null: none is put live. */
  readonly mapping?: MappingDocument | null;
}

/** An ERP with a mapping that is live: unless told otherwise every document to a REST emulator. */
export async function makeErp(
  pool: Pool,
  surroundings: ErpSurroundings,
  url: string,
  made: MadeErp = {},
): Promise<void> {
  const { code = 'main', kind = 'rest', mapping = restExample } = made;
  await new Erps(pool, surroundings).create(
    {
      code,
      kind,
      name: code,
      settings: made.settings ?? { url, stockPath: '/stock' },
      credentials: made.credentials ?? { bearer: 'token-1' },
      pace: pace.parse({ timeoutMs: 1_500, ...made.pace }),
    },
    'test',
    nothingKept,
  );
  if (mapping !== null) await putLive(pool, code, { document: mapping, note: null, by: 'test' }, nothingKept);
}

/** A relay that waits milliseconds where the hub waits seconds to minutes. */
export function relayQuickly(pool: Pool, surroundings: ErpSurroundings, parts: Partial<RelayOptions> = {}): Part {
  return startRelay({
    pool,
    surroundings,
    clock: systemClock,
    random: () => 0.5,
    logger: silentLogger,
    everyMs: 10,
    retries: { document: { baseMs: 2, maxMs: 20, attempts: 4 }, erp: { baseMs: 2, maxMs: 50 }, failuresMax: 5 },
    ...parts,
  });
}

/** How many documents wait, of entries too. */
export async function waitingDocuments(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ waiting: number }>(
    `SELECT ((SELECT count(*) FROM document_entries) + (SELECT count(*) FROM erp_documents WHERE state = 'waiting'))::int AS waiting`,
  );
  return rows[0]?.waiting ?? 0;
}
