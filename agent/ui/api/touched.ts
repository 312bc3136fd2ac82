/** Longer than one looks at a page without touching it. */
const UNTOUCHED_MS = 60_000;
let touchedAt = performance.now();

for (const sign of ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchstart']) {
  addEventListener(sign, () => (touchedAt = performance.now()), { passive: true, capture: true });
}

/** Whether somebody is at the page: what it asks by itself must not keep a session open for ever. */
export const isTouched = (): boolean => performance.now() - touchedAt < UNTOUCHED_MS;
