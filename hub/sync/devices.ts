import type { Pool } from 'pg';
import { Batcher } from '#shared/runtime/batcher.ts';
import { HELD_MAX, type Welcome } from '#shared/protocol/messages/hello.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { literal } from '#hub/db/array-parameter.ts';
import { toHubError } from '#hub/db/sqlstates.ts';
import type { DeviceRecord } from './handshake.ts';

/** One epoch of a device, as the hub knows it. */
export interface JournalRecord {
  readonly journal: number;
  /** The highest seq up to which the hub holds every fact. */
  readonly watermark: number;
  /** What is held beyond what the agent remembers as acknowledged. */
  readonly held: Welcome['held'];
}

const DEVICES = `
  SELECT d.device_no, d.location_no, l.code, l.name, d.public_key, d.revoked_at, d.revoked_reason
  FROM devices d JOIN locations l USING (location_no)
  WHERE d.device_no = ANY ($1::int[]) AND d.source_no IS NULL`;

/**
 * `digestOf` of a line in quarantine `q`. Only where the fact was read and is kept as its line (`toLine`): what could not be
 * read may not even be text.
 */
const DIGEST_OF_LINE = `
  SELECT left(encode(sha256(convert_to(part[3] || E'\\n' || part[7], 'UTF8')), 'hex'), 32)
  FROM string_to_array(convert_from(q.protocol_line, 'UTF8'), E'\\t') AS part`;

const JOURNALS = `
  SELECT r.place, j.journal_no, j.watermark, held.digest, held.without
  FROM unnest($1::int[], $2::int[], $3::bigint[], $4::bigint[]) AS r (place, device_no, epoch, acked_seq)
  JOIN journals j USING (device_no, epoch)
  LEFT JOIN LATERAL (
    SELECT
      md5(coalesce(string_agg(fact.name, E'\\n' ORDER BY s.seq), '')) AS digest,
      coalesce(array_agg(s.seq ORDER BY s.seq) FILTER (WHERE fact.name IS NULL), '{}') AS without
    FROM generate_series(r.acked_seq + 1, j.watermark) AS s (seq)
    LEFT JOIN facts f ON f.location_no = j.location_no AND f.journal_no = j.journal_no AND f.seq = s.seq
    LEFT JOIN quarantine q ON q.journal_no = j.journal_no AND q.seq = s.seq
    CROSS JOIN LATERAL (
      SELECT CASE
        WHEN q.seq IS NULL THEN f.key || E'\\t' || replace(f.digest::text, '-', '')
        WHEN q.code IN ('KEY_REUSED', 'FACT_AHEAD', 'TRANSFER_TO_ITSELF') THEN q.key || E'\\t' || (${DIGEST_OF_LINE})
      END AS name
    ) AS fact
  ) AS held ON j.watermark > r.acked_seq AND j.watermark - r.acked_seq <= ${HELD_MAX}`;

const WATERMARKS = 'SELECT epoch, watermark FROM journals WHERE device_no = $1 AND epoch = ANY ($2::bigint[])';

/** In the order of the key, so that two hubs never wait for each other. */
const BEGIN_JOURNALS = `
  INSERT INTO journals (device_no, epoch, location_no)
  SELECT DISTINCT d.device_no, r.epoch, d.location_no
  FROM unnest($1::int[], $2::bigint[]) AS r (device_no, epoch) JOIN devices d USING (device_no)
  ORDER BY 1, 2
  ON CONFLICT (device_no, epoch) DO NOTHING`;

interface DeviceRow {
  readonly device_no: number;
  readonly location_no: number;
  readonly code: string;
  readonly name: string;
  readonly public_key: Buffer;
  readonly revoked_at: Date | null;
  readonly revoked_reason: string | null;
}

interface JournalRow {
  readonly place: number;
  readonly journal_no: number;
  readonly watermark: number;
  readonly digest: string | null;
  readonly without: number[] | null;
}

interface JournalAsked {
  readonly device: number;
  readonly epoch: number;
  readonly ackedSeq: number;
}

/** Look-ups of the handshake. Thousands of stores that come back at once share a few statements. */
export class Devices {
  readonly #pool: Pool;
  readonly #devices: Batcher<number, DeviceRecord | undefined>;
  readonly #journals: Batcher<JournalAsked, JournalRecord>;

  constructor(pool: Pool, clock: Clock) {
    this.#pool = pool;
    const shape = { clock, waitMs: 2, sizeMax: 500 };
    this.#devices = new Batcher({ ...shape, run: (numbers) => reachable(loadDevices(pool, numbers)) });
    this.#journals = new Batcher({ ...shape, run: (asked) => reachable(openJournals(pool, asked)) });
  }

  find(device: number): Promise<DeviceRecord | undefined> {
    return this.#devices.call(device);
  }

  /** The journal of a device that has proved who it is; begun when the epoch is new. */
  openJournal(device: number, epoch: number, ackedSeq: number): Promise<JournalRecord> {
    return this.#journals.call({ device, epoch, ackedSeq });
  }

  /** Up to where the hub holds earlier epochs of a device; 0 for one that it does not know. Few devices have any. */
  watermarks(device: number, epochs: readonly number[]): Promise<Welcome['earlier']> {
    return epochs.length === 0 ? Promise.resolve([]) : reachable(loadWatermarks(this.#pool, device, epochs));
  }
}

async function loadWatermarks(pool: Pool, device: number, epochs: readonly number[]): Promise<Welcome['earlier']> {
  const values = [device, epochs];
  const { rows } = await pool.query<{ epoch: number; watermark: number }>({
    name: 'watermarks',
    text: WATERMARKS,
    values,
  });
  const known = new Map(rows.map(({ epoch, watermark }) => [epoch, watermark]));
  return epochs.map((epoch) => ({ epoch, watermark: known.get(epoch) ?? 0 }));
}

async function loadDevices(pool: Pool, numbers: readonly number[]): Promise<(DeviceRecord | undefined)[]> {
  const { rows } = await pool.query<DeviceRow>({ name: 'devices', text: DEVICES, values: [literal(numbers)] });
  const found = new Map(rows.map((row) => [row.device_no, toRecord(row)]));
  return numbers.map((number) => found.get(number));
}

async function openJournals(pool: Pool, asked: readonly JournalAsked[]): Promise<JournalRecord[]> {
  const known = await loadJournals(pool, asked);
  const missing = asked.filter((_, place) => !known.has(place));
  if (missing.length > 0) {
    await pool.query({
      name: 'begin-journals',
      text: BEGIN_JOURNALS,
      values: [literal(missing.map(({ device }) => device)), literal(missing.map(({ epoch }) => epoch))],
    });
  }
  const all = missing.length > 0 ? await loadJournals(pool, asked) : known;
  return asked.map(({ device }, place) => {
    const record = all.get(place);
    if (!record) throw new Error(`the journal of device ${device} could not be begun`);
    return record;
  });
}

async function loadJournals(pool: Pool, asked: readonly JournalAsked[]): Promise<Map<number, JournalRecord>> {
  const { rows } = await pool.query<JournalRow>({
    name: 'journals',
    text: JOURNALS,
    values: [
      literal(asked.map((_, place) => place)),
      literal(asked.map(({ device }) => device)),
      literal(asked.map(({ epoch }) => epoch)),
      literal(asked.map(({ ackedSeq }) => ackedSeq)),
    ],
  });
  return new Map(
    rows.map((row) => [row.place, { journal: row.journal_no, watermark: row.watermark, held: heldOf(row) }]),
  );
}

function heldOf({ digest, without }: JournalRow): Welcome['held'] {
  return digest === null || without === null ? null : { digest, without };
}

function toRecord(row: DeviceRow): DeviceRecord {
  return {
    device: row.device_no,
    location: row.location_no,
    store: { code: row.code, name: row.name },
    publicKey: row.public_key,
    revokedReason: row.revoked_at === null ? null : (row.revoked_reason ?? 'no reason given'),
  };
}

async function reachable<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw toHubError(error);
  }
}
