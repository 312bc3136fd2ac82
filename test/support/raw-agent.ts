import { createHash, createPrivateKey, createPublicKey, sign, type KeyObject } from 'node:crypto';
import type { Pool } from 'pg';
import { io, type Socket } from 'socket.io-client';
import { NAMESPACE, type Answer } from '#shared/protocol/events.ts';
import { helloMessage, type Challenge, type Welcome } from '#shared/protocol/messages/hello.ts';
import { createToken, enrol } from '#hub/sync/enrolment.ts';

/** A device that the hub knows, with its private key. */
export interface TestDevice {
  readonly device: number;
  readonly location: number;
  readonly key: KeyObject;
}

const EPOCH = 1_700_000_000_000;
const ANSWER_WITHIN_MS = 30_000;
/** An Ed25519 private key's DER (PKCS 8) without its 32 bytes. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A key made of a name: the same name gives the same key. */
export function keyOf(name: string): KeyObject {
  const seed = createHash('sha256').update(name).digest();
  return createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, seed]), format: 'der', type: 'pkcs8' });
}

/** Its public half as a device sends it at enrolment. */
export function publicKeyOf(key: KeyObject): string {
  return createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32).toString('base64url');
}

/** Enrols a device in a store, which is made when it does not exist. */
export async function enrolDevice(pool: Pool, storeCode: string, name = storeCode): Promise<TestDevice> {
  const { rows } = await pool.query<{ location: number }>(
    `INSERT INTO locations (code, name) VALUES ($1, $1) ON CONFLICT (code) DO UPDATE SET name = excluded.name
     RETURNING location_no AS location`,
    [storeCode],
  );
  const key = keyOf(name);
  const { token } = await createToken(pool, { storeCode, ttlMs: 60_000 });
  const { device } = await enrol(pool, { token, publicKey: publicKeyOf(key), deviceName: name });
  return { device, location: rows[0]!.location, key };
}

/** A connection that says what it is told to say, true or not: the hub's tests speak with it. */
export class RawAgent {
  readonly socket: Socket;
  readonly challenge: Promise<Challenge>;
  /** What the hub said by itself after the challenge. */
  readonly heard: { event: string; message: unknown }[] = [];
  /** The reason of the end of the connection. */
  readonly ended: Promise<string>;

  constructor(url: string) {
    this.socket = io(`${url}${NAMESPACE}`, { transports: ['websocket'], reconnection: false, forceNew: true });
    this.challenge = new Promise((resolve, reject) => {
      this.socket.once('challenge', resolve);
      this.socket.once('connect_error', reject);
    });
    this.challenge.catch(() => undefined);
    this.ended = new Promise((resolve) => {
      this.socket.once('disconnect', resolve);
    });
    this.socket.onAny((event: string, message: unknown) => {
      if (event !== 'challenge') this.heard.push({ event, message });
    });
  }

  /** Connects and greets as this device. */
  static async greeted(
    url: string,
    device: TestDevice,
    over: Record<string, unknown> = {},
  ): Promise<{ agent: RawAgent; welcome: Welcome }> {
    const agent = new RawAgent(url);
    const answer = await agent.hello(device, over);
    if (!answer.ok) throw new Error(`${answer.error.code}: ${answer.error.detail}`);
    return { agent, welcome: answer.value };
  }

  /** A true hello, but for the fields given. `nonce` is the one that is signed. */
  async hello(
    device: TestDevice,
    over: { nonce?: string; epoch?: number; [field: string]: unknown } = {},
  ): Promise<Answer<Welcome>> {
    const { nonce = (await this.challenge).nonce, ...fields } = over;
    const epoch = over.epoch ?? EPOCH;
    const signature = sign(null, helloMessage(nonce, device.device, epoch), device.key).toString('base64url');
    const honest = { protocol: 2, device: device.device, epoch, signature, backlog: 0, agentVersion: 'test' };
    return this.ask('hello', { ...honest, ...fields });
  }

  async ask<T>(event: string, message: unknown): Promise<Answer<T>> {
    return (await this.socket.timeout(ANSWER_WITHIN_MS).emitWithAck(event, message)) as Answer<T>;
  }

  close(): void {
    this.socket.disconnect();
  }
}

export const TEST_EPOCH = EPOCH;
