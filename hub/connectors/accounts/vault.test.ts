import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { Vault } from './vault.ts';

let file: string;
beforeEach(() => {
  file = join(mkdtempSync(join(tmpdir(), 'shelfwire-vault-')), 'inner', 'channel-keys');
});
const secret = { accessToken: 'shpat_0123456789' };
const codeOf = (work: () => unknown): string => {
  try {
    work();
    return 'nothing was thrown';
  } catch (error) {
    return error instanceof ShelfwireError ? error.code : String(error);
  }
};

describe('the vault of credentials', () => {
  it('X1 opens what it sealed, under the same name only; nothing of it is to be seen', () => {
    const vault = new Vault(file);
    const sealed = vault.seal(secret, 'account 1');
    expect(vault.open(sealed, 'account 1')).toEqual(secret);
    expect(codeOf(() => vault.open(sealed, 'account 2'))).toBe('CHANNEL_KEY_MISSING');
    expect(sealed.toString('latin1')).not.toContain('shpat');
    expect(vault.seal(secret, 'account 1').equals(sealed)).toBe(false);
    expect(statSync(file).mode & 0o077).toBe(0);
  });

  it('X1 a disk that does not take the key leaves no file without one', () => {
    const program = `
      import { Vault } from '#hub/connectors/accounts/vault.ts';
      try { new Vault(process.argv.at(-1)).seal({}, 'a'); } catch (error) { console.log(error.code); }`;
    const { stdout } = spawnSync(
      'bash',
      ['-c', 'ulimit -f 0; exec "$0" --input-type=module --eval "$1" "$2"', process.execPath, program, file],
      { encoding: 'utf8', env: { ...process.env, NODE_COMPILE_CACHE: '' } },
    );
    expect(stdout).toBe('CHANNEL_KEY_MISSING\n');
    expect(readdirSync(dirname(file))).toEqual([]);
    new Vault(file).seal(secret, 'a');
    expect(readdirSync(dirname(file))).toEqual(['channel-keys']);
  });

  it('X1 refuses what was changed, at whatever place', () => {
    const vault = new Vault(file);
    const sealed = vault.seal(secret, 'a');
    for (let place = 0; place < sealed.length; place += 1) {
      const changed = Buffer.from(sealed);
      changed[place]! ^= 1;
      expect([place, codeOf(() => vault.open(changed, 'a'))]).toEqual([place, 'CHANNEL_KEY_MISSING']);
    }
    expect(codeOf(() => vault.open(Buffer.alloc(3), 'a'))).toBe('CHANNEL_KEY_MISSING');
  });

  it('X1 a key that is put in front counts at once, and older ones still open', () => {
    const [here, there] = [new Vault(file), new Vault(file)];
    const old = here.seal(secret, 'a');
    expect(there.isCurrent(old)).toBe(true);
    writeFileSync(file, `${randomBytes(32).toString('base64')}\n${readFileSync(file, 'utf8')}`);
    expect([here.isCurrent(old), here.open(old, 'a')]).toEqual([false, secret]);
    const young = here.seal(secret, 'a');
    expect(there.isCurrent(young)).toBe(true);
    writeFileSync(file, readFileSync(file, 'utf8').split('\n')[0]!);
    expect([codeOf(() => there.open(old, 'a')), there.open(young, 'a')]).toEqual(['CHANNEL_KEY_MISSING', secret]);
  });

  it('says what is wrong with the file of keys, and makes none for what is to be opened', () => {
    const vault = new Vault(file);
    const sealed = new Vault(`${file}-other`).seal(secret, 'a');
    expect(codeOf(() => vault.open(sealed, 'a'))).toBe('CHANNEL_KEY_MISSING');
    for (const text of ['', 'no key', randomBytes(16).toString('base64')]) {
      writeFileSync(file, text);
      expect([text.slice(0, 6), codeOf(() => vault.seal(secret, 'a'))]).toEqual([
        text.slice(0, 6),
        'CHANNEL_KEY_MISSING',
      ]);
    }
  });
});
