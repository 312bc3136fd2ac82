import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { People } from './people.ts';

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'people-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

it('X1 a PIN says who it is, is kept as a hash in a private file, and counts at once where it was read before', () => {
  const path = folder();
  const [here, there] = [new People(path), new People(path)];
  expect(there.find('123456')).toBeUndefined();
  const pin = here.add({ name: 'Ada', role: 'manager' }, 0);
  expect(pin).toMatch(/^\d{6}$/);
  expect(there.find(pin)).toEqual({ name: 'Ada', role: 'manager' });
  expect(there.find(pin === '000000' ? '000001' : '000000')).toBeUndefined();
  expect(readFileSync(join(path, 'people.json'), 'utf8')).not.toContain(`"${pin}"`);
  expect(statSync(join(path, 'people.json')).mode & 0o777).toBe(0o600);
  here.remove('Ada');
  expect(there.find(pin)).toBeUndefined();
});

it('nobody has the PIN or the name of another', () => {
  const people = new People(folder());
  people.add({ name: 'Ada', role: 'manager', pin: '111111' }, 0);
  expect(() => people.add({ name: 'ada', role: 'clerk' }, 0)).toThrow(
    expect.objectContaining({ code: 'CONFLICT' }) as Error,
  );
  expect(() => people.add({ name: 'Bob', role: 'clerk', pin: '111111' }, 0)).toThrow('another PIN');
  expect(() => people.add({ name: 'Bob', role: 'clerk', pin: '11' }, 0)).toThrow('6 to 12 digits');
  expect(() => people.add({ name: '<b>', role: 'clerk' }, 0)).toThrow(
    expect.objectContaining({ code: 'REQUEST_INVALID' }) as Error,
  );
});
