import type { Completeness } from '#hub/availability/completeness.ts';
import { factId } from './fact-reason.ts';
import { isoTimeOrNull } from './instant.ts';

/** What the numbers of an answer rest on, by location: "known complete to fact N of device D, as of T". */
export type KnownTo = Readonly<
  Record<
    string,
    { asOf: string | null; devices: readonly { device: number; fact: string; seq: number; asOf: string | null }[] }
  >
>;

export function knownToOf(completeness: readonly Completeness[]): KnownTo {
  return Object.fromEntries(
    completeness.map(({ location, asOf, journals }) => [
      location,
      {
        asOf: isoTimeOrNull(asOf),
        devices: journals.map(({ device, journal, seq, asOf }) => ({
          device,
          fact: factId(journal, seq),
          seq,
          asOf: isoTimeOrNull(asOf),
        })),
      },
    ]),
  );
}
