const HOUR_MS = 3_600_000;
const WEEK_MS = 168 * HOUR_MS;
/** 1970 began on a Thursday: the first Monday came four days later. */
const MONDAY_MS = 4 * 24 * HOUR_MS;

export const HOURS_OF_WEEK = 168;

/** How much the parent's profile weighs in one's own, sales. */
export const PROFILE_PRIOR_SALES = 100;

/** How a week's demand lies on its hours: 168 weights from Monday 00:00 UTC, their mean is 1. */
export type HourProfile = readonly number[];

export const FLAT_PROFILE: HourProfile = Array.from({ length: HOURS_OF_WEEK }, () => 1);

/** The hour of the week that an instant lies in, from 0 (Monday 00:00 UTC). */
export function hourOfWeek(at: number): number {
  return Math.floor(sinceMonday(at) / HOUR_MS);
}

/**
 * The profile of a location from its sales by hour of the week (their number, weighted by age as demand is; not their
 * units, of which a few big ones would make an hour), shrunk to the chain's, as the chain's own is to the flat one.
 */
export function hourProfile(salesByHour: readonly number[], parent: HourProfile = FLAT_PROFILE): HourProfile {
  const total = salesByHour.reduce((sum, sales) => sum + sales, 0) + PROFILE_PRIOR_SALES;
  return parent.map((weight, hour) => {
    const sales = (salesByHour[hour] ?? 0) + (PROFILE_PRIOR_SALES * weight) / HOURS_OF_WEEK;
    return (sales / total) * HOURS_OF_WEEK;
  });
}

/** Weighted hours from Monday 00:00 to the begin of each hour, and of the whole week as the 169th. */
export function accumulateProfile(profile: HourProfile): readonly number[] {
  const accumulated = [0];
  for (const weight of profile) accumulated.push((accumulated.at(-1) ?? 0) + weight);
  return accumulated;
}

/**
 * The exposure of a silent window: its hours, each weighted by how much is sold in it. A night counts little, a
 * Saturday much; a whole week is 168.
 */
export function exposureHours(accumulated: readonly number[], from: number, to: number): number {
  if (to <= from) return 0;
  const weeks = Math.floor((to - MONDAY_MS) / WEEK_MS) - Math.floor((from - MONDAY_MS) / WEEK_MS);
  return weeks * (accumulated[HOURS_OF_WEEK] ?? 0) + withinWeek(accumulated, to) - withinWeek(accumulated, from);
}

function withinWeek(accumulated: readonly number[], at: number): number {
  const hours = sinceMonday(at) / HOUR_MS;
  const whole = Math.floor(hours);
  const before = accumulated[whole] ?? 0;
  return before + (hours - whole) * ((accumulated[whole + 1] ?? 0) - before);
}

function sinceMonday(at: number): number {
  const ms = (at - MONDAY_MS) % WEEK_MS;
  return ms < 0 ? ms + WEEK_MS : ms;
}
