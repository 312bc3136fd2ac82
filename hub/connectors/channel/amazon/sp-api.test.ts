import { describe, expect, it } from 'vitest';
import { AmazonTest, failureOf, itemOf } from '#test/support/amazon-session.ts';

const at = new AmazonTest();

describe('access to Amazon', () => {
  it('one token serves until it ends, and one that is refused is replaced once', async () => {
    await Promise.all([at.publish([itemOf('A')]), at.publish([itemOf('B')])]);
    expect(at.seller.tokens.granted).toBe(1);
    at.seller.tokens.revoke();
    expect(await at.publish([itemOf('A', { changeFrom: 3 })])).toMatchObject([{ outcome: 'accepted' }]);
    expect(at.seller.tokens.granted).toBe(2);
  });

  it('one that ends is replaced before it is refused', async () => {
    await at.begin({ tokenSeconds: 1 });
    for (let time = 0; time < 3; time += 1) {
      await at.publish([itemOf('A', { changeFrom: null })]);
      await new Promise((resolve) => setTimeout(resolve, 520));
    }
    expect(at.seller.tokens.granted).toBeGreaterThan(2);
    expect(at.seller.violations).toEqual([]);
  });

  it('X1 wrong credentials are told as such, and nothing was done', async () => {
    for (const wrong of [{ clientSecret: 'wrong-secret' }, { refreshToken: 'Atzr|wrong' }]) {
      const other = at.open({ credentials: wrong });
      expect(await failureOf(() => other.readBack([itemOf('A')]))).toEqual([
        'CHANNEL_UNAUTHORIZED',
        'not done',
        undefined,
      ]);
    }
    expect(at.seller.requests).toBe(0);
  });

  it('a request that fails is told with its id', async () => {
    const tooMany = Array.from({ length: 21 }, (_, place) => itemOf(`SKU-${place}`));
    await expect(at.session.readBack(tooMany)).rejects.toThrow(/^The channel answered 400: \(request [0-9a-f-]{36}\)/);
  });
});
