import type { Pool } from 'pg';
import { z } from 'zod';
import { storeCode, text } from '#shared/protocol/fields.ts';
import { readCompleteness, type Completeness } from '#hub/availability/completeness.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { withRetries } from '#hub/db/transaction.ts';
import { pageAnswer } from './answers/fields.ts';
import { store } from './answers/stores.ts';
import { isoTimeOrNull } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';
import { readDevices, toDevice, type DeviceRow } from './store-devices.ts';

interface StoreRow {
  location_no: number;
  code: string;
  name: string;
}

const LIST = `
  SELECT location_no, code, name FROM locations
   WHERE code > $1 AND ($2::text IS NULL OR code = $2)
   ORDER BY code LIMIT $3`;

const SAVE = `
  INSERT INTO locations (code, name) VALUES ($1, $2)
  ON CONFLICT (code) DO UPDATE SET name = excluded.name
  RETURNING (xmax = 0) AS created`;

/** GET /v1/stores and PUT /v1/stores/:code. */
export function storeRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/stores',
      access: 'stores:read',
      summary: 'Stores with their devices: watermark, lag, backlog, clock offset, connection.',
      query: z.strictObject({ ...pageQuery, code: storeCode.optional() }),
      answer: pageAnswer(store),
      async handle({ query }) {
        const after = readCursor(query.cursor, storeCode) ?? '';
        const { rows, devices, completeness } = await snapshot(pool, async (client) => {
          const { rows } = await client.query<StoreRow>(LIST, [after, query.code, query.limit + 1]);
          const devices = await readDevices(
            client,
            rows.map((row) => row.location_no),
          );
          return {
            rows,
            devices,
            completeness: await readCompleteness(
              client,
              rows.map((row) => row.code),
            ),
          };
        });
        const known = new Map(completeness.map((entry) => [entry.location, entry]));
        const toItem = (row: StoreRow) => toStore(row, devices.get(row.location_no) ?? [], known.get(row.code));
        return { body: pageOf(rows, query.limit, toItem, (row) => row.code) };
      },
    }),
    route({
      method: 'put',
      path: '/v1/stores/:code',
      access: 'stores:write',
      summary: 'Creates a store, or gives it another name.',
      params: z.strictObject({ code: storeCode }),
      body: z.strictObject({ name: text }),
      answer: z.strictObject({ code: z.string(), name: z.string() }),
      statuses: [200, 201],
      async handle({ params, body }) {
        const created = await saveStore(pool, params.code, body.name);
        return { status: created ? 201 : 200, body: { code: params.code, name: body.name } };
      },
    }),
  ];
}

/** Creates a store, or gives it another name; true when it was created. */
export async function saveStore(pool: Pool, code: string, name: string): Promise<boolean> {
  const { rows } = await withRetries(() => pool.query<{ created: boolean }>(SAVE, [code, name]));
  return rows[0]?.created === true;
}

function toStore(row: StoreRow, devices: readonly DeviceRow[], known: Completeness | undefined) {
  const now = Date.now();
  const asOf = known?.asOf ?? null;
  const asOfByDevice = new Map(known?.journals.map((journal) => [journal.device, journal.asOf]));
  const active = devices.filter((device) => device.revokedAt === null);
  return {
    code: row.code,
    name: row.name,
    connected: active.some((device) => device.connected),
    asOf: isoTimeOrNull(asOf),
    lagMs: asOf === null ? null : Math.max(0, now - asOf),
    backlog: active.reduce((sum, device) => sum + (device.backlog ?? 0), 0),
    devices: devices.map((device) => toDevice(device, asOfByDevice.get(device.device) ?? null, now)),
  };
}
