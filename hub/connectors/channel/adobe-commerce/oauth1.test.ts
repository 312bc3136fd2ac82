import { createHmac } from 'node:crypto';
import { expect, it } from 'vitest';
import { authorization, signatureBase } from './oauth1.ts';

it('signs what RFC 5849 says is signed (its example of 3.4.1.1)', () => {
  const base = signatureBase('POST', 'http://example.com/request', [
    ['b5', '=%3D'],
    ['a3', 'a'],
    ['c@', ''],
    ['a2', 'r b'],
    ['oauth_consumer_key', '9djdj82h48djs9d2'],
    ['oauth_token', 'kkk9d7dh3k39sjv7'],
    ['oauth_signature_method', 'HMAC-SHA1'],
    ['oauth_timestamp', '137131201'],
    ['oauth_nonce', '7d8f3e4a'],
    ['c2', ''],
    ['a3', '2 q'],
  ]);
  expect(base).toBe(
    'POST&http%3A%2F%2Fexample.com%2Frequest&a2%3Dr%2520b%26a3%3D2%2520q%26a3%3Da%26b5%3D%253D%25253D%26c%2540%3D%26c2%3D%26oauth_consumer_key%3D9djdj82h48djs9d2%26oauth_nonce%3D7d8f3e4a%26oauth_signature_method%3DHMAC-SHA1%26oauth_timestamp%3D137131201%26oauth_token%3Dkkk9d7dh3k39sjv7',
  );
});

it('signs with both secrets, and says no secret', () => {
  const keys = { consumerKey: 'key', consumerSecret: 'se&cret', accessToken: 'token', accessTokenSecret: 'other/' };
  const request = { method: 'GET', url: 'https://shop.example/rest/all/V1/orders', query: [['a[b]', "c d'"]] as const };
  const header = authorization(keys, request, { nonce: 'n1', nowMs: 1_700_000_000_999 });
  const signature = decodeURIComponent(/oauth_signature="([^"]+)"/.exec(header)?.[1] ?? '');
  const base =
    'GET&https%3A%2F%2Fshop.example%2Frest%2Fall%2FV1%2Forders&a%255Bb%255D%3Dc%2520d%2527%26oauth_consumer_key%3Dkey%26oauth_nonce%3Dn1%26oauth_signature_method%3DHMAC-SHA256%26oauth_timestamp%3D1700000000%26oauth_token%3Dtoken%26oauth_version%3D1.0';
  expect(signature).toBe(createHmac('sha256', 'se%26cret&other%2F').update(base).digest('base64'));
  expect(header).not.toMatch(/se&cret|se%26cret|other/);
});
