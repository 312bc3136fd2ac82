import { expect, it } from 'vitest';
import { Connections } from './connections.ts';

const opened = (connections: Connections, address: string, times: number): number =>
  Array.from({ length: times }, () => connections.open(address)).filter((isTooMany) => !isTooMany).length;

it('X2 devices of one IPv6 network are not taken for one, and none of them, nor their network, takes all connections', () => {
  const connections = new Connections();
  // Every device of a store has an address of the same /64.
  const devices = Array.from({ length: 10 }, (_, place) => `fd00::${place + 1}`);
  expect(devices.map((address) => opened(connections, address, 6))).toEqual(devices.map(() => 6));
  expect(opened(connections, 'fd00::1', 30)).toBe(18);
  for (const address of devices) for (let time = 0; time < 6; time += 1) connections.close(address);
  for (let time = 0; time < 30; time += 1) connections.close('fd00::1');
  expect(connections.size).toBe(0);
  const many = Array.from({ length: 200 }, (_, place) => `fd00::${(place + 1).toString(16)}`);
  expect(many.reduce((sum, address) => sum + opened(connections, address, 1), 0)).toBe(128);
  expect([opened(connections, '192.0.2.7', 30), opened(connections, '::ffff:192.0.2.7', 1)]).toEqual([24, 0]);
});
