import type { PoolClient } from 'pg';
import type { ErrorCode } from '#shared/protocol/errors.ts';
import type { ReadFact } from '#shared/protocol/frame.ts';
import { joined, literal } from '#hub/db/array-parameter.ts';
import { lockLocations, mergeFrames } from './merge.ts';
import type { StockObserver } from './moves.ts';
import { FIND_KEY_HOLDERS } from './statements.ts';

/** A fact without a place in a journal yet. */
export type Draft = Omit<Extract<ReadFact, { ok: true }>, 'ok' | 'seq'>;

/** A draft that the ledger has blamed: it goes to quarantine, under its line. */
export type BlamedDraft = Omit<Extract<ReadFact, { ok: false }>, 'seq'>;

/** Facts of one source at one location, in the order in which they are to stand in its journal. */
export interface SourceFacts {
  readonly location: number;
  readonly drafts: readonly (Draft | BlamedDraft)[];
}

/** What became of a draft. `fact` is journal and seq of where it stands, or of what stood there before. */
export type Appended =
  | { readonly status: 'taken' | 'duplicate'; readonly fact: string }
  | { readonly status: 'quarantined'; readonly fact: string; readonly code: ErrorCode; readonly detail: string };

interface HeldRow {
  location_no: number;
  key: string;
  digest: string;
  journal_no: number;
  seq: number;
}

interface AsideRow extends HeldRow {
  code: ErrorCode;
  detail: string;
}

interface JournalRow {
  location_no: number;
  journal_no: number;
  watermark: number;
}

const ENTER_SOURCE = `
  INSERT INTO devices (location_no, name, source_no)
  SELECT location_no, s.code, s.source_no FROM inbound_sources s, unnest($2::int[]) AS l (location_no)
  WHERE s.source_no = $1 ORDER BY location_no
  ON CONFLICT (source_no, location_no) WHERE source_no IS NOT NULL DO NOTHING`;
const BEGIN_JOURNALS = `
  INSERT INTO journals (device_no, epoch, location_no)
  SELECT device_no, 1, location_no FROM devices WHERE source_no = $1 AND location_no = ANY ($2::int[]) ORDER BY device_no
  ON CONFLICT (device_no, epoch) DO NOTHING`;
const JOURNALS = `
  SELECT j.location_no, j.journal_no, j.watermark FROM devices d JOIN journals j USING (device_no)
  WHERE d.source_no = $1 AND d.location_no = ANY ($2::int[])`;
/** What lies in quarantine of these journals, by what it says: the same again is not set aside twice. */
const ASIDE = `
  SELECT q.location_no, q.key, q.journal_no, q.seq, q.code, q.detail,
    left(encode(sha256(convert_to(part[3] || E'\\n' || part[7], 'UTF8')), 'hex'), 32) AS digest
  FROM unnest($1::int[], string_to_array($2, E'\\n')) AS g (journal_no, key)
  JOIN quarantine q ON q.key = g.key AND q.journal_no = g.journal_no
  CROSS JOIN LATERAL string_to_array(convert_from(q.protocol_line, 'UTF8'), E'\\t') AS part`;

/**
 * Writes facts into the journals that the hub keeps of a source, one at each location, and merges them like those of a device.
 *
 * - Seqs are given under the location's lock, so that each journal is gapless however many requests and hubs there are.
 * - What is held already takes no seq: the same key with the same content is a duplicate, also of a fact in quarantine (F4).
 * - The same key with another content takes one and is set aside under it, as a device's would be.
 *
 * Outcomes by location, in the order of the drafts. It all belongs to the caller's transaction.
 */
export async function appendFacts(
  client: PoolClient,
  source: number,
  given: readonly SourceFacts[],
  observer?: StockObserver,
): Promise<Appended[][]> {
  const entries = given.filter(({ drafts }) => drafts.length > 0);
  if (entries.length === 0) return given.map(() => []);
  const locations = entries.map(({ location }) => location);
  if (new Set(locations).size !== locations.length) throw new Error('a location was given twice');
  await lockLocations(client, locations);
  const journals = await openJournals(client, source, locations);
  const known = await findKnown(client, entries, journals);
  const plans = entries.map(({ location, drafts }) => plan(drafts, requireJournal(journals, location), known));
  const frames = plans
    .filter(({ facts }) => facts.length > 0)
    .map(({ journal, facts }) => ({
      location: journal.location_no,
      journal: journal.journal_no,
      fromSeq: journal.watermark + 1,
      facts,
    }));
  const outcomes = frames.length === 0 ? [] : await mergeFrames(client, frames, observer);
  const aside = new Map<string, ErrorCode>(
    outcomes.flatMap(({ quarantined }, place) =>
      quarantined.map(({ seq, code }) => [`${frames[place]?.journal ?? 0}-${seq}`, code] as const),
    ),
  );
  const details = await detailsOf(client, [...aside.keys()]);
  const byLocation = new Map(
    plans.map(({ journal, results }) => [
      journal.location_no,
      results.map((result): Appended => {
        const code = result.status === 'taken' ? aside.get(result.fact) : undefined;
        if (code === undefined) return result;
        return { status: 'quarantined', fact: result.fact, code, detail: details.get(result.fact) ?? '' };
      }),
    ]),
  );
  return given.map(({ location }) => byLocation.get(location) ?? []);
}

async function openJournals(
  client: PoolClient,
  source: number,
  locations: readonly number[],
): Promise<Map<number, JournalRow>> {
  const read = async () => (await client.query<JournalRow>(JOURNALS, [source, locations])).rows;
  let rows = await read();
  if (rows.length < locations.length) {
    await client.query(ENTER_SOURCE, [source, locations]);
    await client.query(BEGIN_JOURNALS, [source, locations]);
    rows = await read();
  }
  return new Map(rows.map((row) => [row.location_no, row]));
}

function requireJournal(journals: ReadonlyMap<number, JournalRow>, location: number): JournalRow {
  const journal = journals.get(location);
  if (journal === undefined) throw new Error(`the journal of a source at location ${location} could not be begun`);
  return journal;
}

/** By location, key and digest: what the ledger or the quarantine holds of this content already. */
type Known = ReadonlyMap<string, Appended>;

const nameOf = (location: number, key: string, digest: string): string => `${location} ${digest} ${key}`;

async function findKnown(
  client: PoolClient,
  entries: readonly SourceFacts[],
  journals: ReadonlyMap<number, JournalRow>,
): Promise<Known> {
  const asked = entries.flatMap(({ location, drafts }) =>
    drafts.flatMap(({ key }) => (key === null ? [] : [{ location, key }])),
  );
  const keys = joined(asked.map(({ key }) => key));
  const held = await client.query<HeldRow>({
    ...FIND_KEY_HOLDERS,
    values: [literal(asked.map(({ location }) => location)), keys],
  });
  const of = literal(asked.map(({ location }) => requireJournal(journals, location).journal_no));
  const aside = await client.query<AsideRow>({ name: 'find-set-aside', text: ASIDE, values: [of, keys] });
  const known = new Map<string, Appended>();
  for (const { location_no, key, digest, journal_no, seq, code, detail } of aside.rows) {
    known.set(nameOf(location_no, key, digest), { status: 'quarantined', fact: `${journal_no}-${seq}`, code, detail });
  }
  for (const { location_no, key, digest, journal_no, seq } of held.rows) {
    const name = nameOf(location_no, key, digest.replaceAll('-', ''));
    known.set(name, { status: 'duplicate', fact: `${journal_no}-${seq}` });
  }
  return known;
}

interface Plan {
  readonly journal: JournalRow;
  readonly facts: readonly ReadFact[];
  /** `taken` is what is hoped for. */
  readonly results: readonly Appended[];
}

function plan(drafts: SourceFacts['drafts'], journal: JournalRow, known: Known): Plan {
  const facts: ReadFact[] = [];
  const seen = new Map<string, Appended>();
  const results = drafts.map((draft): Appended => {
    const name = 'digest' in draft ? nameOf(journal.location_no, draft.key, draft.digest) : undefined;
    const before = name === undefined ? undefined : (known.get(name) ?? seen.get(name));
    if (before !== undefined) return before;
    const seq = journal.watermark + 1 + facts.length;
    const fact = `${journal.journal_no}-${seq}`;
    facts.push('digest' in draft ? { ok: true, ...draft, seq } : { ...draft, seq });
    if (name !== undefined) seen.set(name, { status: 'duplicate', fact });
    return { status: 'taken', fact };
  });
  return { journal, facts, results };
}

/** Why they were set aside, as the quarantine has it. */
async function detailsOf(client: PoolClient, facts: readonly string[]): Promise<Map<string, string>> {
  if (facts.length === 0) return new Map();
  const places = facts.map((fact) => fact.split('-').map(Number));
  const { rows } = await client.query<{ fact: string; detail: string }>(
    `SELECT q.journal_no || '-' || q.seq AS fact, q.detail FROM unnest($1::int[], $2::bigint[]) AS g (journal_no, seq)
     JOIN quarantine q USING (journal_no, seq)`,
    [places.map(([journal]) => journal), places.map(([, seq]) => seq)],
  );
  return new Map(rows.map((row) => [row.fact, row.detail]));
}
