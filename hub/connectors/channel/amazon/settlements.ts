import { Readable } from 'node:stream';
import { z } from 'zod';
import { getDocument, type DocumentRule } from './documents.ts';
import type { Settlement } from '../../settlement.ts';
import { readSettlement } from './settlement-report.ts';
import type { SpApi } from './sp-api.ts';

const REPORT = 'GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2';

const page = z.object({
  reports: z.array(
    z.object({ reportId: z.string(), processingStatus: z.string(), reportDocumentId: z.string().optional() }),
  ),
  nextToken: z.string().max(8_192).optional(),
});

/**
 * Settlements that Amazon has reported since then, the newest first. Amazon makes them by itself, about every two weeks, and
 * keeps them for 90 days. Throws SETTLEMENT_INVALID.
 */
export async function* readSettlements(api: SpApi, rule: DocumentRule, since: Date): AsyncGenerator<Settlement> {
  let nextToken: string | undefined;
  do {
    await api.tools.pay('getReports', 1);
    // With a token nothing else may be asked for.
    const first = { reportTypes: REPORT, processingStatuses: 'DONE', pageSize: 100, createdSince: since.toISOString() };
    const query = nextToken === undefined ? first : { nextToken };
    const { reports, nextToken: following } = await api.ask(
      'getReports',
      { path: 'reports/2021-06-30/reports', query },
      page,
    );
    for (const { reportDocumentId: id } of reports) if (id !== undefined) yield await readReport(api, rule, id);
    nextToken = following;
  } while (nextToken !== undefined && nextToken !== '');
}

async function readReport(api: SpApi, rule: DocumentRule, id: string): Promise<Settlement> {
  await api.tools.pay('getReportDocument', 1);
  const document = await api.ask(
    'getReportDocument',
    { path: `reports/2021-06-30/documents/${encodeURIComponent(id)}` },
    z.object({ url: z.string(), compressionAlgorithm: z.string().optional() }),
  );
  return readSettlement(Readable.from([await getDocument(api.tools, rule, document)]));
}
