import { z } from 'zod';
import { defineErpKind } from '../connector.ts';
import { FILE_CAPABILITIES, fileConnector, type WrittenDocument } from '../drop/file-connector.ts';
import { openTransport, serverOf, transportCredentials, transportSettings } from '../drop/transport.ts';
import { restExample } from '../rest/rest-example.ts';
import { csvOf } from './csv.ts';

const settings = z.strictObject({
  /** csv: one row for each of the document's lines, the fields of its head in each. */
  format: z.enum(['json', 'csv']).default('json'),
  ...transportSettings,
});

/** Files of our own shape. */
export const files = defineErpKind({
  title: 'A folder, or an SFTP server, that files are put into, JSON or CSV, each of them once',
  settings,
  credentials: transportCredentials,
  capabilities: FILE_CAPABILITIES,
  example: restExample,
  shownTo: serverOf,
  create: ({ format, ...transport }, credentials, parts) =>
    fileConnector({
      files: openTransport(transport, credentials, parts),
      clock: parts.clock,
      extension: format,
      content: (document, key) => contentOf(document, key, format),
    }),
});

function contentOf({ target, payload }: WrittenDocument, key: string, format: 'json' | 'csv'): string {
  if (format === 'csv') return csvOf({ key, target, ...payload });
  return `${JSON.stringify({ key, target, document: payload }, null, 2)}\n`;
}
