import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { storeCode, text } from '#shared/protocol/fields.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

const LOCATIONS_MAX = 2_000;

interface ChannelRow {
  code: string;
  name: string;
  locations: string[];
}

const LIST = `
  SELECT c.code, c.name,
         ARRAY(SELECT l.code FROM channel_locations x JOIN locations l ON l.location_no = x.location_no
                WHERE x.channel_code = c.code ORDER BY l.code) AS locations
    FROM channels c WHERE c.code > $1 ORDER BY c.code LIMIT $2`;

const SAVE = `
  INSERT INTO channels (code, name) VALUES ($1, $2)
  ON CONFLICT (code) DO UPDATE SET name = excluded.name
  RETURNING (xmax = 0) AS created`;

const channel = z.strictObject({
  name: text,
  locations: z
    .array(storeCode)
    .max(LOCATIONS_MAX)
    .refine((codes) => new Set(codes).size === codes.length, 'each location once'),
});

/** GET /v1/channels and PUT /v1/channels/:code: where a channel sells from. */
export function channelRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/channels',
      access: 'read',
      summary: 'Channels and the locations that each sells from.',
      query: z.strictObject(pageQuery),
      async handle({ query }) {
        const after = readCursor(query.cursor, storeCode) ?? '';
        const list = [after, query.limit + 1];
        const { rows } = await snapshot(pool, (client) => client.query<ChannelRow>(LIST, list));
        return {
          body: pageOf(
            rows,
            query.limit,
            (row) => row,
            (row) => row.code,
          ),
        };
      },
    }),
    route({
      method: 'put',
      path: '/v1/channels/:code',
      access: 'write',
      summary: 'Creates a channel, or replaces its name and its locations.',
      params: z.strictObject({ code: storeCode }),
      body: channel,
      async handle({ params: { code }, body: { name, locations } }) {
        const created = await withRetries(() =>
          transaction(pool, async (client) => {
            const { rows } = await client.query<{ created: boolean }>(SAVE, [code, name]);
            await setLocations(client, code, locations);
            return rows[0]?.created === true;
          }),
        );
        return { status: created ? 201 : 200, body: { code, name, locations: locations.toSorted() } };
      },
    }),
  ];
}

/** The channel's row is locked by its upsert, so two replacements follow each other. */
async function setLocations(client: PoolClient, channel: string, codes: readonly string[]): Promise<void> {
  const find = 'SELECT location_no, code FROM locations WHERE code = ANY($1::text[])';
  const { rows } = await client.query<{ location_no: number; code: string }>(find, [codes]);
  const known = new Set(rows.map((row) => row.code));
  const unknown = codes.filter((code) => !known.has(code));
  if (unknown.length > 0) {
    throw new ShelfwireError(
      'REQUEST_INVALID',
      `In the body: locations: no such store: ${unknown.slice(0, 10).join(', ')}.`,
    );
  }
  await client.query('DELETE FROM channel_locations WHERE channel_code = $1', [channel]);
  const add = 'INSERT INTO channel_locations (channel_code, location_no) SELECT $1, unnest($2::int[])';
  await client.query(add, [channel, rows.map((row) => row.location_no)]);
}
