import { mkdtempSync, readFileSync, rmSync, statSync, chmodSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { isPresent, readAddress, storeNames, type Machine } from './address.ts';
import { currentIdentity, identityFile, namesOf, readIdentity } from './identity.ts';

const NOW = Date.parse('2026-03-01T12:00:00Z');
const DAY_MS = 86_400_000;
const NAMES = ['till-server', 'till-server.local', '192.168.7.5', 'fd00::5'];

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'identity-'));
  onTestFinished(() => rmSync(made, { recursive: true, force: true }));
  return made;
}

it('makes a certificate for its names and addresses, for a server alone, in a file of its owner', async () => {
  const data = folder();
  const { certificate, key } = await currentIdentity(data, { names: NAMES, now: NOW });
  expect(namesOf(certificate)).toEqual(NAMES);
  expect([certificate.checkHost('till-server.local'), certificate.checkIP('192.168.7.5')]).toEqual([
    'till-server.local',
    '192.168.7.5',
  ]);
  expect(certificate.checkHost('other')).toBeUndefined();
  expect([certificate.ca, certificate.keyUsage]).toEqual([false, ['1.3.6.1.5.5.7.3.1']]);
  expect(certificate.verify(certificate.publicKey)).toBe(true);
  expect(key.asymmetricKeyDetails?.namedCurve).toBe('prime256v1');
  const days = (certificate.validToDate.getTime() - certificate.validFromDate.getTime()) / DAY_MS;
  expect(days).toBe(397);
  expect(statSync(identityFile(data)).mode & 0o777).toBe(0o600);
  expect(readIdentity(data)?.certificate.fingerprint256).toBe(certificate.fingerprint256);
});

it('stays the same until it ends soon, is not valid yet, or lacks a name; the key stays with all of them', async () => {
  const data = folder();
  const first = (await currentIdentity(data, { names: NAMES, now: NOW })).certificate;
  const at = async (now: number, names = NAMES) => (await currentIdentity(data, { names, now })).certificate;
  expect((await at(NOW + 300 * DAY_MS)).fingerprint256).toBe(first.fingerprint256);
  expect((await at(NOW, NAMES.slice(1))).fingerprint256).toBe(first.fingerprint256);
  const renewed = await at(NOW + 370 * DAY_MS);
  expect(renewed.fingerprint256).not.toBe(first.fingerprint256);
  expect(renewed.validToDate.getTime()).toBeGreaterThan(NOW + 700 * DAY_MS);
  // The clock was ahead when it was made, and has been set right.
  const right = await at(NOW);
  expect(right.validFromDate.getTime()).toBeLessThan(NOW);
  const moved = await at(NOW, ['10.0.0.9']);
  expect(namesOf(moved)).toEqual(['10.0.0.9', ...NAMES]);
  const keys = [first, renewed, right, moved].map(({ publicKey }) => publicKey.export({ type: 'spki', format: 'pem' }));
  expect(new Set(keys).size).toBe(1);
});

it('never replaces a damaged key by itself, only when it is asked to', async () => {
  const data = folder();
  const before = await currentIdentity(data, { names: NAMES, now: NOW });
  const pem = readFileSync(identityFile(data), 'utf8');
  const other = (await currentIdentity(folder(), { names: NAMES, now: NOW })).certificate.toString();
  for (const text of ['', 'junk', pem.slice(0, 200), pem.replace(before.certificate.toString(), other)]) {
    writeFileSync(identityFile(data), text);
    await expect(currentIdentity(data, { names: NAMES, now: NOW })).rejects.toMatchObject({
      code: 'NETWORK_KEY_DAMAGED',
    });
    expect(readFileSync(identityFile(data), 'utf8')).toBe(text);
  }
  const made = await currentIdentity(data, { names: NAMES, now: NOW, newKey: true });
  expect(made.certificate.checkPrivateKey(made.key)).toBe(true);
  expect(made.certificate.checkPrivateKey(before.key)).toBe(false);
});

it('X1 closes a key file that others may read', async () => {
  const data = folder();
  await currentIdentity(data, { names: NAMES, now: NOW });
  chmodSync(identityFile(data), 0o644);
  readIdentity(data);
  expect(statSync(identityFile(data)).mode & 0o777).toBe(0o600);
});

it.each([
  ['192.168.1.5:7000', { host: '192.168.1.5', port: 7_000 }],
  ['192.168.1.5', { host: '192.168.1.5', port: 7_443 }],
  ['8443', { host: '0.0.0.0', port: 8_443 }],
  ['[FD00:0:0::5]:1', { host: 'fd00::5', port: 1 }],
  ['[::]', { host: '::', port: 7_443 }],
  ['1.2.3.4:', undefined],
  ['1.2.3.4:99999', undefined],
  ['1.2.3.256:1', undefined],
  ['till:7443', undefined],
  ['', undefined],
  ['https://1.2.3.4', undefined],
])('X2 reads %j as an address to listen on, or not at all', (text, address) => {
  expect(readAddress(text)).toEqual(address);
});

it('is called by the names and addresses of the machine, and by what is added', () => {
  const machine: Machine = {
    hostname: 'Till-Server.shop.example',
    addresses: [
      { address: '127.0.0.1', internal: true },
      { address: '192.168.7.5', internal: false },
      { address: 'fd00::5', internal: false },
    ],
  };
  const everywhere = { host: '0.0.0.0', port: 1 };
  const own = ['till-server.shop.example', 'till-server.local'];
  expect(storeNames(machine, everywhere, ['Tills', 'bad name'])).toEqual([
    ...own,
    '192.168.7.5',
    'tills',
    'localhost',
    '127.0.0.1',
  ]);
  expect(storeNames(machine, { host: 'fd00::5', port: 1 }, [])).toEqual([...own, 'fd00::5', 'localhost', '127.0.0.1']);
  expect(['0.0.0.0', '192.168.7.5', '127.0.0.1', '10.0.0.1'].map((host) => isPresent(host, machine))).toEqual([
    true,
    true,
    true,
    false,
  ]);
});
