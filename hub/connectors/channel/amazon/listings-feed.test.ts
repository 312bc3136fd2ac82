import { describe, expect, it } from 'vitest';
import { answersOf } from './listings-feed.ts';

const items = ['A', 'B', 'C'].map((channelSku) => ({ channelSku, reference: null, quantity: 1, changeFrom: null }));
const error = (parts: object) => ({ severity: 'ERROR', code: '13013', message: 'no', ...parts });
const summary = (messagesProcessed: number, messagesInvalid: number) => ({ messagesProcessed, messagesInvalid });
const outcomes = (report: Parameters<typeof answersOf>[1], aborted = false) =>
  Object.fromEntries(answersOf(items, report, aborted).map(({ channelSku, outcome }) => [channelSku, outcome]));
const ALL = { A: 'accepted', B: 'accepted', C: 'accepted' };

describe('what a report of a listings feed says', () => {
  it('accepted is what it has no error of, warnings or not', () => {
    expect(outcomes({ issues: [], summary: summary(3, 0) })).toEqual(ALL);
    const warning = { messageId: 2, severity: 'WARNING', code: '18448', message: 'hm' };
    expect(outcomes({ issues: [warning], summary: summary(3, 0) })).toEqual(ALL);
  });

  it('refused is what it has errors of, all of them told', () => {
    const issues = [error({ messageId: 2 }), error({ messageId: 2, message: 'and no' })];
    expect(outcomes({ issues, summary: summary(3, 1) })).toEqual({ ...ALL, B: 'refused' });
    expect(answersOf(items, { issues, summary: summary(3, 1) }, false)[0]).toMatchObject({
      channelSku: 'B',
      detail: 'Amazon says 13013: no; 13013: and no',
    });
  });

  it.each([
    ['of a feed that was aborted', summary(3, 1), true, [error({ messageId: 2 })]],
    ['when not all were worked at', summary(2, 1), false, [error({ messageId: 2 })]],
    ['when it names fewer than it refused', summary(3, 2), false, [error({ messageId: 2 })]],
    [
      'when an error is of a message that was not sent',
      summary(3, 2),
      false,
      [error({ messageId: 2 }), error({ messageId: 9, sku: 'X' })],
    ],
    ['when an error is of the feed as a whole', summary(3, 1), false, [error({ messageId: 2 }), error({})]],
  ])('in doubt, and so not answered, is the rest %s', (_, sums, aborted, issues) => {
    expect(outcomes({ issues, summary: sums }, aborted)).toEqual({ B: 'refused' });
  });
});
