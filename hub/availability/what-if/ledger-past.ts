import { createHash } from 'node:crypto';
import type { Queryable } from '#hub/db/snapshot.ts';
import { simulateOutages, type OutageKind } from './outages.ts';
import type { Channel, Past, StockEvent } from './stock-event.ts';
import { Survey, type ToldEvent } from './survey.ts';

/** Which past is read, and what of it is supposed rather than recorded. */
export interface PastOptions {
  /** Where reading begins, and where what happens begins to count: before that the estimates only learn. */
  readonly from: number;
  readonly measuredFrom: number;
  readonly to: number;
  readonly outages: OutageKind;
  /** Whether stock is what the ledger says, or simulated by `Supply` because the ledger knows sales only. */
  readonly stock: 'ledger' | 'simulated';
  /** Of the sales in stores, the share that is taken for channels' orders, chosen by the hash of their key. */
  readonly channelShare: number;
  readonly seed: number;
  /** Called again and again with where the reading has come to; may throw to end it. */
  readonly onRows?: (pass: 1 | 2, at: number) => void;
}

/** A period of the hub's ledger, and its events once more in order. Use both within the snapshot they were read in. */
export interface LedgerPast {
  readonly past: Past;
  readonly events: () => AsyncIterable<StockEvent>;
}

interface Row {
  location: number;
  sku: string;
  at: number;
  kind: string;
  source: string;
  key: string;
  received: number;
  quantity: number;
}

/** Of facts that are a channel's orders, `channel:CODE`. No feed of the agent writes such a source. */
const CHANNEL_PREFIX = 'channel:';
const BATCH = 5_000;
const TOLD_EVERY = 250;

/** What was voided is as if it had never been, and so is a count that is held or was rejected. The sort may go to the database's disk; here rows come in batches. */
const EVENTS = `
  DECLARE past NO SCROLL CURSOR FOR
  SELECT l.location_no AS location, l.sku, l.at, f.kind, f.source, f.key, l.quantity,
         (extract(epoch FROM f.received_at) * 1000)::bigint AS received
    FROM (
      SELECT location_no, sku, at, journal_no, seq, sum(quantity)::bigint AS quantity
        FROM movements
       WHERE at >= $1 AND at < $2 AND condition = 'sellable' AND NOT reversal
       GROUP BY location_no, sku, at, journal_no, seq
      UNION ALL
      SELECT location_no, sku, at, journal_no, seq, counted FROM counts
       WHERE at >= $1 AND at < $2 AND NOT voided AND NOT held
    ) l
    JOIN facts f USING (location_no, journal_no, seq)
   WHERE NOT EXISTS (SELECT FROM voids v WHERE v.location_no = f.location_no AND v.target_key = f.key)
   ORDER BY l.at, l.journal_no, l.seq, l.sku`;

const OPENING = `
  WITH anchor AS (
    SELECT DISTINCT ON (location_no, sku) location_no, sku, at, journal_no, seq, counted FROM counts
     WHERE at < $1 AND NOT voided AND NOT held
     ORDER BY location_no, sku, at DESC, journal_no DESC, seq DESC
  ), moved AS (
    SELECT m.location_no, m.sku, sum(m.quantity) AS quantity
      FROM movements m LEFT JOIN anchor a USING (location_no, sku)
     WHERE m.at < $1 AND m.condition = 'sellable'
       AND (a.at IS NULL OR (m.at, m.journal_no, m.seq) > (a.at, a.journal_no, a.seq))
     GROUP BY m.location_no, m.sku
  )
  SELECT location_no AS location, sku, (coalesce(counted, 0) + coalesce(quantity, 0))::bigint AS units
    FROM anchor FULL JOIN moved USING (location_no, sku)`;

/** Reads a period of the ledger once, for what must be known beforehand. */
export async function readPast(client: Queryable, options: PastOptions): Promise<LedgerPast> {
  const places = new Map<number, number>();
  const { rows: locations } = await client.query<{ no: number; code: string }>(
    'SELECT location_no AS no, code FROM locations ORDER BY code',
  );
  for (const [place, { no }] of locations.entries()) places.set(no, place);
  const channels = await readChannels(client, places);
  const told = (row: Row): ToldEvent => tell(row, places.get(row.location) ?? 0, channels, options);
  const survey = new Survey(locations.length);
  const opened = options.stock === 'ledger' ? await readOpening(client, options.from, survey, places) : undefined;
  for await (const row of rowsOf(client, options, 1)) survey.add(told(row));
  const period = { from: options.from, measuredFrom: options.measuredFrom, to: options.to };
  const { outages } = options;
  const past: Past = {
    ...period,
    locations: locations.map(({ code }) => code),
    channels,
    shelves: survey.shelves,
    outages:
      outages === 'recorded'
        ? survey.recordedOutages
        : locations.map((_, place) => simulateOutages(outages, period, options.seed * 1_000 + place)),
    ...(opened && { opening: Float64Array.from(survey.shelves, (_, shelf) => opened[shelf] ?? 0) }),
  };
  async function* events(): AsyncGenerator<StockEvent> {
    for await (const row of rowsOf(client, options, 2)) yield survey.place(told(row));
  }
  return { past, events };
}

/** The hub's channels, and after them one for orders of channels that it does not know (any more): it sells from all. */
async function readChannels(client: Queryable, places: ReadonlyMap<number, number>): Promise<Channel[]> {
  const { rows } = await client.query<{ code: string; locations: number[] }>(
    `SELECT c.code, coalesce(array_agg(l.location_no) FILTER (WHERE l.location_no IS NOT NULL), '{}') AS locations
       FROM channels c LEFT JOIN channel_locations l ON l.channel_code = c.code GROUP BY c.code ORDER BY c.code`,
  );
  const known = rows.map(({ code, locations }) => {
    return { code, locations: new Set(locations.map((no) => places.get(no) ?? -1)) };
  });
  return [...known, { code: 'other', locations: new Set(places.values()), isUnknown: true }];
}

async function readOpening(
  client: Queryable,
  from: number,
  survey: Survey,
  places: ReadonlyMap<number, number>,
): Promise<number[]> {
  const { rows } = await client.query<{ location: number; sku: string; units: number }>(OPENING, [from]);
  for (const { location, sku } of rows) survey.shelfOf(places.get(location) ?? 0, sku, from);
  return rows.map(({ units }) => units);
}

async function* rowsOf(client: Queryable, options: PastOptions, pass: 1 | 2): AsyncGenerator<Row> {
  // A cursor takes no parameters; both are whole numbers.
  const text = EVENTS.replaceAll('$1', String(options.from)).replaceAll('$2', String(options.to));
  await client.query(text);
  for (;;) {
    const { rows } = await client.query<Row>(`FETCH ${BATCH} FROM past`);
    if (rows.length === 0) break;
    for (const [place, row] of rows.entries()) {
      if (place % TOLD_EVERY === 0) options.onRows?.(pass, row.at);
      yield row;
    }
  }
  options.onRows?.(pass, options.to);
  await client.query('CLOSE past');
}

function tell(
  row: Row,
  location: number,
  channels: readonly Channel[],
  { channelShare, seed }: PastOptions,
): ToldEvent {
  const { at, received, sku } = row;
  const event = { at, receivedAt: received, location, sku, channel: -1 };
  if (row.kind === 'count') return { ...event, kind: 'count', quantity: row.quantity };
  // Of which channel does not stand in the fact.
  if (row.kind === 'task') return { ...event, kind: 'order', quantity: -row.quantity, channel: channels.length - 1 };
  if (row.kind !== 'sale') return { ...event, kind: 'supply', quantity: row.quantity };
  const channel = channelOf(row, location, channels, channelShare, seed);
  return { ...event, kind: channel < 0 ? 'walkIn' : 'order', quantity: -row.quantity, channel };
}

/** Place of the channel that a sale came through, -1 for one in the store. */
function channelOf(
  { source, key }: Row,
  location: number,
  channels: readonly Channel[],
  share: number,
  seed: number,
): number {
  const other = channels.length - 1;
  if (source.startsWith(CHANNEL_PREFIX)) {
    const place = channels.findIndex(({ code }) => code === source.slice(CHANNEL_PREFIX.length));
    return place < 0 ? other : place;
  }
  if (share === 0) return -1;
  const hash = createHash('sha256').update(`${seed}:${key}`).digest();
  if (hash.readUInt32LE(0) / 2 ** 32 >= share) return -1;
  const open = [...channels.keys()].filter((place) => place !== other && channels[place]?.locations.has(location));
  return open[hash.readUInt32LE(4) % open.length] ?? other;
}
