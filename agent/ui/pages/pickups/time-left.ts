/** How urgent a task is: what is late is shown first and loudest. */
export type Urgency = 'late' | 'soon' | 'fine' | 'none';

const SOON_MS = 60 * 60_000;

export function urgencyOf(dueAt: number | null, now: number): Urgency {
  if (dueAt === null) return 'none';
  if (dueAt <= now) return 'late';
  return dueAt - now <= SOON_MS ? 'soon' : 'fine';
}

/** The time left, or since when it is late, in the largest unit that says something. */
export function timeLeft(dueAt: number, now: number, locale: string): string {
  const format = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'long' });
  const minutes = Math.round((dueAt - now) / 60_000);
  if (Math.abs(minutes) < 90) return format.format(minutes, 'minute');
  const hours = Math.round(minutes / 60);
  if (Math.abs(hours) < 36) return format.format(hours, 'hour');
  return format.format(Math.round(hours / 24), 'day');
}
