import { ShelfwireError } from '#shared/protocol/errors.ts';
import { storeCode } from '#shared/protocol/fields.ts';
import type { SourceSettings } from '../settings.ts';

/**
 * Our code of what a source calls a location, if it may speak of it (S4): what it may is in its settings, never in what it
 * sends. Throws INBOUND_LOCATION_UNKNOWN, INBOUND_LOCATION_FORBIDDEN.
 */
export function locationOf({ locations, locationNames }: SourceSettings, named: string): string {
  const code = Object.hasOwn(locationNames, named) ? locationNames[named] : named;
  if (!storeCode.safeParse(code).success || code === undefined) {
    throw new ShelfwireError('INBOUND_LOCATION_UNKNOWN', `"${named}" is the code of no location.`);
  }
  if (locations !== null && !locations.includes(code)) {
    throw new ShelfwireError('INBOUND_LOCATION_FORBIDDEN', `The source may not speak of "${code}".`);
  }
  return code;
}
