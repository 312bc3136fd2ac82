import type { Pool } from 'pg';
import { z } from 'zod';
import { storeCode, text } from '#shared/protocol/fields.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { pageAnswer, shownInstant } from './answers/fields.ts';
import { isoTime } from './instant.ts';
import { isStorableJson } from './storable-json.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { requireStore } from './require.ts';
import { route, type Route } from './route.ts';

interface ConfigRow {
  name: string;
  value: unknown;
  updated_at: Date;
}

const LIST = `
  SELECT name, value, updated_at FROM store_config WHERE location_no = $1 AND name > $2 ORDER BY name LIMIT $3`;

const SAVE = `
  WITH saved AS (
    INSERT INTO store_config (location_no, name, value) VALUES ($1, $2, $3)
    ON CONFLICT (location_no, name) DO UPDATE SET value = excluded.value, updated_at = now()
      WHERE store_config.value IS DISTINCT FROM excluded.value
    RETURNING location_no, name
  )
  INSERT INTO changes (topic, scope, keys) SELECT 'storeConfig', location_no, ARRAY[name] FROM saved`;

const value = z.unknown().refine(isStorableJson, 'must be JSON of at most 32 levels, without control characters');

const setting = z
  .strictObject({ name: z.string(), value: z.unknown(), updatedAt: shownInstant })
  .meta({ id: 'StoreSetting' });

/** A store's settings, which its agent gets by the change feed. */
export function storeConfigRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/stores/:code/config',
      access: 'stores:read',
      summary: 'The settings of a store.',
      params: z.strictObject({ code: storeCode }),
      query: z.strictObject(pageQuery),
      answer: pageAnswer(setting),
      problems: ['NOT_FOUND'],
      async handle({ params, query }) {
        const after = readCursor(query.cursor, text) ?? '';
        const rows = await snapshot(pool, async (client) => {
          const location = await requireStore(client, params.code);
          return (await client.query<ConfigRow>(LIST, [location, after, query.limit + 1])).rows;
        });
        return { body: pageOf(rows, query.limit, toSetting, (row) => row.name) };
      },
    }),
    route({
      method: 'put',
      path: '/v1/stores/:code/config/:name',
      access: 'stores:write',
      summary: 'Sets one setting of a store, any JSON value.',
      params: z.strictObject({ code: storeCode, name: text }),
      body: z.strictObject({ value }),
      answer: z.strictObject({ name: z.string(), value: z.unknown(), changed: z.boolean() }),
      problems: ['NOT_FOUND'],
      async handle({ params, body }) {
        const changed = await withRetries(() =>
          transaction(pool, async (client) => {
            const location = await requireStore(client, params.code);
            const { rowCount } = await client.query(SAVE, [location, params.name, JSON.stringify(body.value)]);
            return rowCount === 1;
          }),
        );
        return { body: { name: params.name, value: body.value, changed } };
      },
    }),
  ];
}

function toSetting({ name, value, updated_at }: ConfigRow) {
  return { name, value, updatedAt: isoTime(updated_at) };
}
