import { describe, expect, it } from 'vitest';
import { AmazonTest, failureOf, itemOf } from '#test/support/amazon-session.ts';
import { NO_FAULTS } from '#test/support/emulators/faults.ts';

const at = new AmazonTest();

describe('listings of Amazon', () => {
  it('a change names the product type that the listing has, and is accepted, not applied', async () => {
    await at.begin({ applyMs: 60_000 });
    expect(await at.publish([itemOf('A')])).toEqual([{ channelSku: 'A', outcome: 'accepted', reference: 'LUGGAGE' }]);
    expect(at.seller.says('A')).toBe(5);
    expect(at.seller.violations).toEqual([]);
  });

  it('any sku goes through, in addresses and in lists', async () => {
    const skus = ['A', 'C,1', 'D/ä ?'];
    expect(await at.publish(skus.map((sku) => itemOf(sku)))).toHaveLength(3);
    expect(skus.map((sku) => at.seller.says(sku))).toEqual([3, 3, 3]);
    const answers = await at.session.readBack(skus.map((channelSku) => ({ channelSku, reference: null })));
    expect(answers.map((answer) => 'says' in answer && [answer.channelSku, answer.says])).toEqual(
      skus.map((sku) => [sku, 3]),
    );
    expect(at.seller.violations).toEqual([]);
  });

  it('P3 what was sold there meanwhile is seen before it is overwritten', async () => {
    at.seller.buy('A', 2);
    expect(await at.publish([itemOf('A')])).toMatchObject([{ channelSku: 'A', outcome: 'stale' }]);
    expect(at.seller.says('A')).toBe(3);
    expect(at.seller.numbersOf('A')).toEqual([]);
  });

  it('P3 while a number settles a newer one goes over what was there before or over that, and over nothing else', async () => {
    const settling = { changeFrom: null, reference: 'SHIRT', settlingFrom: [7, 5] };
    expect(await at.publish([itemOf('A', settling)])).toMatchObject([{ outcome: 'accepted' }]);
    at.seller.buy('B', 2);
    expect(await at.publish([itemOf('B', settling)])).toMatchObject([{ channelSku: 'B', outcome: 'stale' }]);
    expect(at.seller.numbersOf('B')).toEqual([]);
  });

  it('P3 of a change that is sent again it is not known whose number it finds', async () => {
    at.seller.edit('A', 3);
    expect(await at.publish([itemOf('A')], { isAgain: true })).toEqual([]);
  });

  it('what Amazon does not know or does not take is refused, the others are not', async () => {
    const answers = await at.publish([itemOf('GHOST'), itemOf('A', { quantity: 100_000_000 }), itemOf('B')]);
    expect(answers).toMatchObject([
      { channelSku: 'GHOST', outcome: 'refused', code: 'CHANNEL_SKU_UNKNOWN' },
      {
        channelSku: 'A',
        outcome: 'refused',
        code: 'CHANNEL_REFUSED',
        detail: 'Amazon says 90225: The value is too large.',
      },
      { channelSku: 'B', outcome: 'accepted' },
    ]);
    const read = await at.session.readBack([{ channelSku: 'GHOST', reference: null }]);
    expect(read).toMatchObject([{ channelSku: 'GHOST', code: 'CHANNEL_SKU_UNKNOWN' }]);
  });

  it("P2 learns each operation's rate from the header, and pays each request from its own bucket", async () => {
    await at.publish([itemOf('A')]);
    expect(at.seen).toEqual([
      ['getListingsItem', { perSecond: 500 }],
      ['patchListingsItem', { perSecond: 500 }],
    ]);
    expect(at.paid).toEqual(['getListingsItem']);
  });

  it.each([
    ['429 without headers', { throttle: 1 }, ['CHANNEL_THROTTLED', 'not done', undefined]],
    ['HTML in place of JSON', { html: 1 }, ['CHANNEL_ANSWER_INVALID', 'in doubt', undefined]],
    ['a lost answer', { loseAnswer: 1 }, ['CHANNEL_UNREACHABLE', 'in doubt', undefined]],
    ['503', { refuse: 1 }, ['CHANNEL_FAILED', 'in doubt', undefined]],
  ])('X2 %s', async (_, fault, expected) => {
    at.seller.server.faults = { ...NO_FAULTS, ...fault };
    expect(await failureOf(() => at.publish([itemOf('A', { changeFrom: null, reference: 'SHIRT' })]))).toEqual(
      expected,
    );
  });

  it("P2 a bucket that is used up is answered by 429, in Amazon's words", async () => {
    await at.begin({ speed: 0.001 });
    const items = Array.from({ length: 7 }, () => itemOf('A', { changeFrom: null, reference: 'SHIRT' }));
    expect(await failureOf(() => at.publish(items))).toEqual(['CHANNEL_THROTTLED', 'not done', undefined]);
    expect(at.seller.violations).toEqual(['quota patchListingsItem']);
  });
});
