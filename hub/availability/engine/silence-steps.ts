const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/** A location that is heard of in time is not silent: devices report every half minute, and a round trip may fail. */
export const GRACE_MS = 3 * MINUTE_MS;

/** How often it is looked at which stores are silent. */
export const SWEEP_MS = 30_000;

/** So long before its edge a step is left: the next look, and making numbers anew, come before the edge does. */
export const STEP_LEAD_MS = SWEEP_MS + 30_000;

/**
 * Silence is counted in steps, each a third to twice as long as the last: a store that is silent for a month is made
 * anew some thirty times, and one that is not, never. Beyond the last step, whole multiples of it.
 */
export const SILENCE_STEPS_MS: readonly number[] = [
  ...[5, 10, 15, 20, 30, 45].map((minutes) => minutes * MINUTE_MS),
  ...[1, 1.5, 2, 3, 4, 6, 8, 12, 16].map((hours) => hours * HOUR_MS),
  ...[1, 1.5, 2, 3, 4, 5, 7, 10, 14, 21, 30].map((days) => days * DAY_MS),
];

/** What is assumed of a silent location: everything until `asOf` is known, and what came in the step after it is not. */
export interface AssumedSilence {
  readonly asOf: number;
  readonly stepMs: number;
}

/**
 * Whether what was written down still covers a silence since `asOf`, until the next look: it ends late enough, and does
 * not begin later (a device that comes with older facts puts `asOf` back).
 */
export function coversSilence(written: AssumedSilence, asOf: number, now: number): boolean {
  return asOf >= written.asOf && now + STEP_LEAD_MS <= written.asOf + written.stepMs;
}

const LAST_MS = SILENCE_STEPS_MS.at(-1) ?? DAY_MS;

/**
 * The upper edge of the step that a silence lies in, or soon will: what may have been sold is never taken for less.
 * 0: not silent.
 */
export function silenceStep(silentMs: number): number {
  if (silentMs <= GRACE_MS) return 0;
  const soonMs = silentMs + STEP_LEAD_MS;
  return SILENCE_STEPS_MS.find((step) => soonMs <= step) ?? Math.ceil(soonMs / LAST_MS) * LAST_MS;
}
