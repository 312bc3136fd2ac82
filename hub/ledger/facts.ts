import type { PoolClient } from 'pg';
import { joined, literal } from '#hub/db/array-parameter.ts';
import type { PlacedFact } from './placed-fact.ts';
import { FIND_KEY_HOLDERS, FIND_OTHER_FACTS, INSERT_FACTS } from './statements.ts';

/** The run of seqs that a transaction brings of one journal. */
export interface JournalRun {
  readonly journal: number;
  readonly fromSeq: number;
  readonly toSeq: number;
}

/** What became of a journal's run. */
export interface Admission {
  readonly watermarkBefore: number;
  readonly admitted: boolean;
  /** Seqs whose key is held by another fact already. */
  readonly refused: ReadonlySet<number>;
  /** Seqs taken although a void named them before they came. */
  readonly voided: ReadonlySet<number>;
}

interface AdmissionRow {
  journal_no: number;
  watermark: number;
  admitted: boolean;
  refused: number[] | null;
  voided: number[] | null;
}

/** Facts as parameters $4-$13 of insert-facts.sql. */
export function factColumns(facts: readonly PlacedFact[]): string[] {
  return [
    literal(facts.map(({ journal }) => journal)),
    literal(facts.map(({ fact }) => fact.seq)),
    literal(facts.map(({ fact }) => fact.at)),
    literal(facts.map(({ fact }) => fact.offsetMs)),
    literal(facts.map(({ fact }) => fact.content.kind)),
    literal(facts.map(({ fact }) => fact.digest)),
    joined(facts.map(({ fact }) => fact.key)),
    joined(facts.map(({ fact }) => (fact.correlationId === fact.key ? '' : fact.correlationId))),
    joined(facts.map(({ fact }) => fact.source)),
    joined(facts.map(({ fact }) => fact.bodyText)),
  ];
}

/** Inserts what is new of the runs' facts and advances watermarks; by journal, what became of each run. */
export async function insertFacts(
  client: PoolClient,
  runs: readonly JournalRun[],
  columns: readonly string[],
): Promise<Map<number, Admission>> {
  const { rows } = await client.query<AdmissionRow>({
    ...INSERT_FACTS,
    values: [
      literal(runs.map((run) => run.journal)),
      literal(runs.map((run) => run.fromSeq)),
      literal(runs.map((run) => run.toSeq)),
      ...columns,
    ],
  });
  return new Map(
    rows.map((row) => [
      row.journal_no,
      {
        watermarkBefore: row.watermark,
        admitted: row.admitted,
        refused: new Set(row.refused),
        voided: new Set(row.voided),
      },
    ]),
  );
}

interface HolderRow {
  location_no: number;
  key: string;
  digest: string;
  journal_no: number;
  seq: number;
}

/** Of facts whose key is taken: those whose content differs from the holder's, with the holder (F4). */
export async function findReusedKeys(
  client: PoolClient,
  facts: readonly PlacedFact[],
): Promise<{ placed: PlacedFact; holder: string }[]> {
  const { rows } = await client.query<HolderRow>({
    ...FIND_KEY_HOLDERS,
    values: [literal(facts.map(({ location }) => location)), joined(facts.map(({ fact }) => fact.key))],
  });
  const holders = new Map(rows.map((row) => [`${row.location_no} ${row.key}`, row]));
  return facts.flatMap((placed) => {
    const holder = holders.get(`${placed.location} ${placed.fact.key}`);
    if (!holder) throw new Error(`fact ${placed.journal}-${placed.fact.seq} was refused, but nothing holds its key`);
    if (holder.digest.replaceAll('-', '') === placed.fact.digest) return [];
    return [{ placed, holder: `${holder.journal_no}-${holder.seq}` }];
  });
}

/** Of facts that are sent again: the journals that have another fact under one of their seqs. */
export async function findOtherFacts(client: PoolClient, repeated: readonly PlacedFact[]): Promise<Set<number>> {
  if (repeated.length === 0) return new Set();
  const { rows } = await client.query<{ journal_no: number }>({
    ...FIND_OTHER_FACTS,
    values: [
      literal(repeated.map(({ location }) => location)),
      literal(repeated.map(({ journal }) => journal)),
      literal(repeated.map(({ fact }) => fact.seq)),
      joined(repeated.map(({ fact }) => fact.key)),
      literal(repeated.map(({ fact }) => fact.digest)),
    ],
  });
  return new Set(rows.map((row) => row.journal_no));
}
