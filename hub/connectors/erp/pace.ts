import { z } from 'zod';

const time = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time like 22:30');

/** When nothing is sent: days are those on which it begins, 0 is Sunday; it may go on past midnight. */
const quietWindow = z.strictObject({
  days: z.array(z.int().min(0).max(6)).min(1).max(7).optional(),
  from: time,
  until: time,
});

/** How an ERP is treated. */
export const pace = z.strictObject({
  atOnce: z
    .int()
    .min(1)
    .max(64)
    .default(8)
    .describe('Documents that it gets at once, of different streams, over all hubs.'),
  perSecond: z.number().min(0.01).max(100_000).nullable().default(null).describe('Documents a second, over all hubs.'),
  timeoutMs: z
    .int()
    .min(100)
    .max(20_000)
    .default(15_000)
    .describe('So long an answer is waited for, and what takes several calls as a whole.'),
  quiet: z.array(quietWindow).max(50).default([]).describe('Maintenance windows: documents wait.'),
  timeZone: z
    .string()
    .max(64)
    .refine(isTimeZone, 'must be a time zone like Europe/Berlin')
    .default('UTC')
    .describe('Of the windows.'),
  highValueMinor: z
    .int()
    .min(0)
    .nullable()
    .default(null)
    .describe('Sales from this value on, in the smallest unit of money, go before others.'),
});
export type Pace = z.output<typeof pace>;

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).format(0) !== '';
  } catch {
    return false;
  }
}

const DAY_MINUTES = 1_440;
const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** Whether nothing is to be sent now. Pure. */
export function isQuiet({ quiet, timeZone }: Pick<Pace, 'quiet' | 'timeZone'>, nowMs: number): boolean {
  if (quiet.length === 0) return false;
  const { day, minute } = localTime(nowMs, timeZone);
  return quiet.some(({ days = [0, 1, 2, 3, 4, 5, 6], from, until }) => {
    const begin = minutesOf(from);
    const end = minutesOf(until);
    if (begin < end) return days.includes(day) && minute >= begin && minute < end;
    // Past midnight; the same time twice is a whole day.
    return (days.includes(day) && minute >= begin) || (days.includes((day + 6) % 7) && minute < end);
  });
}

function minutesOf(text: string): number {
  const [hours = 0, minutes = 0] = text.split(':').map(Number);
  return (hours * 60 + minutes) % DAY_MINUTES;
}

const formats = new Map<string, Intl.DateTimeFormat>();

function localTime(nowMs: number, timeZone: string): { day: number; minute: number } {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone,
      weekday: 'short',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
    });
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(nowMs).map(({ type, value }) => [type, value]));
  return {
    day: DAYS.indexOf(parts.get('weekday') ?? ''),
    minute: Number(parts.get('hour')) * 60 + Number(parts.get('minute')),
  };
}
