import type { FactKind } from '#shared/protocol/fact.ts';
import { isoTime } from './instant.ts';

/**
 * SQL for the reason of a ledger row `m` (location_no, journal_no, seq, reversal): the fact that made it, and for a
 * reversal the void that took it back. A reversal stands at the instant of the fact that it voids.
 */
export const REASON_JOINS = `
  JOIN facts f ON f.location_no = m.location_no AND f.journal_no = m.journal_no AND f.seq = m.seq
  LEFT JOIN voids v ON m.reversal AND v.location_no = m.location_no AND v.target_key = f.key
  LEFT JOIN facts b ON b.location_no = v.location_no AND b.journal_no = v.journal_no AND b.seq = v.seq`;

export const REASON_COLUMNS = `
  m.at, m.reversal,
  CASE WHEN m.reversal THEN 'void' ELSE f.kind::text END AS kind,
  coalesce(b.journal_no, f.journal_no) AS "reasonJournal",
  coalesce(b.seq, f.seq) AS "reasonSeq",
  coalesce(b.key, f.key) AS key,
  CASE WHEN b.key IS NULL THEN coalesce(f.correlation_id, f.key) ELSE coalesce(b.correlation_id, b.key) END
    AS "correlationId",
  coalesce(b.source, f.source) AS source,
  CASE WHEN m.reversal THEN f.key END AS voids`;

export interface ReasonRow {
  at: number;
  reversal: boolean;
  kind: FactKind;
  reasonJournal: number;
  reasonSeq: number;
  key: string;
  correlationId: string;
  source: string;
  voids: string | null;
}

/** Why a number is what it is: the fact behind it. */
export interface Reason {
  readonly fact: string;
  readonly kind: FactKind;
  readonly key: string;
  readonly correlationId: string;
  readonly source: string;
  /** Where it stands in the ledger. */
  readonly at: string;
  /** True for a line that a void took back; `voids` is then the key of the fact that it belonged to. */
  readonly reversal: boolean;
  readonly voids: string | null;
}

export function reasonOf(row: ReasonRow): Reason {
  return {
    fact: factId(row.reasonJournal, row.reasonSeq),
    kind: row.kind,
    key: row.key,
    correlationId: row.correlationId,
    source: row.source,
    at: isoTime(row.at),
    reversal: row.reversal,
    voids: row.voids,
  };
}

/** A fact's id at the hub: the journal's number and the seq in it. */
export function factId(journal: number, seq: number): string {
  return `${journal}-${seq}`;
}
