import type { Pool } from 'pg';
import { z } from 'zod';
import { storeCode, text } from '#shared/protocol/fields.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { editRules } from '#hub/availability/rules/apply-rules.ts';
import { groupLocations, locationsOf } from '#hub/availability/rules/group-locations.ts';
import type { RulesPorts } from '#hub/availability/rules/rules-ports.ts';
import { setChannel } from '#hub/availability/rules/set-channel.ts';
import { snapshot, type Queryable } from '#hub/db/snapshot.ts';
import { pageAnswer } from './answers/fields.ts';
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
    FROM channels c WHERE c.code > $1 AND c.removed_at IS NULL ORDER BY c.code LIMIT $2`;

const channel = z.strictObject({
  name: text,
  locations: z
    .array(storeCode)
    .max(LOCATIONS_MAX)
    .refine((codes) => new Set(codes).size === codes.length, 'each location once'),
});

const channelShown = z
  .strictObject({ code: z.string(), name: z.string(), locations: z.array(z.string()) })
  .meta({ id: 'Channel' });

/**
 * GET /v1/channels and PUT /v1/channels/:code: where a channel sells from. The rules say that, so to set it here makes
 * a new version of them.
 */
export function channelRoutes(pool: Pool, ports: RulesPorts): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/channels',
      access: 'availability:read',
      summary: 'Channels and the locations that each sells from.',
      query: z.strictObject(pageQuery),
      answer: pageAnswer(channelShown),
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
      access: 'rules:write',
      summary: 'Creates a channel, or replaces its name and its locations: a new version of the rules.',
      params: z.strictObject({ code: storeCode }),
      body: channel,
      answer: channelShown,
      statuses: [200, 201],
      problems: ['RULES_INVALID', 'CONFLICT'],
      async handle({ params: { code }, body: { name, locations }, caller }) {
        let isThere = false;
        const edit: Parameters<typeof editRules>[1] = async (client, newest) => {
          await requireStores(client, locations);
          const found = newest?.rules.channels.find((rule) => rule.code === code);
          isThere = found !== undefined;
          const groups = groupLocations(newest?.rules.groups ?? []);
          const same = found?.name === name && String(locationsOf(found, groups)) === String(locations.toSorted());
          return same ? undefined : setChannel(newest?.document, { code, name, locations });
        };
        await editRules(pool, edit, { by: caller?.name ?? 'nobody', note: `PUT /v1/channels/${code}` }, ports);
        return { status: isThere ? 200 : 201, body: { code, name, locations: locations.toSorted() } };
      },
    }),
  ];
}

async function requireStores(client: Queryable, codes: readonly string[]): Promise<void> {
  const find = 'SELECT code FROM locations WHERE code = ANY($1::text[])';
  const { rows } = await client.query<{ code: string }>(find, [codes]);
  const known = new Set(rows.map((row) => row.code));
  const unknown = codes.filter((code) => !known.has(code));
  if (unknown.length === 0) return;
  throw new ShelfwireError(
    'REQUEST_INVALID',
    `In the body: locations: no such store: ${unknown.slice(0, 10).join(', ')}.`,
  );
}
