import { instant } from '#shared/protocol/fields.ts';

/** Reads the dates of one feed: answers ms since 1970, or undefined for what is no date of that format. */
export type DateReader = (text: string) => number | undefined;

const TOKENS: Readonly<Record<string, string>> = {
  yyyy: String.raw`(?<year>\d{4})`,
  yy: String.raw`(?<shortYear>\d{2})`,
  MM: String.raw`(?<month>\d{2})`,
  M: String.raw`(?<month>\d{1,2})`,
  dd: String.raw`(?<day>\d{2})`,
  d: String.raw`(?<day>\d{1,2})`,
  HH: String.raw`(?<hour>\d{2})`,
  H: String.raw`(?<hour>\d{1,2})`,
  mm: String.raw`(?<minute>\d{2})`,
  ss: String.raw`(?<second>\d{2})`,
  SSS: String.raw`(?<milli>\d{3})`,
  XXX: String.raw`(?<zone>Z|[+-]\d{2}:?\d{2})`,
};
const TOKEN = /yyyy|yy|MM|M|dd|d|HH|H|mm|ss|SSS|XXX/g;

/** True when a format says at least year, month and day, each once. */
export function isDateFormat(format: string): boolean {
  const tokens: readonly string[] = format.match(TOKEN) ?? [];
  const has = (letter: string) => tokens.filter((token) => token.startsWith(letter)).length === 1;
  return (
    has('y') &&
    has('M') &&
    has('d') &&
    new Set(tokens).size === tokens.length &&
    !(tokens.includes('HH') && tokens.includes('H'))
  );
}

/**
 * A reader for a format such as "yyyy-MM-dd HH:mm:ss" in an IANA time zone; XXX in the format is the text's own
 * offset. What lies in the hour that summer time skips is read as if the clock had not been changed yet; what
 * happens twice when it ends is the first of the two.
 */
export function dateReader(format: string, timeZone: string): DateReader {
  const pattern = new RegExp(
    `^${format.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`).replaceAll(TOKEN, (token) => TOKENS[token] ?? token)}$`,
  );
  const offsetAt = zoneOffset(timeZone);
  return (text) => {
    const parts = pattern.exec(text)?.groups;
    if (!parts) return undefined;
    const year = parts['year'] === undefined ? 2_000 + Number(parts['shortYear']) : Number(parts['year']);
    const [month, day] = [Number(parts['month']), Number(parts['day'])];
    const [hour, minute, second] = [
      Number(parts['hour'] ?? 0),
      Number(parts['minute'] ?? 0),
      Number(parts['second'] ?? 0),
    ];
    const wall = Date.UTC(year, month - 1, day, hour, minute, second, Number(parts['milli'] ?? 0));
    const date = new Date(wall);
    const isReal =
      date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60 && second < 60;
    if (!isReal) return undefined;
    const at = parts['zone'] === undefined ? localInstant(wall, offsetAt) : wall - offsetOf(parts['zone']);
    return instant.safeParse(at).success ? at : undefined;
  };
}

/** The instant at which clocks of the zone show `wall` (given as if it were UTC). */
function localInstant(wall: number, offsetAt: (at: number) => number): number {
  const before = offsetAt(wall - 86_400_000);
  const after = offsetAt(wall + 86_400_000);
  const first = wall - Math.max(before, after);
  if (first + offsetAt(first) === wall) return first;
  const second = wall - Math.min(before, after);
  if (second + offsetAt(second) === wall) return second;
  return wall - before;
}

const QUARTER_MS = 900_000;

/** Offset to UTC of a zone at an instant, ms. Intl is slow, and offsets change on quarters of an hour only: kept. */
export function zoneOffset(timeZone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const known = new Map<number, number>();
  return (at) => {
    const quarter = Math.floor(at / QUARTER_MS) * QUARTER_MS;
    const kept = known.get(quarter);
    if (kept !== undefined) return kept;
    const parts = Object.fromEntries(format.formatToParts(quarter).map(({ type, value }) => [type, Number(value)]));
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    const offset = Date.UTC(year, month - 1, day, hour, minute, second) - quarter;
    if (known.size > 10_000) known.clear();
    known.set(quarter, offset);
    return offset;
  };
}

function offsetOf(zone: string): number {
  if (zone === 'Z') return 0;
  const sign = zone.startsWith('-') ? -1 : 1;
  return sign * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(-2))) * 60_000;
}

export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en-US', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
