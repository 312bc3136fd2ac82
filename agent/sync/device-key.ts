import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { helloMessage } from '#shared/protocol/messages/hello.ts';

const FILE = 'device.key';
const NEXT_FILE = 'device.key.next';

/** The device's Ed25519 key pair. The private half never leaves the data folder. */
export interface DeviceKey {
  /** Raw 32 bytes, base64url. */
  readonly publicKey: string;
  /** Signature of the hub's nonce, base64url. */
  signHello(nonce: string, device: number, epoch: number): string;
}

/** The key of an enrolled device. Throws NOT_ENROLLED when there is none, STORAGE_DAMAGED when it cannot be read. */
export function loadDeviceKey(folder: string): DeviceKey {
  const path = join(folder, FILE);
  if (!existsSync(path)) throw new ShelfwireError('NOT_ENROLLED', `There is no key in ${folder}.`);
  return readKey(path);
}

/**
 * The key to enrol with: made and on disk before it is used, and the same again after a failed attempt, so that a lost
 * answer costs no token. It becomes the device's key by `adoptDeviceKey`.
 */
export function nextDeviceKey(folder: string): DeviceKey {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const path = join(folder, NEXT_FILE);
  if (!existsSync(path)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeDurably(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  }
  return readKey(path);
}

/** Makes the next key the device's key. Does nothing when that has happened. */
export function adoptDeviceKey(folder: string): void {
  const next = join(folder, NEXT_FILE);
  if (existsSync(next)) renameSync(next, join(folder, FILE));
}

function readKey(path: string): DeviceKey {
  let key: KeyObject;
  try {
    key = createPrivateKey(readFileSync(path, 'utf8'));
  } catch (cause) {
    throw new ShelfwireError('STORAGE_DAMAGED', `${path} does not hold a private key.`, { cause, context: { path } });
  }
  const { x: publicKey } = createPublicKey(key).export({ format: 'jwk' });
  if (key.asymmetricKeyType !== 'ed25519' || publicKey === undefined) {
    throw new ShelfwireError('STORAGE_DAMAGED', `${path} does not hold an Ed25519 key.`, { context: { path } });
  }
  return {
    publicKey,
    signHello: (nonce, device, epoch) => sign(null, helloMessage(nonce, device, epoch), key).toString('base64url'),
  };
}

/** Whole or not at all, readable by the owner only. */
function writeDurably(path: string, text: string): void {
  const draft = `${path}.draft`;
  rmSync(draft, { force: true });
  const file = openSync(draft, 'wx', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(draft, path);
}
