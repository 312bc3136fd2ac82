import { describe, expect, it } from 'vitest';
import { AmazonTest, failureOf, itemOf } from '#test/support/amazon-session.ts';

const at = new AmazonTest();

describe('feeds of Amazon', () => {
  const items = ['A', 'B', 'GHOST'].map((sku) => itemOf(sku, { changeFrom: null }));
  async function feed(): Promise<unknown> {
    const call = at.callOf('feed', items);
    const sent = await at.session.publish(call);
    if (!('later' in sent)) throw new Error('it was not left for later');
    for (let ticket = sent.later; ;) {
      const answer = await at.session.ask!(call, ticket);
      if ('answers' in answer) {
        return Object.fromEntries(answer.answers.map(({ channelSku, outcome }) => [channelSku, outcome]));
      }
      ticket = answer.again;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  it('a feed is sent, asked for until it is done, and its report read; an unknown sku is refused alone', async () => {
    expect(await feed()).toEqual({ A: 'accepted', B: 'accepted', GHOST: 'refused' });
    expect([at.seller.says('A'), at.seller.says('B')]).toEqual([3, 3]);
    expect(at.paid).toContain('createFeedDocument');
    expect(at.paid).toContain('getFeedDocument');
    expect(at.seller.violations).toEqual([]);
  });

  it.each([
    ['FATAL, half of it applied and no report', { status: 'FATAL' as const, applies: 1 }, {}, 3],
    [
      'FATAL, with a report of what it came to',
      { status: 'FATAL' as const, bend: () => undefined },
      { GHOST: 'refused' },
      3,
    ],
    [
      'cancelled: nothing was applied',
      { status: 'CANCELLED' as const, applies: 0, report: null },
      { A: 'again', B: 'again', GHOST: 'again' },
      5,
    ],
    ['done, and its report is too large', { report: ' '.repeat(17 << 20) }, {}, 3],
    ['done, and its report is cut off', { report: '{"header":' }, {}, 3],
    ['done, and there is no report', { report: null }, {}, 3],
  ])('what is not known of one that is %s is left in doubt', async (_, fate, expected, says) => {
    at.seller.fates.push(fate);
    expect(await feed()).toEqual(expected);
    expect(at.seller.says('A')).toBe(says);
  });

  it('a report with a sku that nobody has sent answers for nothing but what it names', async () => {
    at.seller.fates.push({
      bend: ({ issues, summary }) => {
        issues.push({ messageId: 99, sku: 'STRANGER', severity: 'ERROR', message: 'who is that' });
        summary['messagesInvalid'] = 2;
      },
    });
    expect(await feed()).toEqual({ GHOST: 'refused' });
  });

  it('P3 of one whose answer was lost no second one is made: it is waited for, and its listings are read; where none was made one is', async () => {
    const call = at.callOf('feed', items);
    at.seller.feeds.takesMs = Infinity;
    await at.session.publish(call);
    const again = await at.session.publish({ ...call, isAgain: true, ageMs: 50 });
    expect(at.seller.feeds.all).toHaveLength(1);
    const ticket = 'later' in again ? again.later : '';
    const first = await at.session.ask!(call, ticket);
    expect(first).toEqual({ again: ticket, afterMs: expect.any(Number) });
    at.seller.feeds.takesMs = 0;
    expect(await at.session.ask!(call, ticket)).toEqual({ answers: [] });
    expect(at.seller.says('A')).toBe(3);
    await at.begin({});
    await at.session.publish({ ...call, isAgain: true, ageMs: 50 });
    expect(at.seller.feeds.all).toHaveLength(1);
    expect(at.seller.violations).toEqual([]);
  });

  it('X2 a document is put to none but the hosts that are allowed, and no token goes there', async () => {
    at.session = at.open({ settings: { documentHosts: ['amazonaws.com'] } });
    expect(await failureOf(() => at.session.publish(at.callOf('feed', items)))).toEqual([
      'CHANNEL_ANSWER_INVALID',
      'not done',
      undefined,
    ]);
    expect(at.seller.feeds.all).toEqual([]);
  });
});
