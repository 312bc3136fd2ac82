import type { Pool } from 'pg';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { forgetLines } from '../runs.ts';
import type { SideWork } from '../side.ts';
import { referenceOf } from './store-views.ts';
import { movedBy } from './stock-sql.ts';

/** So long after it was merged a fact of another device may not be in a store's view yet: hints and pulls are paced. */
const PULLED_WITHIN_MINUTES = 5;
const LOOK_EVERY_MS = 250;

/** $1 run, $2 stores or NULL: all. Journals that the hub keeps, its own and those of sources, have nobody who could answer. */
const ASK = `
  INSERT INTO store_view_requests (run_no, device_no)
  SELECT $1, d.device_no FROM devices d JOIN locations l USING (location_no)
  WHERE d.revoked_at IS NULL AND NOT d.by_hub AND d.source_no IS NULL AND ($2::text[] IS NULL OR l.code = ANY ($2::text[]))
  ON CONFLICT (run_no, device_no) DO UPDATE SET next_page = 0, answered_at = NULL, viewed_at = NULL`;
const WAITS = 'SELECT EXISTS (SELECT FROM store_view_requests WHERE run_no = $1 AND answered_at IS NULL) AS waits';
/** Asked no more: what comes now is too late, and what came just before is not taken for silence. */
const END_ASKING = `
  DELETE FROM store_view_requests q USING devices d JOIN locations l USING (location_no)
  WHERE q.run_no = $1 AND q.answered_at IS NULL AND d.device_no = q.device_no RETURNING l.code AS location, q.device_no AS device`;
const DROP_PARTS = `
  DELETE FROM comparison_lines c USING unnest($2::text[], $3::text[]) AS s (location, reference)
  WHERE c.run_no = $1 AND c.location = s.location AND c.reference = s.reference`;

/** $1 run. A device that answered speaks of all of its store: what it does not name it has none of. */
const FIND = `
  WITH viewed AS MATERIALIZED (
    SELECT d.location_no, l.code AS location, 'device ' || q.device_no AS reference
    FROM store_view_requests q JOIN devices d USING (device_no) JOIN locations l USING (location_no)
    WHERE q.run_no = $1 AND q.answered_at IS NOT NULL
  ), mine AS (
    SELECT v.location, v.reference, p.sku, p.on_hand FROM viewed v JOIN positions p USING (location_no)
  ), theirs AS (
    SELECT location, reference, sku, sum(theirs) AS theirs FROM comparison_lines WHERE run_no = $1 GROUP BY location, reference, sku
  ), held AS MATERIALIZED (
    SELECT location, reference, sku, coalesce(m.on_hand, 0)::float8 AS ours, coalesce(t.theirs, 0) AS theirs
    FROM mine m FULL JOIN theirs t USING (location, reference, sku)
  ), kept AS (
    INSERT INTO found (location, sku, reference, measure, ours, theirs)
    SELECT location, sku, reference, 'units', ours, theirs FROM held WHERE ours <> theirs
  )
  SELECT count(*) AS compared FROM held`;

/**
 * Facts of the device's own journal behind its view are surely not in it; those of other journals of the store, merged since
 * shortly before, may be. A count among them may change any number. Facts of the view that the hub lacks are on their way.
 */
const ADD_CAUSES = `
  WITH viewed AS MATERIALIZED (
    SELECT d.location_no, l.code AS location, 'device ' || q.device_no AS reference, q.journal_no, q.seq, q.viewed_at,
      (SELECT watermark FROM journals j WHERE j.journal_no = q.journal_no) AS watermark
    FROM store_view_requests q JOIN devices d USING (device_no) JOIN locations l USING (location_no)
    WHERE q.run_no = $1 AND q.answered_at IS NOT NULL
  ), runs AS MATERIALIZED (
    SELECT v.location_no, v.reference, j.journal_no, j.watermark,
      CASE WHEN j.journal_no = v.journal_no THEN v.seq
        ELSE seq_held_at(v.location_no, j.journal_no, v.viewed_at - make_interval(mins => ${PULLED_WITHIN_MINUTES})) END AS after_seq,
      CASE WHEN j.journal_no = v.journal_no THEN 'waiting' ELSE 'perhaps' END AS way
    FROM viewed v JOIN journals j USING (location_no)
  ), newer AS MATERIALIZED (
    SELECT r.location_no, r.reference, r.way, r.journal_no, f.seq, f.kind, f.body
    FROM runs r JOIN facts f ON f.location_no = r.location_no AND f.journal_no = r.journal_no AND f.seq > r.after_seq AND f.seq <= r.watermark
    WHERE r.after_seq < r.watermark
  ), moved AS (
    ${movedBy('newer', 'g.reference, g.way')}
  ), summed AS (
    SELECT location, reference, sku, coalesce(sum(units) FILTER (WHERE way = 'waiting'), 0) AS waiting,
      coalesce(sum(least(units, 0)) FILTER (WHERE way = 'perhaps'), 0) AS low,
      coalesce(sum(greatest(units, 0)) FILTER (WHERE way = 'perhaps'), 0) AS high
    FROM moved GROUP BY location, reference, sku
  ), counted AS (
    SELECT DISTINCT l.code AS location, n.reference, x.line ->> 'sku' AS sku
    FROM newer n JOIN locations l USING (location_no) CROSS JOIN LATERAL json_array_elements(n.body::json -> 'lines') AS x (line)
    WHERE n.kind = 'count'
  )
  UPDATE found f SET waiting = e.waiting, low = e.low, high = e.high, doubt = e.doubt
  FROM (
    SELECT o.location, o.reference, o.sku, coalesce(s.waiting, 0) AS waiting, coalesce(s.low, 0) AS low, coalesce(s.high, 0) AS high,
      CASE WHEN v.watermark < v.seq THEN 'factsOnTheirWay' WHEN c.sku IS NOT NULL THEN 'countedSince' END AS doubt
    FROM found o JOIN viewed v USING (location, reference)
    LEFT JOIN summed s ON s.location = o.location AND s.reference = o.reference AND s.sku = o.sku
    LEFT JOIN counted c ON c.location = o.location AND c.reference = o.reference AND c.sku = o.sku COLLATE "C"
  ) AS e
  WHERE f.location = e.location AND f.reference = e.reference AND f.sku = e.sku`;

/** What a store itself believes to have, against the hub's positions. Each device has a view of its own. */
export const storeSide: SideWork<'store'> = {
  async read(reading, { stores, waitSeconds }) {
    const { pool, run, signal } = reading;
    await ask(pool, run, stores);
    const endAt = performance.now() + waitSeconds * 1_000;
    while (performance.now() < endAt && (await isWaiting(pool, run))) {
      signal.throwIfAborted();
      await reading.wait(LOOK_EVERY_MS);
    }
    const { rows: silent } = await pool.query<{ location: string; device: number }>(END_ASKING, [run]);
    const named = silent.map(({ location, device }) => ({ location, reference: referenceOf(device) }));
    await pool.query(DROP_PARTS, [run, named.map(({ location }) => location), named.map(({ reference }) => reference)]);
    return { unmapped: 0, silent: named };
  },
  async find(client, { run }) {
    const { rows } = await client.query<{ compared: number }>(FIND, [run]);
    await client.query(ADD_CAUSES, [run]);
    return rows[0]?.compared ?? 0;
  },
};

/** Asked anew, what an attempt before was told is forgotten with it: no page of it is on its way between the two. */
async function ask(pool: Pool, run: number, stores: readonly string[] | undefined): Promise<void> {
  await withRetries(() =>
    transaction(pool, async (client) => {
      await client.query(ASK, [run, stores ?? null]);
      await forgetLines(client, run);
    }),
  );
}

async function isWaiting(pool: Pool, run: number): Promise<boolean> {
  return (await pool.query<{ waits: boolean }>(WAITS, [run])).rows[0]?.waits === true;
}
