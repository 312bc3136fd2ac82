import { hash, randomBytes } from 'node:crypto';
import type { Pool } from 'pg';
import { canonicalContent } from '#shared/protocol/content.ts';
import type { ReadFact } from '#shared/protocol/frame.ts';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { documentKey } from '#hub/outbox/documents/document-kinds.ts';
import { storeStream } from '#hub/outbox/documents/spread-entries.ts';
import type { Ledger } from '#hub/ledger/incoming.ts';

interface Pending {
  readonly difference: number;
  readonly location: number;
  readonly sku: string;
  /** Ours less theirs, less what explains it. */
  readonly units: number;
  readonly comparison: string;
  readonly reference: string;
  /** When the run began that found it, ms since 1970. */
  readonly foundAt: number;
  /** Of the location. */
  readonly code: string;
  /** The code of the ERP whose number it takes over, by its stock or by a statement; null, or of no ERP: nobody's. */
  readonly erp: string | null;
}

const FACTS_A_MERGE = 200;
/** Another hub may write into the same journal at the same moment: then this one finds another watermark. */
const ATTEMPTS = 20;

/** One hub adjusts at a time: what one comparison has adjusted is seen before another adjusts the same position. */
const MINE = `SELECT pg_try_advisory_xact_lock(${LOCKS.adjustStock}) AS mine`;

/**
 * Of several comparisons that found the same position wrong one adjusts it; what the others found, before that had its effect, is
 * not true any more: they look again. Not where the fact is there already.
 */
const OVERTAKEN = `
  UPDATE differences d SET state = 'open', correction = NULL, decided_by = NULL, decided_at = NULL, same_seen = 1,
    note = 'Another comparison has adjusted this position since it was found.'
  WHERE d.state = 'corrected' AND d.corrected_at IS NULL AND d.correction ->> 'kind' = 'adjustment'
    AND NOT EXISTS (SELECT FROM locations l JOIN facts f USING (location_no) WHERE l.code = d.location AND f.key = d.correction ->> 'key')
    AND EXISTS (
      SELECT FROM differences e WHERE e.sku = d.sku AND e.sku <> '' AND e.location = d.location AND e.difference_no <> d.difference_no
        AND e.correction ->> 'kind' = 'adjustment'
        AND e.corrected_at >= coalesce((SELECT r.began_at FROM comparison_runs r WHERE r.run_no = d.last_run), d.last_seen_at))`;

/** Of a position one at a time, first such of which the fact is there. */
const PENDING = `
  SELECT * FROM (SELECT DISTINCT ON (l.location_no, d.sku) d.difference_no AS difference, l.location_no AS location, d.sku, (d.correction ->> 'units')::float8 AS units, c.code AS comparison,
    d.reference, l.code, (extract(epoch FROM coalesce((SELECT r.began_at FROM comparison_runs r WHERE r.run_no = d.last_run), d.last_seen_at)) * 1000)::bigint AS "foundAt",
    CASE c.side WHEN 'erp' THEN c.settings ->> 'erp' WHEN 'statements' THEN coalesce(s.settings ->> 'erp', s.code) END AS erp
  FROM differences d JOIN comparisons c USING (comparison_no) JOIN locations l ON l.code = d.location
  LEFT JOIN inbound_sources s ON s.code = c.settings ->> 'source'
  WHERE d.state = 'corrected' AND d.corrected_at IS NULL AND d.correction ->> 'kind' = 'adjustment'
  ORDER BY l.location_no, d.sku, NOT EXISTS (SELECT FROM facts f WHERE f.location_no = l.location_no AND f.key = d.correction ->> 'key'), d.difference_no
  ) AS pending ORDER BY difference LIMIT $1`;
const DONE = `
  UPDATE differences SET corrected_at = clock_timestamp() WHERE difference_no = ANY ($1::bigint[]) AND corrected_at IS NULL`;

/**
 * The ERP whose number is taken over must not be told of it: its document is skipped before there is one. Other ERPs are told.
 * $1-$6: ERP, location, key, sku, units, stream.
 */
const SKIP_DOCUMENTS = `
  INSERT INTO erp_documents (erp_no, stream, key, kind, location_no, content, correlation_id, at, urgency, state, error, ended_at)
  SELECT e.erp_no, g.stream, g.key, 'adjustment', g.location_no,
    json_build_object('lines', json_build_array(json_build_object('sku', g.sku, 'quantity', g.units))), g.key,
    (extract(epoch FROM clock_timestamp()) * 1000)::bigint, 2, 'skipped',
    '{"code": "ERP_SKIPPED", "detail": "The hub took over the number of this ERP."}', clock_timestamp()
  FROM unnest($1::text[], $2::int[], $3::text[], $4::text[], $5::bigint[], $6::text[]) AS g (code, location_no, key, sku, units, stream)
  JOIN erps e ON e.code = g.code COLLATE "C"
  ON CONFLICT (erp_no, key) DO NOTHING`;

/** Nobody has the private half of the key, and the device is revoked: nobody can enter as it. */
const BEGIN_DEVICE = `
  INSERT INTO devices (location_no, name, public_key, by_hub, revoked_at, revoked_reason)
  VALUES ($1, 'reconciliation', $2, true, now(), 'The hub writes as it, and nobody else.')
  ON CONFLICT (location_no) WHERE by_hub DO NOTHING`;
const BEGIN_JOURNAL = `
  INSERT INTO journals (device_no, epoch, location_no)
  SELECT device_no, 1, location_no FROM devices WHERE location_no = $1 AND by_hub
  ON CONFLICT (device_no, epoch) DO NOTHING`;
const JOURNAL = `
  SELECT j.journal_no AS journal, j.watermark FROM journals j JOIN devices d USING (device_no) WHERE d.location_no = $1 AND d.by_hub`;
const KNOWN = `
  SELECT key FROM facts WHERE location_no = $1 AND key = ANY ($2::text[])`;

/**
 * Makes the adjustments that were decided: facts of the hub in a journal of its own at the location, so that they are
 * merged, forwarded and explained as any other. The key holds the difference's number: whoever comes again after a kill finds
 * the fact, or has it refused as a duplicate (F4). Gives how many were made; none while another hub is at it.
 */
export function makeAdjustments(pool: Pool, ledger: Ledger, now: () => number): Promise<number> {
  return transaction(pool, async (client) => {
    const { rows } = await client.query<{ mine: boolean }>(MINE);
    return rows[0]?.mine === true ? makeAll(pool, ledger, now) : 0;
  });
}

async function makeAll(pool: Pool, ledger: Ledger, now: () => number): Promise<number> {
  let made = 0;
  for (;;) {
    await withRetries(() => pool.query(OVERTAKEN));
    const { rows } = await pool.query<Pending>(PENDING, [FACTS_A_MERGE]);
    if (rows.length === 0) return made;
    for (const [location, pending] of Map.groupBy(rows, (row) => row.location)) {
      await skipDocuments(pool, pending);
      await adjust(pool, ledger, location, pending, now);
      await withRetries(() => pool.query(DONE, [pending.map(({ difference }) => difference)]));
      made += pending.length;
    }
  }
}

async function adjust(
  pool: Pool,
  ledger: Ledger,
  location: number,
  pending: readonly Pending[],
  now: () => number,
): Promise<void> {
  await pool.query(BEGIN_DEVICE, [location, randomBytes(32)]);
  await pool.query(BEGIN_JOURNAL, [location]);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const known = await pool.query<{ key: string }>(KNOWN, [location, pending.map(keyOf)]);
    const there = new Set(known.rows.map(({ key }) => key));
    const missing = pending.filter((one) => !there.has(keyOf(one)));
    if (missing.length === 0) return;
    const [at] = (await pool.query<{ journal: number; watermark: number }>(JOURNAL, [location])).rows;
    if (at === undefined) throw new Error(`the hub has no journal at location ${location}`);
    const fromSeq = at.watermark + 1;
    const facts = missing.map((one, place) => factOf(one, fromSeq + place, now()));
    await ledger.merge([{ location, journal: at.journal, fromSeq, facts }]);
    // Whether they were taken, or another hub was there first, is seen by their keys.
  }
  throw new Error(`adjustments at location ${location} were not taken in ${ATTEMPTS} attempts`);
}

async function skipDocuments(pool: Pool, pending: readonly Pending[]): Promise<void> {
  const taken = pending.filter(({ erp }) => erp !== null);
  if (taken.length === 0) return;
  const values = [
    taken.map(({ erp }) => erp),
    taken.map(({ location }) => location),
    taken.map((one) => documentKey(one.code, keyOf(one), digest)),
    taken.map(({ sku }) => sku),
    taken.map(({ units }) => -units),
    taken.map(({ code }) => storeStream(code)),
  ];
  await withRetries(() => pool.query(SKIP_DOCUMENTS, values));
}

const digest = (text: string): string => hash('sha256', text, 'hex');
const keyOf = ({ difference }: Pick<Pending, 'difference'>): string => `reconcile/${difference}`;

/** As of when it was found: a count since then has seen what is there, and nothing is to go on top of it (M2). */
function factOf(
  { difference, sku, units, comparison, reference, foundAt }: Pending,
  seq: number,
  now: number,
): ReadFact {
  const about = reference === '' ? comparison : `${comparison}, ${reference}`;
  const body = {
    reason: `difference ${difference} of ${about}`,
    code: 'correction',
    lines: [{ sku, quantity: -units }],
  };
  const key = keyOf({ difference });
  return {
    ok: true,
    seq,
    at: Math.min(Math.round(now), foundAt),
    offsetMs: 0,
    key,
    correlationId: key,
    source: 'reconcile',
    ...canonicalContent('adjustment', body),
  };
}
