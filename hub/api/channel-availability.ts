import type { Pool } from 'pg';
import { z } from 'zod';
import { sku, storeCode } from '#shared/protocol/fields.ts';
import { pageAvailability, type ChannelAvailability } from '#hub/availability/channel-availability.ts';
import { readCompleteness } from '#hub/availability/completeness.ts';
import { isRemaking } from '#hub/availability/engine/list-jobs.ts';
import { snapshot, type Queryable } from '#hub/db/snapshot.ts';
import { knownTo, natural, pageAnswer } from './answers/fields.ts';
import { knownToOf } from './known-to.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { requireChannel } from './require.ts';
import { route, type Route } from './route.ts';

const LOCATIONS = `
  SELECT l.code FROM channel_locations c JOIN locations l ON l.location_no = c.location_no WHERE c.channel_code = $1`;

const channelAvailability = z
  .strictObject({
    sku: z.string(),
    available: natural,
    channelSkus: z.array(z.string()).describe('Under which skus the channel lists it.'),
  })
  .meta({ id: 'ChannelAvailability' });
const availabilityPage = pageAnswer(channelAvailability).extend({ recomputing: z.boolean(), knownTo });

/** GET /v1/channels/:code/availability: what the channel may sell, and what that number rests on. */
export function channelAvailabilityRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/channels/:code/availability',
      access: 'availability:read',
      summary:
        'What a channel may sell now, by sku; why is said by /explain below each. recomputing: new rules are not in all of it yet.',
      params: z.strictObject({ code: storeCode }),
      query: z.strictObject({ ...pageQuery, sku: sku.optional() }),
      answer: availabilityPage,
      problems: ['NOT_FOUND'],
      async handle({ params: { code }, query }) {
        const after = readCursor(query.cursor, sku) ?? '';
        const { rows, recomputing, completeness } = await snapshot(pool, async (client) => {
          await requireChannel(client, code);
          const rows = await pageAvailability(client, code, { after, limit: query.limit + 1, sku: query.sku });
          const completeness = await readCompleteness(client, await locationsOf(client, code));
          return { rows, recomputing: await isRemaking(client), completeness };
        });
        const toItem = (row: ChannelAvailability) => row;
        const page = pageOf(rows, query.limit, toItem, (row) => row.sku);
        return { body: { ...page, recomputing, knownTo: knownToOf(completeness) } };
      },
    }),
  ];
}

async function locationsOf(client: Queryable, channel: string): Promise<string[]> {
  const { rows } = await client.query<{ code: string }>(LOCATIONS, [channel]);
  return rows.map((row) => row.code);
}
