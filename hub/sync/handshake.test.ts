import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { helloMessage, type Hello } from '#shared/protocol/messages/hello.ts';
import { acceptHello, DeviceVerifier, openChallenge, type DeviceRecord } from './handshake.ts';

const { publicKey, privateKey } = generateKeyPairSync('ed25519');
const raw = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
const EPOCH = 1_700_000_000_000;
const record: DeviceRecord = {
  device: 5,
  location: 9,
  store: { code: 'S', name: 'S' },
  publicKey: raw,
  revokedReason: null,
};

function hello(nonce: string, over: Partial<Hello> = {}): Hello {
  const signature = sign(null, helloMessage(nonce, 5, EPOCH), privateKey).toString('base64url');
  return { protocol: 2, device: 5, epoch: EPOCH, signature, backlog: 0, agentVersion: 'test', ...over };
}

function codeOf(work: () => unknown): string {
  try {
    work();
    return 'ok';
  } catch (error) {
    return error instanceof ShelfwireError ? error.code : String(error);
  }
}

describe('handshake', () => {
  it('X1 makes a nonce of 32 bytes for each connection', () => {
    expect(Buffer.from(openChallenge().nonce, 'base64url').length).toBe(32);
    expect(openChallenge().nonce).not.toBe(openChallenge().nonce);
  });

  it('X1 S6 takes one answer, in a protocol that is served', () => {
    const table: [number, string][] = [
      [0, 'PROTOCOL_TOO_OLD'],
      [1, 'ok'],
      [2, 'ok'],
      [3, 'PROTOCOL_TOO_NEW'],
    ];
    for (const [protocol, code] of table) {
      const open = openChallenge();
      expect(codeOf(() => acceptHello(open, hello(open.nonce, { protocol })))).toBe(code);
      expect(codeOf(() => acceptHello(open, hello(open.nonce)))).toBe('NONCE_REPLAYED');
    }
  });

  it('S4 believes a signature over this nonce, device and epoch by the key of the device', () => {
    const verifier = new DeviceVerifier();
    const { nonce } = openChallenge();
    const good = hello(nonce);
    expect(verifier.verify(nonce, good, record)).toBe(record);
    const other = generateKeyPairSync('ed25519').publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
    const fresh = new DeviceVerifier();
    expect(codeOf(() => fresh.verify(nonce, good, undefined))).toBe('DEVICE_UNKNOWN');
    expect(codeOf(() => fresh.verify(nonce, good, { ...record, publicKey: other }))).toBe('SIGNATURE_INVALID');
    expect(codeOf(() => fresh.verify(nonce, { ...good, epoch: EPOCH + 1 }, record))).toBe('SIGNATURE_INVALID');
    expect(codeOf(() => fresh.verify(nonce, { ...good, device: 6 }, record))).toBe('SIGNATURE_INVALID');
    expect(codeOf(() => fresh.verify(nonce, { ...good, signature: 'A'.repeat(86) }, record))).toBe('SIGNATURE_INVALID');
  });

  it('X1 knows a hello again that was good on another connection', () => {
    const verifier = new DeviceVerifier();
    const first = openChallenge().nonce;
    const replayed = hello(first);
    verifier.verify(first, replayed, record);
    expect(codeOf(() => verifier.verify(openChallenge().nonce, replayed, record))).toBe('NONCE_REPLAYED');
  });

  it('X1 tells a revocation only to who holds the key', () => {
    const verifier = new DeviceVerifier();
    const { nonce } = openChallenge();
    const revoked = { ...record, revokedReason: 'lost' };
    expect(codeOf(() => verifier.verify(nonce, hello(nonce), revoked))).toBe('DEVICE_REVOKED');
    expect(codeOf(() => verifier.verify(nonce, { ...hello(nonce), signature: 'A'.repeat(86) }, revoked))).toBe(
      'SIGNATURE_INVALID',
    );
  });
});
