import { describe, expect, it } from 'vitest';
import { isQuiet, pace } from './pace.ts';

const at = (text: string) => Date.parse(text);

describe('maintenance windows', () => {
  it.each([
    // 2026-11-27 is a Friday.
    ['within', [{ from: '10:00', until: '11:00' }], '2026-11-27T10:59:59Z', true],
    ['its end does not belong to it', [{ from: '10:00', until: '11:00' }], '2026-11-27T11:00:00Z', false],
    ['past midnight, before', [{ days: [5], from: '22:00', until: '04:00' }], '2026-11-27T23:00:00Z', true],
    [
      'past midnight, after: it began the day before',
      [{ days: [5], from: '22:00', until: '04:00' }],
      '2026-11-28T03:59:00Z',
      true,
    ],
    [
      'the same hours of a day on which it does not begin',
      [{ days: [5], from: '22:00', until: '04:00' }],
      '2026-11-27T03:00:00Z',
      false,
    ],
    ['a whole day', [{ days: [0], from: '00:00', until: '00:00' }], '2026-11-29T12:00:00Z', true],
    ['the day after a whole day', [{ days: [0], from: '00:00', until: '00:00' }], '2026-11-30T00:00:00Z', false],
    [
      'any of several',
      [
        { from: '01:00', until: '02:00' },
        { from: '10:00', until: '11:00' },
      ],
      '2026-11-27T10:30:00Z',
      true,
    ],
    ['none', [], '2026-11-27T10:30:00Z', false],
  ])('O1 %s', (_, quiet, now, expected) => {
    expect(isQuiet({ quiet, timeZone: 'UTC' }, at(now))).toBe(expected);
  });

  it('O1 are of their own time zone, in summer and in winter', () => {
    const rule = { quiet: [{ from: '02:00', until: '03:00' }], timeZone: 'Europe/Berlin' };
    expect(isQuiet(rule, at('2026-01-15T01:30:00Z'))).toBe(true);
    expect(isQuiet(rule, at('2026-07-15T01:30:00Z'))).toBe(false);
    expect(isQuiet(rule, at('2026-07-15T00:30:00Z'))).toBe(true);
  });

  it('X2 refuses what is no time, no zone, too many at once', () => {
    for (const wrong of [
      { quiet: [{ from: '24:00', until: '01:00' }] },
      { timeZone: 'Mars/Olympus' },
      { atOnce: 65 },
      { perSecond: 0 },
      { more: 1 },
    ])
      expect(pace.safeParse(wrong).success).toBe(false);
    expect(pace.parse({})).toEqual({
      atOnce: 8,
      perSecond: null,
      timeoutMs: 15_000,
      quiet: [],
      timeZone: 'UTC',
      highValueMinor: null,
    });
  });
});
