import type { Queryable } from '#hub/db/snapshot.ts';

/** What metrics show of each ERP that is not ended. */
export interface ErpFigures {
  readonly erp: string;
  readonly waiting: number;
  readonly dead: number;
  /** Posted, and not taken by the partner. */
  readonly rejected: number;
  /** How long the oldest one waits already. */
  readonly oldestMs: number;
  readonly failures: number;
}

/** Each number comes from a partial index of what it counts. */
const FIGURES = `
  SELECT e.code AS erp, e.failures,
    (SELECT count(*)::int FROM erp_documents d WHERE d.erp_no = e.erp_no AND d.state = 'waiting') AS waiting,
    (SELECT count(*)::int FROM erp_documents d WHERE d.erp_no = e.erp_no AND d.state = 'dead') AS dead,
    (SELECT count(*)::int FROM erp_documents d WHERE d.erp_no = e.erp_no AND d.acknowledgement ->> 'state' = 'rejected')
      AS rejected,
    coalesce((SELECT extract(epoch FROM clock_timestamp() - min(s.waiting_since)) * 1000 FROM erp_streams s
      WHERE s.erp_no = e.erp_no AND s.last_document > s.done_document), 0)::float8 AS "oldestMs"
  FROM erps e WHERE e.state <> 'ended' ORDER BY e.code`;

export async function erpFigures(client: Queryable): Promise<ErpFigures[]> {
  return (await client.query<ErpFigures>(FIGURES)).rows;
}
