/** How long calls to the storage may follow each other before sockets and timers have their turn. */
const SLICE_MS = 20;

let sliceBeganMs: number | undefined;

/**
 * Lets the event loop turn when storage calls have held it for a slice. The calls are synchronous inside, so a caller
 * that awaits one after the other never leaves the microtask queue: heartbeats would stop and RxDB's idle work pile up.
 * Returns undefined when it is not yet time, so that a short call costs nothing.
 */
export function yieldAfterSlice(): Promise<void> | undefined {
  const nowMs = performance.now();
  if (sliceBeganMs === undefined) {
    sliceBeganMs = nowMs;
    setImmediate(() => (sliceBeganMs = undefined));
    return undefined;
  }
  if (nowMs - sliceBeganMs < SLICE_MS) return undefined;
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}
