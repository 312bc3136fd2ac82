import { useEffect, useState } from 'react';

const LOOK_MS = 10_000;

/** Midnight at which the day began that `at` is in, here; `days` after that one. */
export function dayOf(at: number, days = 0): number {
  const date = new Date(at);
  date.setHours(0, 0, 0, 0);
  date.setDate(date.getDate() + days);
  return date.getTime();
}

/** When today began. A page that is left open over night goes on with the new day. */
export function useToday(): number {
  const [today, setToday] = useState(() => dayOf(Date.now()));
  useEffect(() => {
    const timer = setInterval(() => setToday(dayOf(Date.now())), LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return today;
}
