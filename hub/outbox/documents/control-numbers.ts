import type { Pool } from 'pg';

const MAX = 999_999_999;

/** The ERP's row is locked first, as by whoever claims a batch. */
const GIVE = `
  WITH given AS (
    UPDATE erps SET control_number = control_number % ${MAX} + 1
    WHERE erp_no = $1
      AND EXISTS (SELECT FROM erp_documents WHERE erp_no = $1 AND key = $2 AND control_number IS NULL)
    RETURNING control_number
  )
  UPDATE erp_documents d SET control_number = g.control_number FROM given g
  WHERE d.erp_no = $1 AND d.key = $2 AND d.control_number IS NULL`;
const READ = 'SELECT control_number AS number FROM erp_documents WHERE erp_no = $1 AND key = $2';

/**
 * The number of a document at an ERP, 1 to 999,999,999: kept before it is used, so that it is the same after a kill, and never
 * that of another document.
 */
export async function controlNumber(pool: Pool, erp: number, key: string): Promise<number> {
  await pool.query(GIVE, [erp, key]);
  const { rows } = await pool.query<{ number: number | null }>(READ, [erp, key]);
  const number = rows[0]?.number;
  if (number == null) throw new Error(`there is no document ${key}`);
  return number;
}
