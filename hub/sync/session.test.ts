import { sign } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { helloMessage, type Hello } from '#shared/protocol/messages/hello.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { MemoryLedger } from '#test/support/memory-ledger.ts';
import { ManualClock } from '#test/support/manual-clock.ts';
import { keyOf, publicKeyOf, TEST_EPOCH } from '#test/support/raw-agent.ts';
import { codeOf } from '#test/support/running-sync.ts';
import { Admission } from './admission.ts';
import { DeviceVerifier } from './handshake.ts';
import { Intake } from './intake.ts';
import { Session, type SessionPorts } from './session.ts';

const key = keyOf('till');
const thief = keyOf('thief');

function portsWith(burst: number): SessionPorts {
  const clock = new ManualClock();
  const shared = { clock, random: () => 0.5, logger: silentLogger };
  const publicKey = Buffer.from(publicKeyOf(key), 'base64url');
  const record = { device: 1, location: 1, store: { code: 'S1', name: 'One' }, publicKey, revokedReason: null };
  return {
    ...shared,
    devices: {
      find: async (device) => (device === 1 ? record : undefined),
      openJournal: async () => ({ journal: 1, watermark: 0, held: null }),
      watermarks: async () => [],
    },
    verifier: new DeviceVerifier(),
    admission: new Admission({ ...shared, perSecond: 1, burst }),
    intake: new Intake({ ...shared, ledger: new MemoryLedger() }),
    feed: { pull: () => Promise.reject(new Error('nothing is pulled here')) },
    status: { note: () => Promise.resolve() },
    takenTasks: { note: () => Promise.resolve() },
    views: { take: () => Promise.resolve() },
    questions: {
      otherStock: async (_scope, sku) => ({ sku, asOf: 1_700_000_000_000, stores: [], more: 0 }),
      coming: async () => ({ asOf: 1_700_000_000_000, journal: 1, watermark: 0, transfers: [], more: 0 }),
    },
  };
}

const sessionOf = (ports: SessionPorts) => new Session(ports, { greeted: () => undefined, close: () => undefined });

async function greet(
  ports: SessionPorts,
  by: { device?: number; key?: typeof key } = {},
  session = sessionOf(ports),
): Promise<string> {
  const { device = 1, key: signer = key } = by;
  const message = helloMessage(session.challenge.nonce, device, TEST_EPOCH);
  const signature = sign(null, message, signer).toString('base64url');
  const hello: Hello = { protocol: 2, device, epoch: TEST_EPOCH, signature, backlog: 0, agentVersion: 'test' };
  return codeOf(await session.answer('hello', hello));
}

describe('admission of sessions', () => {
  it('X1 counts only who has proved who it is: strangers keep no store out', async () => {
    const ports = portsWith(1);
    for (let times = 0; times < 20; times += 1) {
      expect(await greet(ports, { key: thief })).toBe('SIGNATURE_INVALID');
      expect(await greet(ports, { device: 2 })).toBe('DEVICE_UNKNOWN');
    }
    expect(await greet(ports)).toBe('ok');
  });

  it('sends stores away when too many come back at once', async () => {
    const ports = portsWith(2);
    expect([await greet(ports), await greet(ports), await greet(ports)]).toEqual(['ok', 'ok', 'HUB_BUSY']);
  });
});

describe('questions of stores', () => {
  it('X1 X2 are answered after the hello, in their shape, and no faster than people can ask', async () => {
    const ports = portsWith(1);
    const session = sessionOf(ports);
    expect(codeOf(await session.answer('otherStock', { sku: 'A' }))).toBe('HELLO_REQUIRED');
    await greet(ports, {}, session);
    expect(codeOf(await session.answer('otherStock', { sku: 'A', store: 'S2' }))).toBe('REQUEST_INVALID');
    const asked = await Promise.all(Array.from({ length: 40 }, () => session.answer('coming', {})));
    const codes = new Set(asked.map(codeOf));
    expect(codes).toEqual(new Set(['ok', 'RATE_LIMITED']));
    expect(asked.find((one) => !one.ok)).toMatchObject({ error: { retryAfterMs: 500 } });
    (ports.clock as ManualClock).pass(500);
    expect(codeOf(await session.answer('otherStock', { sku: 'A' }))).toBe('ok');
  });
});
