import { chmodSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { createPrivateKey, generateKeyPairSync, X509Certificate, type KeyObject } from 'node:crypto';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { writeSyncedFile } from '../../storage/synced-file.ts';

/** A certificate is renewed while it still has so long to live. */
const RENEW_BEFORE_MS = 30 * 86_400_000;
/** Names that it once had stay in it, so that a machine with two addresses is not given a new one at each change. */
const NAMES_MAX = 40;

/** What the store's network proves itself with. The key stays when the certificate is renewed. */
export interface StoreIdentity {
  readonly key: KeyObject;
  readonly certificate: X509Certificate;
}

/** Key and certificate in one file (mode 0600), so that they never part. */
export const identityFile = (folder: string): string => join(folder, 'store-certificate.pem');

/**
 * What is on disk; undefined when there is nothing. A file that others may read is closed to them. Throws
 * NETWORK_KEY_DAMAGED: a new key is made only when somebody asks for it, since people compare its fingerprint.
 */
export function readIdentity(folder: string): StoreIdentity | undefined {
  const path = identityFile(folder);
  let text: string;
  try {
    if (process.platform !== 'win32' && (statSync(path).mode & 0o077) !== 0) chmodSync(path, 0o600);
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw damaged(path, 'cannot be read', cause);
  }
  try {
    const key = createPrivateKey(text);
    const certificate = new X509Certificate(text);
    if (key.asymmetricKeyDetails?.namedCurve === 'prime256v1' && certificate.checkPrivateKey(key)) {
      return { key, certificate };
    }
  } catch (cause) {
    throw damaged(path, 'is neither a key nor a certificate', cause);
  }
  throw damaged(path, 'holds a key that is not of its certificate');
}

/**
 * The store's identity, made when there is none, with a new certificate of the same key when the old one ends soon, is not
 * valid yet (the clock was wrong) or lacks a name. On disk when this returns. Throws NETWORK_KEY_DAMAGED, STORAGE_IO.
 */
export async function currentIdentity(
  folder: string,
  { names, now, newKey = false }: { names: readonly string[]; now: number; newKey?: boolean },
): Promise<StoreIdentity> {
  const known = newKey ? undefined : readIdentity(folder);
  if (known && isGood(known.certificate, names, now)) return known;
  const key = known?.key ?? generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const all = [...new Set([...names, ...(known ? namesOf(known.certificate) : [])])].slice(0, NAMES_MAX);
  // Loaded for this alone: an agent without a store network never makes one.
  const { issueCertificate } = await import('./certificate.ts');
  const certificate = issueCertificate(key, all, now);
  try {
    const pem = [key.export({ type: 'pkcs8', format: 'pem' }), certificate.toString()].join('');
    writeSyncedFile(identityFile(folder), pem);
  } catch (cause) {
    throw new ShelfwireError('STORAGE_IO', 'The certificate of the store network cannot be written.', { cause });
  }
  return { key, certificate };
}

function isGood(certificate: X509Certificate, names: readonly string[], now: number): boolean {
  const known = new Set(namesOf(certificate));
  return (
    certificate.validFromDate.getTime() <= now &&
    certificate.validToDate.getTime() - RENEW_BEFORE_MS > now &&
    names.every((name) => known.has(name))
  );
}

/** The names and addresses that a certificate of ours is for. */
export function namesOf(certificate: X509Certificate): string[] {
  return (certificate.subjectAltName ?? '')
    .split(', ')
    .map((entry) => entry.replace(/^(?:DNS|IP Address):/, '').toLowerCase())
    .map((name) => (name.includes(':') ? new URL(`http://[${name}]`).hostname.slice(1, -1) : name))
    .filter((name) => name !== '');
}

function damaged(path: string, why: string, cause?: unknown): ShelfwireError {
  return new ShelfwireError('NETWORK_KEY_DAMAGED', `${path} ${why}.`, { cause });
}
