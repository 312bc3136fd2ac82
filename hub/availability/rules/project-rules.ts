import type { PoolClient } from 'pg';
import { compileRules } from './compile-rules.ts';
import type { RuleVersion } from './rule-versions.ts';

const RENAME = `
  UPDATE channels c SET name = g.name, removed_at = NULL
    FROM unnest($1::text[], $2::text[]) AS g (code, name)
   WHERE c.code = g.code AND (c.name <> g.name OR c.removed_at IS NOT NULL)`;

/** Not by ON CONFLICT, which takes a number for each row that is there already. */
const ADD = `
  INSERT INTO channels (code, name)
  SELECT code, name FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS g (code, name, place)
   WHERE NOT EXISTS (SELECT FROM channels c WHERE c.code = g.code) ORDER BY place`;

const REMOVE = 'UPDATE channels SET removed_at = now() WHERE removed_at IS NULL AND code <> ALL($1::text[])';

const LOCATIONS = `
  WITH given AS (
    SELECT g.channel, l.location_no FROM unnest($1::text[], $2::text[]) AS g (channel, location)
      JOIN locations l ON l.code = g.location
  ), gone AS (
    DELETE FROM channel_locations c
     WHERE NOT EXISTS (SELECT FROM given g WHERE g.channel = c.channel_code AND g.location_no = c.location_no)
  )
  INSERT INTO channel_locations (channel_code, location_no) SELECT channel, location_no FROM given
  ON CONFLICT DO NOTHING`;

const LISTINGS = `
  WITH given AS (
    SELECT c.channel_no, g.channel_sku, g.sku FROM unnest($1::text[], $2::text[], $3::text[]) AS g (channel, channel_sku, sku)
      JOIN channels c ON c.code = g.channel
  ), gone AS (
    DELETE FROM listings l
     WHERE NOT EXISTS (SELECT FROM given g WHERE g.channel_no = l.channel_no AND g.channel_sku = l.channel_sku)
  )
  INSERT INTO listings (channel_no, channel_sku, sku) SELECT channel_no, channel_sku, sku FROM given
  ON CONFLICT (channel_no, channel_sku) DO UPDATE SET sku = excluded.sku WHERE listings.sku <> excluded.sku`;

/** Makes the tables of channels and listings show a version. Whoever calls holds the lock of rules_shown. */
export async function projectRules(client: PoolClient, { version, rules }: RuleVersion): Promise<void> {
  const { channels, listings } = compileRules(rules);
  const named = [channels.map(({ code }) => code), channels.map(({ name }) => name)];
  await client.query(RENAME, named);
  await client.query(ADD, named);
  await client.query(REMOVE, [named[0]]);
  const places = channels.flatMap(({ code, locations }) => locations.map((location) => ({ code, location })));
  await client.query(LOCATIONS, [places.map(({ code }) => code), places.map(({ location }) => location)]);
  await client.query(LISTINGS, [
    listings.map(({ channel }) => channel),
    listings.map(({ channelSku }) => channelSku),
    listings.map(({ sku }) => sku),
  ]);
  await client.query('UPDATE rules_shown SET version = $1, shown_at = now()', [version]);
}

/** Holds off everybody else who applies or activates rules until the transaction ends; gives the version shown. */
export async function lockRules(client: PoolClient): Promise<number | null> {
  const { rows } = await client.query<{ version: number | null }>('SELECT version FROM rules_shown FOR UPDATE');
  return rows[0]?.version ?? null;
}
