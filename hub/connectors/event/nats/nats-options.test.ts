import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { natsAt } from '#test/support/nats.ts';
import { isSecure, readCredentials, readNatsOptions, type NatsOptions } from './nats-options.ts';

const folder = mkdtempSync(join(tmpdir(), 'shelfwire-nats-'));
function credentials(text: string) {
  const file = join(folder, 'file');
  writeFileSync(file, text);
  return () => readCredentials(file);
}
const read = (parts: Partial<NatsOptions>) => () => readNatsOptions(natsAt('nats://a.example:4222', parts));

describe('what a hub is told of NATS', () => {
  it('X2 refuses addresses that are none, names that are patterns, and passwords on the command line', () => {
    for (const server of ['http://a.example', 'a.example', 'nats://', 'nats://u:secret@a.example', 'nats://a/b']) {
      expect(read({ servers: [server] })).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    }
    for (const parts of [{ stream: 'A.B' }, { stream: '' }, { prefix: 'a.>' }, { prefix: 'a..b' }, { prefix: '*' }]) {
      expect(read(parts)).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
    }
    expect(read({ servers: ['nats://a.example', 'tls://b.example'] })).toThrow('either all');
    expect(read({ prefix: 'chain.shelfwire' })()).toMatchObject({ prefix: 'chain.shelfwire' });
    expect(isSecure(read({ servers: ['tls://a.example'] })())).toBe(true);
  });

  it('X1 X2 takes credentials in each of their forms, and shows nothing of a file that it does not understand', () => {
    const seed = `SU${'A'.repeat(56)}`;
    const jwt = '-----BEGIN NATS USER JWT-----\nx\n------END NATS USER JWT------\n';
    for (const text of ['{"user":"u","password":"p"}', '{"token":"t"}', `${seed}\n`, jwt]) {
      expect(credentials(text)()).toBeTypeOf('function');
    }
    for (const text of ['hidden', '{"password":"hidden"}', '{"token":"hidden","more":1}', 'x'.repeat(70_000)]) {
      expect(credentials(text)).toThrow(expect.objectContaining({ code: 'NATS_CREDENTIALS_INVALID' }));
      expect(credentials(text)).not.toThrow('hidden');
    }
    expect(() => readCredentials(join(folder, 'absent'))).toThrow('ENOENT');
  });
});
