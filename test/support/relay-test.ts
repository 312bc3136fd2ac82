import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { afterAll, afterEach, beforeAll, beforeEach, vi } from 'vitest';
import { listDocuments } from '#hub/outbox/documents/list-documents.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';
import { emptyTables } from './empty-tables.ts';
import { RestErp } from './emulators/erp-rest.ts';
import { relayQuickly, testSurroundings, waitingDocuments } from './erps.ts';
import { line, merge, readFact, sale, seedStores } from './hub-api.ts';

const EMPTIED =
  'locations facts movements counts count_decisions count_limits voids positions changes transfers erps document_entries variances_told'.split(
    ' ',
  );

type Told = readonly [kind: string, key: string, body: unknown, at?: number];
export const sold = (key: string, sku = 'A', quantity = 1): Told => ['sale', key, sale(line(sku, quantity))];

/** A database for a file of tests, emptied for each, an ERP, and a relay between them. */
export class RelayTest {
  erp!: RestErp;
  readonly stops: (() => Promise<unknown>)[] = [];
  #database!: TestDatabase;
  #folder = '';
  #seqs = new Map<number, number>();

  constructor() {
    beforeAll(async () => {
      this.#database = await createTestDatabase({ max: 20 });
      this.#folder = mkdtempSync(join(tmpdir(), 'shelfwire-erp-'));
    });
    afterAll(async () => {
      await this.#database.drop();
      rmSync(this.#folder, { recursive: true, force: true });
    });
    beforeEach(async () => {
      await this.pool().query(emptyTables(...EMPTIED));
      await seedStores(this.pool());
      this.#seqs = new Map();
      const erp = await RestErp.start();
      this.erp = erp;
      this.stops.push(() => erp.stop());
    });
    afterEach(async () => {
      for (const stop of this.stops.splice(0).toReversed()) await stop();
    });
  }

  readonly pool = (): Pool => this.#database.pool;
  readonly surroundings = () => testSurroundings(this.#folder);
  readonly relay = (parts: Parameters<typeof relayQuickly>[2] = {}) => {
    const part = relayQuickly(this.pool(), this.surroundings(), parts);
    this.stops.push(() => part.stop());
    return part;
  };
  /** Until nothing waits any more. */
  async settled(): Promise<void> {
    await vi.waitUntil(async () => (await waitingDocuments(this.pool())) === 0, { interval: 20, timeout: 40_000 });
  }
  readonly documents = (query: Partial<Parameters<typeof listDocuments>[1]> = {}) =>
    listDocuments(this.pool(), { erp: undefined, state: undefined, key: undefined, after: 0, limit: 500, ...query });
  readonly states = async () => (await this.documents()).map(({ key, state }) => [key, state]);
  /** Keys as the ERP first had them, of one store. */
  readonly keysOf = (store: string, at = this.erp) =>
    [...at.kept.values()].map(({ key }) => key).filter((key) => key.startsWith(`${store}/`));
  /** Facts of one journal, merged at once. */
  readonly tell = async (location: number, journal: number, ...facts: readonly Told[]): Promise<void> => {
    const from = this.#seqs.get(journal) ?? 1;
    this.#seqs.set(journal, from + facts.length);
    await merge(
      this.pool(),
      location,
      journal,
      facts.map(([kind, key, body, at], place) => readFact(from + place, at ?? 1_000 + from + place, kind, key, body)),
    );
  };
  /** X1, X2, ... with a device and a journal each, behind those of S1 and S2. */
  readonly moreStores = async (count: number): Promise<void> => {
    await this.pool().query(`
      INSERT INTO locations (code, name) SELECT 'X' || n, 'x' FROM generate_series(1, ${count}) AS n;
      INSERT INTO devices (location_no, name, public_key)
        SELECT 2 + n, 'x', sha256(('X' || n)::bytea) FROM generate_series(1, ${count}) AS n;
      INSERT INTO journals (device_no, epoch, location_no) SELECT 3 + n, 1700000000000, 2 + n FROM generate_series(1, ${count}) AS n`);
  };
  readonly onHand = async (): Promise<Record<string, number>> => {
    const { rows } = await this.pool().query<{ sku: string; on_hand: number }>(
      'SELECT sku, on_hand FROM positions WHERE location_no = 1',
    );
    return Object.fromEntries(rows.map((row) => [row.sku, row.on_hand]));
  };
}

/** By sku, what the ERP must believe: movements and variances of sellable units. */
export function erpStock(at: RestErp): Record<string, number> {
  const stock: Record<string, number> = {};
  const voided = new Set(
    [...at.kept.values()].flatMap(({ payload }) => (payload['kind'] === 'void' ? [payload['voids']] : [])),
  );
  for (const { target, key, payload } of at.kept.values()) {
    if (voided.has(key) || target === 'void') continue;
    for (const { sku, quantity } of payload['lines'] as { sku: string; quantity: number }[]) {
      stock[sku] = (stock[sku] ?? 0) + (target === 'sale' ? -quantity : quantity);
    }
  }
  return stock;
}
