/**
 * How many random histories a property is tried on. `HISTORIES=10000 npx vitest run --project pg hub/ledger hub/availability`
 * runs long. A history that fails is told with its seed and path: `SEED=... PATH_OF=...` before the same command runs that
 * one again.
 */
const { HISTORIES, SEED, PATH_OF } = process.env;

/** @param numRuns how many are tried unless HISTORIES says */
export const historyRuns = (numRuns: number) => ({
  numRuns: Number(HISTORIES ?? numRuns),
  ...(SEED !== undefined && { seed: Number(SEED) }),
  ...(PATH_OF !== undefined && { path: PATH_OF }),
});

/** For tests of `historyRuns`. */
export const HISTORIES_LIMIT = { timeout: HISTORIES === undefined ? 180_000 : 60_000 + Number(HISTORIES) * 3_000 };
