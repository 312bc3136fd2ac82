import { minorDigits } from '#shared/files/decimal.ts';
import { useSpeech } from '../words/words.tsx';

const MILLION = 1_000_000;

const isToday = (at: number): boolean => new Date(at).toDateString() === new Date().toDateString();

/** Kept once made: making one takes longer than all that it writes on a page. */
function once<Key extends string, Made>(make: (key: Key) => Made): (key: Key) => Made {
  const made = new Map<Key, Made>();
  return (key) => {
    const found = made.get(key) ?? make(key);
    made.set(key, found);
    return found;
  };
}

/** Money, numbers and times as people of this place write them. */
export const useFormat = () => formatOf(useSpeech().locale);

const formatOf = once((locale: string) => {
  const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit' });
  const dayTime = new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' });
  const number = new Intl.NumberFormat(locale);
  const signed = new Intl.NumberFormat(locale, { signDisplay: 'exceptZero' });
  const short = new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short' });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'full' });
  const size = once((unit: string) => new Intl.NumberFormat(locale, { style: 'unit', unit, maximumFractionDigits: 1 }));
  const money = once((currency: string) => {
    const digits = minorDigits(currency);
    const exact = new Intl.NumberFormat(locale, {
      style: 'currency',
      currency,
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    });
    const whole = new Intl.NumberFormat(locale, { style: 'currency', currency, maximumFractionDigits: 0 });
    const inMillions = new Intl.NumberFormat(locale, { style: 'currency', currency, notation: 'compact' });
    return { exact, whole, inMillions, digits };
  });
  return {
    number: (value: number) => number.format(value),
    /** With its sign, as a change is written. */
    change: (value: number) => signed.format(value),
    /** In MB, or GB where these are many. */
    bytes: (value: number) =>
      value >= 1e9 ? size('gigabyte').format(value / 1e9) : size('megabyte').format(value / 1e6),
    time: (at: number) => time.format(at),
    day: (at: number) => day.format(at),
    shortDay: (at: number) => short.format(at),
    /** With its day, unless that is today's: 22:00 alone would not say of which evening. */
    instant: (at: number) => (isToday(at) ? time : dayTime).format(at),
    full: (at: number) => dayTime.format(at),
    /** Between the whole and the rest of a number. */
    point: number.formatToParts(1.5).find(({ type }) => type === 'decimal')?.value ?? '.',
    /** Digits behind the point of a currency. */
    digits: (currency: string) => money(currency).digits,
    money: (minor: number, currency: string) => {
      const { exact, digits } = money(currency);
      return exact.format(minor / 10 ** digits);
    },
    /** In whole units of the currency, millions written short, for the axis of a chart. */
    roundMoney: (minor: number, currency: string) => {
      const { whole, inMillions, digits } = money(currency);
      const amount = minor / 10 ** digits;
      return (Math.abs(amount) < MILLION ? whole : inMillions).format(amount);
    },
  };
});
