import { describe, expect, it } from 'vitest';
import { newSecret, shownSecret, signedHeaders } from './signature.ts';

describe('signatures', () => {
  it('are those of the example in the specification of Standard Webhooks', () => {
    const secret = Buffer.from('MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw', 'base64');
    const headers = signedHeaders([secret], {
      id: 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      body: '{"test": 2432232314}',
      nowMs: 1_614_265_330_999,
    });
    expect(headers).toEqual({
      'webhook-id': 'msg_p5jXN8AQM9LWM0D4loKWxJek',
      'webhook-timestamp': '1614265330',
      'webhook-signature': 'v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=',
    });
  });

  it('are made by each secret in force; a secret is 256 random bits', () => {
    const signature = signedHeaders([newSecret(), newSecret()], { id: 'a', body: '', nowMs: 0 })['webhook-signature'];
    expect(signature).toMatch(/^v1,\S{44} v1,\S{44}$/);
    expect(shownSecret(newSecret())).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(newSecret().equals(newSecret())).toBe(false);
  });
});
