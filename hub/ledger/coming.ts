import { readFileSync } from 'node:fs';
import { COMING_LINES_MAX, COMING_MAX, type Coming, type ComingTransfer } from '#shared/protocol/messages/questions.ts';
import type { Queryable } from '#hub/db/snapshot.ts';

const COMING = readFileSync(new URL('./sql/coming.sql', import.meta.url), 'utf8');

interface Row {
  readonly from_code: string;
  readonly from_name: string | null;
  readonly transfer: string;
  readonly left_at: number | null;
  readonly expected_at: number | null;
  readonly lines: ComingTransfer['lines'];
  readonly transfers: number;
}

/** What is on its way to a location, with how far the hub has the reader's journal in the same snapshot. */
export async function readComing(
  client: Queryable,
  location: number,
  journal: number,
): Promise<Pick<Coming, 'watermark' | 'transfers' | 'more'>> {
  const { rows } = await client.query<Row>({ name: 'coming', text: COMING, values: [location, COMING_MAX] });
  const own = await client.query<{ watermark: number }>({
    name: 'coming-watermark',
    text: 'SELECT watermark FROM journals WHERE journal_no = $1',
    values: [journal],
  });
  const transfers: ComingTransfer[] = [];
  let lines = 0;
  for (const row of rows) {
    lines += row.lines.length;
    if (lines > COMING_LINES_MAX) break;
    transfers.push({
      from: row.from_code,
      fromName: row.from_name,
      transfer: row.transfer,
      leftAt: row.left_at,
      expectedAt: row.expected_at,
      lines: row.lines,
    });
  }
  return {
    watermark: own.rows[0]?.watermark ?? 0,
    transfers,
    more: (rows[0]?.transfers ?? 0) - transfers.length,
  };
}
