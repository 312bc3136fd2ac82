/**
 * The instant of a wall clock in London, "yyyy-MM-dd HH:mm:ss", ms since 1970: GMT, and an hour ahead from the last
 * Sunday of March to the last Sunday of October, 01:00 UTC. Nobody sells in the hours of the change.
 */
export function londonInstant(text: string): number {
  const wall = Date.parse(`${text.replace(' ', 'T')}Z`);
  if (Number.isNaN(wall)) throw new Error(`"${text}" is no date`);
  const year = new Date(wall).getUTCFullYear();
  const isSummer = wall >= lastSunday(year, 2) && wall < lastSunday(year, 9);
  return wall - (isSummer ? 3_600_000 : 0);
}

function lastSunday(year: number, month: number): number {
  const last = new Date(Date.UTC(year, month + 1, 0, 1));
  return last.getTime() - last.getUTCDay() * 86_400_000;
}
