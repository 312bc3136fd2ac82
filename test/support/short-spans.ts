import { systemClock, type Clock } from '#shared/runtime/clock.ts';

/** A clock on which a minute's wait is over in milliseconds, so that what is done every few seconds is done at once. */
export const shortSpans: { readonly clock: Clock } = {
  clock: { ...systemClock, after: (delayMs, call) => systemClock.after(Math.min(delayMs, 20), call) },
};
