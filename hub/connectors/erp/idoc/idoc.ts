import { z } from 'zod';
import { defineErpKind, type ErpConnector } from '../connector.ts';
import { FILE_CAPABILITIES, fileConnector } from '../drop/file-connector.ts';
import { openTransport, serverOf, transportCredentials, transportSettings } from '../drop/transport.ts';
import { idocExample } from './idoc-example.ts';
import { writeIdoc } from './write-idoc.ts';

const sign = (max: number) =>
  z.string().regex(new RegExp(`^[A-Z0-9_/-]{1,${max}}$`), `must be 1 to ${max} of A-Z 0-9 _ / -`);
const lengths = z.record(
  z.string().regex(/^[A-Z][A-Z0-9_]{0,29}$/, 'must be the name of a field'),
  z.int().min(1).max(255),
);

const settings = z.strictObject({
  senderPort: sign(10).describe('SNDPOR'),
  senderType: sign(2).default('KU').describe('SNDPRT: the stores are customers, unless told otherwise.'),
  receiverPort: sign(10).describe('RCVPOR'),
  receiverType: sign(2).default('LS').describe('RCVPRT: a logical system, unless told otherwise.'),
  receiver: sign(10).describe('RCVPRN'),
  client: z
    .string()
    .regex(/^\d{3}$/, 'must be three digits')
    .optional()
    .describe('MANDT'),
  test: z.boolean().default(false).describe('The IDocs are marked as tests.'),
  fields: z
    .record(z.string().regex(/^E1W[A-Z0-9]{2,5}$/, 'must be the name of a segment'), lengths)
    .default({})
    .describe('Fields that your release or extension has beside those that are known, with their lengths.'),
  ...transportSettings,
});

/** SAP Retail's POS interface by XML IDocs, one document a file. */
export const idoc = defineErpKind({
  title: 'SAP Retail by IDoc files (WPUBON, WPUUMS, WPUWBW as XML), in a folder or over SFTP',
  settings,
  credentials: transportCredentials,
  capabilities: FILE_CAPABILITIES,
  example: idocExample,
  shownTo: serverOf,
  create({ fields, test, sftp, ...parties }, credentials, parts): ErpConnector {
    const { clock, numberOf } = parts;
    return fileConnector({
      files: openTransport({ sftp }, credentials, parts),
      clock,
      extension: 'xml',
      async content({ target, payload }, key) {
        if (numberOf === undefined) throw new Error('nothing is posted where there are no numbers');
        const number = await numberOf(key);
        return writeIdoc(target, payload, {
          parties: { ...parties, isTest: test },
          extra: fields,
          key,
          number,
          atMs: clock.now(),
        });
      },
    });
  },
});
