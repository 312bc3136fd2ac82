import { hash } from 'node:crypto';
import type { Pool } from 'pg';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import type { AcknowledgedState } from './list-documents.ts';

/** A file in which a partner says what it did with documents. */
export interface ReadAcknowledgements {
  readonly name: string;
  readonly content: string;
  readonly problem: string | null;
  readonly acknowledgements: readonly {
    readonly controlNumber: number;
    readonly state: AcknowledgedState;
    readonly detail: string;
  }[];
}

const KEEP = `
  INSERT INTO erp_acknowledgements (erp_no, digest, name, content, problem) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (erp_no, digest) DO NOTHING`;

/** Numbers begin anew one day: the last document that had it is meant. */
const NOTE = `
  UPDATE erp_documents d SET acknowledgement = a.acknowledgement::json, acknowledged_at = clock_timestamp()
  FROM unnest($2::int[], $3::text[]) AS a (control_number, acknowledgement)
  CROSS JOIN LATERAL (
    SELECT max(document_no) AS document_no FROM erp_documents WHERE erp_no = $1 AND control_number = a.control_number
  ) AS last
  WHERE d.document_no = last.document_no`;

/** Keeps the file as it came, and notes at its documents what it says of them. Said again it changes nothing. */
export async function keepAcknowledgement(pool: Pool, erp: number, file: ReadAcknowledgements): Promise<void> {
  const { name, content, problem } = file;
  const said = new Map(file.acknowledgements.map((one) => [one.controlNumber, one]));
  const known = [...said.values()];
  await withRetries(() =>
    transaction(pool, async (client) => {
      await client.query(KEEP, [erp, hash('sha256', content, 'hex'), name, content, problem]);
      await client.query(NOTE, [
        erp,
        known.map(({ controlNumber }) => controlNumber),
        known.map(({ state, detail }) => JSON.stringify({ state, detail })),
      ]);
    }),
  );
}
