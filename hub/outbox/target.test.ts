import { describe, expect, it } from 'vitest';
import { guardedLookup, isPublicAddress, requireTarget } from './target.ts';

const refusal = (url: string, toPrivate = false): string => {
  try {
    requireTarget(url, { toPrivate });
    return 'taken';
  } catch (error) {
    return (error as { code: string }).code;
  }
};

describe('where messages may be sent', () => {
  it.each([
    'http://shop.example/hook',
    'ftp://shop.example/hook',
    'file:///etc/passwd',
    'shop.example',
    '',
    'https://user:word@shop.example/',
    'https://shop.example/#x',
    'https://localhost/',
    'https://x.localhost/',
    'https://localhost./',
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://10.1.2.3/',
    'https://172.31.0.1/',
    'https://192.168.0.1/',
    'https://169.254.169.254/latest/meta-data/',
    'https://100.64.0.1/',
    'https://0.0.0.0/',
    'https://224.0.0.1/',
    'https://[::1]/',
    'https://[::]/',
    'https://[fe80::1]/',
    'https://[fd00::1]/',
    'https://[::ffff:127.0.0.1]/',
    'https://[::ffff:a00:1]/',
    'https://[64:ff9b::7f00:1]/',
    'https://[2002:7f00:1::]/',
    `https://shop.example/${'x'.repeat(2_048)}`,
  ])('X2 refuses %s', (url) => {
    expect(refusal(url)).toBe('WEBHOOK_URL_FORBIDDEN');
  });

  it('takes https to the public network', () => {
    expect(
      ['https://shop.example:8443/a?b=c', 'https://93.184.216.34/', 'https://[2606:4700::1]/'].map((url) =>
        refusal(url),
      ),
    ).toEqual(['taken', 'taken', 'taken']);
  });

  it('X2 by the option takes private addresses, and http to this machine only', () => {
    const taken = ['http://127.0.0.1:9/', 'http://localhost:9/', 'http://[::1]:9/', 'https://10.0.0.1/'];
    expect(taken.map((url) => refusal(url, true))).toEqual(taken.map(() => 'taken'));
    const refused = ['http://10.0.0.1/', 'http://127.evil.example/', 'http://shop.example/', 'https://u:p@localhost/'];
    expect(refused.map((url) => refusal(url, true))).toEqual(refused.map(() => 'WEBHOOK_URL_FORBIDDEN'));
  });

  it('knows no address by what is none', () => {
    expect(['', 'localhost', '1.2.3', '300.1.1.1'].some(isPublicAddress)).toBe(false);
  });

  it.each([true, false])(
    'X2 a name that leads to this machine is refused when a connection is made (all: %s)',
    async (all) => {
      const looked = await new Promise((resolve) => {
        guardedLookup('localhost', { all }, (error, address) => resolve(error ?? address));
      });
      expect(looked).toMatchObject({ code: 'WEBHOOK_URL_FORBIDDEN' });
    },
  );
});
