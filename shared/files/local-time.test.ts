import { describe, expect, it } from 'vitest';
import { dateReader, isDateFormat, isTimeZone } from './local-time.ts';

const iso = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString());

describe('dates of a feed', () => {
  it.each([
    ['yyyy-MM-dd HH:mm:ss', 'UTC', '2010-12-01 08:26:00', '2010-12-01T08:26:00.000Z'],
    ['M/d/yyyy H:mm', 'UTC', '12/1/2010 8:26', '2010-12-01T08:26:00.000Z'],
    ['dd.MM.yy', 'Europe/Berlin', '01.07.25', '2025-06-30T22:00:00.000Z'],
    ['yyyy-MM-dd HH:mm:ss', 'Europe/London', '2011-06-01 12:00:00', '2011-06-01T11:00:00.000Z'],
    ['yyyy-MM-dd HH:mm:ss', 'Europe/London', '2011-01-01 12:00:00', '2011-01-01T12:00:00.000Z'],
    ['yyyy-MM-dd HH:mm:ss', 'America/New_York', '2011-06-01 23:59:59', '2011-06-02T03:59:59.000Z'],
    ['yyyy-MM-dd HH:mm:ss', 'Australia/Lord_Howe', '2011-01-01 00:00:00', '2010-12-31T13:00:00.000Z'],
    ['yyyy-MM-ddTHH:mm:ss.SSSXXX', 'Europe/London', '2011-06-01T12:00:00.250+05:30', '2011-06-01T06:30:00.250Z'],
    ['yyyy-MM-ddTHH:mm:ssXXX', 'Europe/London', '2011-06-01T12:00:00Z', '2011-06-01T12:00:00.000Z'],
  ])('%s in %s: %s is %s', (format, zone, text, instant) => {
    expect(iso(dateReader(format, zone)(text))).toBe(instant);
  });

  it('reads the skipped hour as before the change, and the doubled hour as the first of the two', () => {
    const read = dateReader('yyyy-MM-dd HH:mm', 'Europe/London');
    expect(iso(read('2011-03-27 00:59'))).toBe('2011-03-27T00:59:00.000Z');
    expect(iso(read('2011-03-27 01:30'))).toBe('2011-03-27T01:30:00.000Z');
    expect(iso(read('2011-03-27 02:00'))).toBe('2011-03-27T01:00:00.000Z');
    expect(iso(read('2011-10-30 00:59'))).toBe('2011-10-29T23:59:00.000Z');
    expect(iso(read('2011-10-30 01:30'))).toBe('2011-10-30T00:30:00.000Z');
    expect(iso(read('2011-10-30 02:00'))).toBe('2011-10-30T02:00:00.000Z');
  });

  it.each([
    '2011-02-29 00:00:00',
    '2011-13-01 00:00:00',
    '2011-01-01 24:00:00',
    '2011-01-01',
    '1/1/2011',
    '1999-12-31 00:00:00',
    '',
  ])('X2 "%s" is no date', (text) => {
    expect(dateReader('yyyy-MM-dd HH:mm:ss', 'UTC')(text)).toBeUndefined();
  });

  it('takes only formats and zones that exist', () => {
    expect(isDateFormat('dd/MM/yyyy')).toBe(true);
    expect(['HH:mm', 'yyyy-yyyy-MM-dd', 'yyyy-MM-dd HH H', 'dd/MM'].filter((format) => isDateFormat(format))).toEqual(
      [],
    );
    expect([isTimeZone('Europe/London'), isTimeZone('Mars/Base')]).toEqual([true, false]);
  });
});
