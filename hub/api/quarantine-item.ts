import { isoTime } from './instant.ts';
import { factId } from './fact-reason.ts';

export interface QuarantineRow {
  id: number;
  location: string;
  journal_no: number;
  seq: number;
  key: string | null;
  code: string;
  detail: string;
  received_at: Date;
  resolved_at: Date | null;
  resolution: string | null;
  resolved_by: string | null;
  note: string | null;
}

/** Columns and tables of a quarantined fact; a WHERE follows. */
export const QUARANTINE_COLUMNS = `
  q.quarantine_no AS id, l.code AS location, q.journal_no, q.seq, q.key, q.code, q.detail, q.received_at,
  q.resolved_at, q.resolution, q.resolved_by, q.note
  FROM quarantine q JOIN locations l ON l.location_no = q.location_no`;

/** A fact that is set aside, with its reason, and what was decided about it. */
export function toQuarantineItem(row: QuarantineRow) {
  const { id, location, key, code, detail } = row;
  return {
    id,
    location,
    fact: factId(row.journal_no, row.seq),
    key,
    code,
    detail,
    receivedAt: isoTime(row.received_at),
    resolved: row.resolved_at === null ? null : resolutionOf(row, row.resolved_at),
  };
}

function resolutionOf({ resolution, resolved_by: by, note }: QuarantineRow, at: Date) {
  return { at: isoTime(at), as: resolution, by, note };
}
