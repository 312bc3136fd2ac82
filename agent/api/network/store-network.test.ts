import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { expect, it, onTestFinished } from 'vitest';
import { silentLogger } from '#shared/runtime/logger.ts';
import { ManualClock } from '#test/support/manual-clock.ts';
import type { Machine } from './address.ts';
import { identityFile } from './identity.ts';
import type { NetworkSettings } from './settings.ts';
import { StoreNetwork } from './store-network.ts';

const HERE: Machine = { hostname: 'till', addresses: [{ address: '192.168.7.5', internal: false }] };

/** A store's network whose settings, machine and time a test moves. */
async function network(listen: NetworkSettings['listen']) {
  const folder = mkdtempSync(join(tmpdir(), 'network-'));
  const clock = new ManualClock();
  const world = { listen, machine: HERE, later: 0, turnedOff: 0, wrongPins: 0 };
  const running = await StoreNetwork.start({
    folder,
    settings: () => ({ listen: world.listen, names: [] }),
    machine: () => world.machine,
    trueNow: () => clock.now() + world.later,
    handler: () => (_request, response) => void response.end('here'),
    turnedOff: () => (world.turnedOff += 1),
    wrongPins: () => ({ count: world.wrongPins, addresses: ['a', 'b', 'c', 'd'] }),
    clock,
    logger: silentLogger,
  });
  onTestFinished(async () => {
    await running.stop();
    rmSync(folder, { recursive: true, force: true });
  });
  const becomes = async (state: string, code?: string) => {
    await expect
      .poll(() => {
        clock.pass(2_000);
        const { state: now, lastError } = running.report();
        return [now, lastError?.code];
      })
      .toEqual([state, code]);
  };
  return { folder, world, running, becomes };
}

async function occupied(): Promise<Server & { port: number }> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return Object.assign(server, { port: (server.address() as AddressInfo).port });
}

/** The fingerprint that a device sees; undefined: nobody is there. */
const seenAt = (port: number) =>
  new Promise<string | undefined>((resolve) => {
    const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
      resolve(socket.getPeerCertificate().fingerprint256);
      socket.destroy();
    });
    socket.on('error', () => resolve(undefined));
  });

it('listens when the port that was taken is free, stays closed when it is turned off', async () => {
  const other = await occupied();
  const { port } = other;
  const { world, running, becomes } = await network({ host: '127.0.0.1', port });
  expect(running.report()).toMatchObject({ state: 'failed', lastError: { code: 'NETWORK_PORT_TAKEN' } });
  other.close();
  await becomes('listening');
  expect(await seenAt(port)).toBe(running.report().fingerprint);
  world.listen = undefined;
  await becomes('off');
  await expect.poll(() => world.turnedOff).toBeGreaterThan(0);
  expect(await seenAt(port)).toBeUndefined();
});

it('closes when its address goes with the interface, and is back with it', async () => {
  const { port } = await occupied();
  const { world, running, becomes } = await network({ host: '192.168.7.5', port });
  // The address is said to be there and is not: the system refuses it.
  expect(running.report().lastError?.code).toBe('NETWORK_ADDRESS_ABSENT');
  world.listen = { host: '127.0.0.1', port: 0 };
  await becomes('listening');
  const before = running.report().fingerprint;
  world.listen = { host: '192.168.7.9', port: 0 };
  await becomes('failed', 'NETWORK_ADDRESS_ABSENT');
  expect(running.report().urls).toEqual([]);
  world.listen = { host: '127.0.0.1', port: 0 };
  await becomes('listening');
  expect(running.report().fingerprint).toBe(before);
});

it('renews its certificate while it listens, and shows the fingerprint that devices see', async () => {
  const held = await occupied();
  held.close();
  const { world, running, becomes } = await network({ host: '127.0.0.1', port: held.port });
  await becomes('listening');
  const first = running.report().fingerprint;
  expect(await seenAt(held.port)).toBe(first);
  world.later = 380 * 86_400_000;
  await expect
    .poll(async () => {
      await becomes('listening');
      return running.report().fingerprint;
    })
    .not.toBe(first);
  expect(await seenAt(held.port)).toBe(running.report().fingerprint);
});

it('goes on with the key that it holds when the file is damaged meanwhile, and says so', async () => {
  const held = await occupied();
  held.close();
  const { folder, running, becomes } = await network({ host: '127.0.0.1', port: held.port });
  await becomes('listening');
  const { fingerprint } = running.report();
  writeFileSync(identityFile(folder), 'damaged');
  await becomes('listening', 'NETWORK_KEY_DAMAGED');
  expect(await seenAt(held.port)).toBe(fingerprint);
});

it('X1 says that somebody tries PINs, and from where', async () => {
  const { world, running } = await network(undefined);
  world.wrongPins = 14;
  expect(running.report().lastError).toBeNull();
  world.wrongPins = 15;
  expect(running.report().lastError).toMatchObject({
    code: 'NETWORK_GUESSING',
    detail: '15 wrong PINs in the last hour, from a, b, c and 1 more.',
  });
});
