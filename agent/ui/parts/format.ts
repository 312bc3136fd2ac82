import { useMemo } from 'react';
import { useSpeech } from '../words/words.tsx';

const isToday = (at: number): boolean => new Date(at).toDateString() === new Date().toDateString();

/** Money, numbers and times as people of this place write them. */
export function useFormat() {
  const { locale } = useSpeech();
  return useMemo(() => {
    const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
    const dayTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
    const signed = new Intl.NumberFormat(locale, { signDisplay: 'exceptZero' });
    const short = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
    const day = new Intl.DateTimeFormat(locale, { dateStyle: 'full' });
    return {
      number: (value: number) => value.toLocaleString(locale),
      /** With its sign, as a change is written. */
      change: (value: number) => signed.format(value),
      /** In MB, or GB where these are many. */
      bytes: (value: number) => {
        const [size, unit] = value >= 1e9 ? [value / 1e9, 'gigabyte'] : [value / 1e6, 'megabyte'];
        return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(size);
      },
      time: (at: number) => time.format(at),
      day: (at: number) => day.format(at),
      shortDay: (at: number) => short.format(at),
      /** With its day, unless that is today's: 22:00 alone would not say of which evening. */
      instant: (at: number) => (isToday(at) ? time : dayTime).format(at),
      full: (at: number) => dayTime.format(at),
      /** Between the whole and the rest of a number. */
      point: new Intl.NumberFormat(locale).formatToParts(1.5).find(({ type }) => type === 'decimal')?.value ?? '.',
      /** Digits behind the point of a currency. */
      digits: (currency: string) =>
        new Intl.NumberFormat(locale, { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2,
      money: (minor: number, currency: string) => {
        const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
        return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
      },
      /** In whole units of the currency, for the axis of a chart. */
      roundMoney: (minor: number, currency: string) => {
        const { maximumFractionDigits = 2 } = new Intl.NumberFormat(locale, {
          style: 'currency',
          currency,
        }).resolvedOptions();
        const format = new Intl.NumberFormat(locale, { style: 'currency', currency, maximumFractionDigits: 0 });
        return format.format(minor / 10 ** maximumFractionDigits);
      },
    };
  }, [locale]);
}
