import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { DeviceState } from '#agent/store/device.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { loadDeviceKey } from './device-key.ts';
import { enrol } from './enrol.ts';

const token = 'one-time-token-of-the-test';
let folder: string;
let server: Server;
let asked: { publicKey: string; store?: string }[];
let answers: [status: number, body: string][];
let state: { identity: DeviceState['identity'] };
let updates: Partial<DeviceState>[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'enrol-'));
  asked = [];
  answers = [];
  state = { identity: null };
  updates = [];
  server = createServer((request, response) => {
    let text = '';
    request.on('data', (chunk: Buffer) => (text += chunk.toString()));
    request.on('end', () => {
      asked.push(JSON.parse(text) as { publicKey: string; store?: string });
      const [status, body] = answers.shift() ?? [500, ''];
      // 0: the answer is lost.
      if (status === 0) request.socket.destroy();
      else response.writeHead(status, { 'content-type': 'application/json' }).end(body);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
});

afterEach(() => {
  server.close();
  rmSync(folder, { recursive: true, force: true });
});

function call(more: { again?: boolean; token?: string } = {}) {
  const device = {
    get state() {
      return state as DeviceState;
    },
    update: async (change: Partial<DeviceState>) => {
      updates.push(change);
      Object.assign(state, change);
    },
  };
  const hubUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return enrol({ hubUrl, token, deviceName: 'till 1', folder, device, clock: systemClock, ...more });
}

const welcome = (device: number, code = 'S1'): [number, string] => [
  201,
  JSON.stringify({ device, store: { code, name: 'One' } }),
];

describe('enrolment', () => {
  it('X1 the key is on disk before it is sent, for its owner only, and the device is remembered', async () => {
    answers = [welcome(4)];
    expect(await call()).toMatchObject({ device: 4, store: { code: 'S1' }, deviceName: 'till 1' });
    expect(state.identity?.device).toBe(4);
    expect(loadDeviceKey(folder).publicKey).toBe(asked[0]?.publicKey);
    const mode = process.platform === 'win32' ? 0o600 : statSync(join(folder, 'device.key')).mode & 0o777;
    expect(mode).toBe(0o600);
  });

  it('S2 after a lost answer the same key is sent again', async () => {
    answers = [[0, ''], welcome(4)];
    await expect(call()).rejects.toMatchObject({ code: 'HUB_UNREACHABLE' });
    expect(state.identity).toBeNull();
    await call();
    expect(asked[1]?.publicKey).toBe(asked[0]?.publicKey);
  });

  it.each([
    [[403, '{"code":"TOKEN_USED","detail":"used on Monday"}'], { code: 'TOKEN_USED', message: 'used on Monday' }],
    [[403, '{"code":"NEVER_HEARD_OF"}'], { code: 'HUB_UNREACHABLE' }],
    [[200, '{"device":"four"}'], { code: 'HUB_UNREACHABLE' }],
    [[502, '<html>Bad gateway</html>'], { code: 'HUB_UNREACHABLE' }],
  ] as [[number, string], object][])('X2 a hub that answers %j is an error with a code', async (answer, error) => {
    answers = [answer];
    await expect(call()).rejects.toMatchObject(error);
    expect(state.identity).toBeNull();
  });

  it('X2 asks nothing with a token that cannot be one', async () => {
    await expect(call({ token: 'x' })).rejects.toMatchObject({ code: 'REQUEST_INVALID' });
    expect(asked).toEqual([]);
  });

  it('keeps a device as it is unless it is told to enrol again, then with a new key', async () => {
    answers = [welcome(4), welcome(5)];
    await call();
    await expect(call()).rejects.toMatchObject({ code: 'ALREADY_ENROLLED' });
    expect(await call({ again: true })).toMatchObject({ device: 5 });
    // Told in the write that makes it another device: what came down before is not what this one is told.
    expect(updates.at(-1)).toMatchObject({ identity: { device: 5 }, hasEarlierDocuments: true });
    expect(asked[1]?.publicKey).not.toBe(asked[0]?.publicKey);
    expect(loadDeviceKey(folder).publicKey).toBe(asked[1]?.publicKey);
  });

  it("F4 tells the hub whose facts the folder holds, and never becomes another store's device", async () => {
    answers = [welcome(4), [409, '{"code":"STORE_DIFFERS","detail":"a token of S2"}'], welcome(5, 'S2')];
    await call();
    const { publicKey } = loadDeviceKey(folder);
    await expect(call({ again: true })).rejects.toMatchObject({ code: 'STORE_DIFFERS', message: 'a token of S2' });
    await expect(call({ again: true })).rejects.toMatchObject({ code: 'STORE_DIFFERS' });
    expect(asked.map(({ store }) => store)).toEqual([undefined, 'S1', 'S1']);
    expect([state.identity?.device, loadDeviceKey(folder).publicKey]).toEqual([4, publicKey]);
  });
});
