import { join } from 'node:path';
import ssh2 from 'ssh2';
import { z } from 'zod';
import { PRINTABLE } from '#shared/protocol/fields.ts';
import { ErpFailure, type ErpParts } from '../connector.ts';
import type { DropFiles } from './drop-files.ts';
import { DRAFTS, MARKS } from './file-connector.ts';
import { openFolder } from './folder-files.ts';
import { openSftp } from './sftp-files.ts';

/** Where files go that are not put into a folder of the hub. */
const sftp = z.strictObject({
  host: z
    .string()
    .regex(/^[A-Za-z0-9]([A-Za-z0-9.-]{0,251}[A-Za-z0-9])?$|^[0-9A-Fa-f:]{2,39}$/, 'must be a host name or an address'),
  port: z.int().min(1).max(65_535).default(22),
  user: z.string().min(1).max(128).regex(PRINTABLE, 'must be printable text'),
  /** Fingerprint of the server's key, as `ssh-keygen -lf` prints it: nobody else is spoken with. */
  hostKey: z.string().regex(/^SHA256:[A-Za-z0-9+/]{43}$/, 'must be a fingerprint like SHA256:...'),
  folder: z
    .string()
    .max(500)
    .regex(/^[^\p{Cc}\\]*$/u, 'must be the path of a folder, with /')
    .default('.'),
});

export const transportSettings = {
  sftp: sftp.optional().describe('An SFTP server; absent: the folder of this ERP below --erp-folder.'),
};

/** For SFTP; for a folder nothing. */
export const transportCredentials = z.union([
  z.strictObject({ password: z.string().min(1).max(4_096) }),
  z.strictObject({ privateKey: z.string().min(1).max(16_384), passphrase: z.string().max(4_096).optional() }),
  z.strictObject({}),
]);

export interface Transport {
  readonly sftp?: z.output<typeof sftp> | undefined;
}

/** Whom the credentials are shown to: whoever has that key, at that place. */
export const serverOf = ({ sftp: server }: Transport): string | null =>
  server === undefined ? null : `${server.host.toLowerCase()} ${server.port} ${server.hostKey}`;

/** Opens where the files go, with the folders that are needed there. */
export function openTransport(
  { sftp: server }: Transport,
  credentials: z.output<typeof transportCredentials>,
  { code, folder, isFolderMade = false, toPrivate, timeoutMs, clock }: ErpParts,
  folders: readonly string[] = [],
): DropFiles {
  const needed = [DRAFTS, MARKS, ...folders];
  if (server === undefined) return openFolder(join(folder, code), isFolderMade ? [] : ['', ...needed]);
  requireWayIn(credentials);
  return openSftp({ ...server, credentials, toPrivate, timeoutMs, clock }, needed);
}

/** What cannot let us in is refused when it is given, not when the first document is due. */
function requireWayIn(credentials: z.output<typeof transportCredentials>): void {
  if ('password' in credentials) return;
  if (!('privateKey' in credentials))
    throw new ErpFailure('ERP_SETTINGS_INVALID', 'An SFTP server needs a `password` or a `privateKey`.');
  const parsed = ssh2.utils.parseKey(credentials.privateKey, credentials.passphrase);
  if (parsed instanceof Error)
    throw new ErpFailure(
      'ERP_SETTINGS_INVALID',
      'The private key cannot be read: it is none, or its passphrase is wrong.',
    );
}
