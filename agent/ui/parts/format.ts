import { useMemo } from 'react';
import { useSpeech } from '../words/words.tsx';

const DAY_MS = 86_400_000;

/** Money, numbers and times as people of this place write them. */
export function useFormat() {
  const { locale } = useSpeech();
  return useMemo(() => {
    const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
    const dayTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
    const short = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
    const day = new Intl.DateTimeFormat(locale, { dateStyle: 'full' });
    return {
      number: (value: number) => value.toLocaleString(locale),
      /** In MB, or GB where these are many. */
      bytes: (value: number) => {
        const [size, unit] = value >= 1e9 ? [value / 1e9, 'gigabyte'] : [value / 1e6, 'megabyte'];
        return new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 }).format(size);
      },
      time: (at: number) => time.format(at),
      day: (at: number) => day.format(at),
      shortDay: (at: number) => short.format(at),
      /** With its day, unless it is within the last one. */
      instant: (at: number) => (Math.abs(Date.now() - at) < DAY_MS / 2 ? time : dayTime).format(at),
      full: (at: number) => dayTime.format(at),
      /** Digits behind the point of a currency. */
      digits: (currency: string) =>
        new Intl.NumberFormat(locale, { style: 'currency', currency }).resolvedOptions().maximumFractionDigits ?? 2,
      money: (minor: number, currency: string) => {
        const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
        return format.format(minor / 10 ** (format.resolvedOptions().maximumFractionDigits ?? 2));
      },
    };
  }, [locale]);
}
