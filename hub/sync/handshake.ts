import { createPublicKey, randomBytes, verify, type KeyObject } from 'node:crypto';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { helloMessage, type Hello } from '#shared/protocol/messages/hello.ts';
import { PROTOCOL, type ProtocolVersion } from '#shared/protocol/version.ts';

/** What the hub knows of a device. */
export interface DeviceRecord {
  readonly device: number;
  readonly location: number;
  readonly store: { readonly code: string; readonly name: string };
  /** Ed25519, raw 32 bytes. */
  readonly publicKey: Buffer;
  readonly revokedReason: string | null;
}

/** A question that one connection is asked once. */
export interface OpenChallenge {
  readonly nonce: string;
  answered: boolean;
}

const KEYS_MAX = 10_000;
const SIGNATURES_MAX = 4_096;
/** An Ed25519 public key's DER (SPKI) without its 32 bytes. */
const SPKI_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');

export function openChallenge(): OpenChallenge {
  return { nonce: randomBytes(32).toString('base64url'), answered: false };
}

/**
 * The first half of the decision, which needs nothing but the connection: the challenge is answered once, in a protocol
 * that this hub serves. Throws NONCE_REPLAYED, PROTOCOL_TOO_OLD, PROTOCOL_TOO_NEW.
 */
export function acceptHello(open: OpenChallenge, hello: Hello): ProtocolVersion {
  if (open.answered)
    throw new ShelfwireError('NONCE_REPLAYED', 'The challenge of this connection was answered already.');
  open.answered = true;
  const { protocol } = hello;
  const served = `this hub serves ${PROTOCOL.oldest} to ${PROTOCOL.current}`;
  if (protocol < PROTOCOL.oldest) throw new ShelfwireError('PROTOCOL_TOO_OLD', `Protocol ${protocol}: ${served}.`);
  if (protocol > PROTOCOL.current) throw new ShelfwireError('PROTOCOL_TOO_NEW', `Protocol ${protocol}: ${served}.`);
  return protocol as ProtocolVersion;
}

/** The second half: whether a device is who it says it is. */
export class DeviceVerifier {
  readonly #keys = new Map<string, KeyObject>();
  readonly #accepted = new Set<string>();

  /**
   * Throws DEVICE_UNKNOWN, SIGNATURE_INVALID, NONCE_REPLAYED (a hello that was good on another connection) or
   * DEVICE_REVOKED, the last one only to who holds the key.
   */
  verify(nonce: string, hello: Hello, device: DeviceRecord | undefined): DeviceRecord {
    if (!device) throw new ShelfwireError('DEVICE_UNKNOWN', `There is no device ${hello.device}.`);
    const message = helloMessage(nonce, hello.device, hello.epoch);
    if (!verify(null, message, this.#keyOf(device.publicKey), Buffer.from(hello.signature, 'base64url'))) {
      if (this.#accepted.has(hello.signature)) {
        throw new ShelfwireError(
          'NONCE_REPLAYED',
          `The hello of device ${hello.device} belongs to another connection.`,
        );
      }
      throw new ShelfwireError('SIGNATURE_INVALID', `The signature is not by the key of device ${hello.device}.`);
    }
    remember(this.#accepted, hello.signature);
    if (device.revokedReason !== null) {
      throw new ShelfwireError('DEVICE_REVOKED', `Device ${device.device} was revoked: ${device.revokedReason}`);
    }
    return device;
  }

  #keyOf(raw: Buffer): KeyObject {
    const id = raw.toString('base64');
    const known = this.#keys.get(id);
    if (known) return known;
    const key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, raw]), format: 'der', type: 'spki' });
    const [oldest] = this.#keys.keys();
    if (this.#keys.size >= KEYS_MAX && oldest !== undefined) this.#keys.delete(oldest);
    this.#keys.set(id, key);
    return key;
  }
}

function remember(signatures: Set<string>, signature: string): void {
  const [oldest] = signatures;
  if (signatures.size >= SIGNATURES_MAX && oldest !== undefined) signatures.delete(oldest);
  signatures.add(signature);
}
