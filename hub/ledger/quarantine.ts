import type { PoolClient } from 'pg';
import type { ErrorCode } from '#shared/protocol/errors.ts';
import { toLine, type ReadFact } from '#shared/protocol/frame.ts';
import { literal } from '#hub/db/array-parameter.ts';
import type { PlacedFact } from './placed-fact.ts';
import { INSERT_QUARANTINE } from './statements.ts';

/** A fact that is set aside with its reason: kept verbatim, shown, never merged by itself (F4, F5). */
export interface SetAside {
  readonly location: number;
  readonly journal: number;
  readonly seq: number;
  readonly key: string | null;
  readonly code: ErrorCode;
  readonly detail: string;
  readonly verbatim: string;
}

export function unreadable(location: number, journal: number, fact: Extract<ReadFact, { ok: false }>): SetAside {
  const { seq, key, code, detail, verbatim } = fact;
  return { location, journal, seq, key, code, detail, verbatim };
}

export function keyReused({ location, journal, fact }: PlacedFact, holder: string): SetAside {
  const detail = `Fact ${holder} has this key and another content.`;
  const verbatim = toLine({ ...fact, kind: fact.content.kind });
  return { location, journal, seq: fact.seq, key: fact.key, code: 'KEY_REUSED', detail, verbatim };
}

export async function insertQuarantine(client: PoolClient, rows: readonly SetAside[]): Promise<void> {
  if (rows.length === 0) return;
  await client.query({
    ...INSERT_QUARANTINE,
    values: [
      literal(rows.map((row) => row.location)),
      literal(rows.map((row) => row.journal)),
      literal(rows.map((row) => row.seq)),
      rows.map((row) => row.key),
      rows.map((row) => row.code),
      rows.map((row) => row.detail.replaceAll('\0', '\\0').slice(0, 1_000)),
      rows.map((row) => Buffer.from(row.verbatim)),
    ],
  });
}
