import { expect, it } from 'vitest';
import { ManualClock } from '#test/support/manual-clock.ts';
import { networkOf, PINS_FROM_NETWORK, WrongPins } from './wrong-pins.ts';

it('X1 from the network five wrong PINs of an address, thirty of all; then one a minute, and one every thirty seconds', () => {
  const clock = new ManualClock();
  const pins = new WrongPins(PINS_FROM_NETWORK, clock);
  const five = (address: string): void => {
    for (let no = 1; no <= 5; no += 1) {
      expect([no, pins.waitMs(address)]).toEqual([no, 0]);
      pins.count(address);
    }
  };
  five('10.0.0.1');
  expect([pins.waitMs('10.0.0.1'), pins.waitMs('10.0.0.2')]).toEqual([60_000, 0]);
  for (let no = 2; no <= 6; no += 1) five(`10.0.0.${no}`);
  expect([pins.waitMs('10.0.0.6'), pins.waitMs('10.0.0.9')]).toEqual([60_000, 30_000]);
  expect(pins.recent()).toEqual({ count: 30, addresses: [1, 2, 3, 4, 5, 6].map((no) => `10.0.0.${no}`) });
  clock.pass(30_000);
  expect([pins.waitMs('10.0.0.6'), pins.waitMs('10.0.0.9')]).toEqual([30_000, 0]);
  clock.pass(3_600_000);
  expect(pins.recent()).toEqual({ count: 0, addresses: [] });
});

it.each([
  ['10.0.0.1', '10.0.0.1'],
  ['::ffff:10.0.0.1', '10.0.0.1'],
  ['fd00:1:2:3:4:5:6:7', 'fd00:1:2:3::/64'],
  ['fd00:1:2:3::7', 'fd00:1:2:3::/64'],
  ['fd00::7', 'fd00:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
])('X1 %s counts as %s: who has one address of IPv6 has all of its network', (address, network) => {
  expect(networkOf(address)).toBe(network);
});
