import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { Vault } from './vault.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'shelfwire-vault-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const codeOf = (act: () => unknown): string => {
  try {
    act();
    return 'none';
  } catch (error) {
    return error instanceof ShelfwireError ? error.code : String(error);
  }
};

it('X1 what is sealed opens for its subject alone, with the key alone, and says nothing', () => {
  const file = join(folder, 'deep', 'secrets.keys');
  const secrets = new Vault(file);
  const sealed = secrets.seal({ token: 'geheim-geheim' }, 'erp:A');
  expect(sealed.toString('latin1')).not.toContain('geheim');
  expect(secrets.seal({ token: 'geheim-geheim' }, 'erp:A').equals(sealed)).toBe(false);
  expect(new Vault(file).open(sealed, 'erp:A')).toEqual({ token: 'geheim-geheim' });
  expect(codeOf(() => secrets.open(sealed, 'erp:B'))).toBe('CHANNEL_KEY_MISSING');
  const bent = Buffer.from(sealed);
  bent[bent.length - 1]! ^= 1;
  expect(codeOf(() => secrets.open(bent, 'erp:A'))).toBe('CHANNEL_KEY_MISSING');
  expect(codeOf(() => secrets.open(Buffer.alloc(3), 'erp:A'))).toBe('CHANNEL_KEY_MISSING');
  const other = new Vault(join(folder, 'other.key'));
  other.seal(1, 'x');
  expect(codeOf(() => other.open(sealed, 'erp:A'))).toBe('CHANNEL_KEY_MISSING');
  expect(statSync(file).mode & 0o077).toBe(0);
});

it('X1 a new first line rotates the key: what was sealed before still opens', () => {
  const file = join(folder, 'secrets.keys');
  const before = new Vault(file).seal('old', 'erp:A');
  const old = readFileSync(file, 'utf8');
  writeFileSync(file, `${randomBytes(32).toString('base64')}\n${old}`);
  const rotated = new Vault(file);
  const after = rotated.seal('new', 'erp:A');
  expect([rotated.open(before, 'erp:A'), rotated.open(after, 'erp:A')]).toEqual(['old', 'new']);
  writeFileSync(file, old);
  expect(codeOf(() => new Vault(file).open(after, 'erp:A'))).toBe('CHANNEL_KEY_MISSING');
});

it('X1 a key is never made where something sealed is to be opened, and a damaged one is said so', () => {
  const file = join(folder, 'secrets.keys');
  expect(codeOf(() => new Vault(file).open(Buffer.alloc(40), 'erp:A'))).toBe('CHANNEL_KEY_MISSING');
  expect(codeOf(() => readFileSync(file))).toContain('ENOENT');
  writeFileSync(file, 'nonsense\n');
  expect(codeOf(() => new Vault(file).seal(1, 'erp:A'))).toBe('CHANNEL_KEY_MISSING');
});
