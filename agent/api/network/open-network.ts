import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { People } from '../../people/people.ts';
import { appOf, type AppParts } from '../app.ts';
import type { Sessions } from '../sessions.ts';
import { PINS_FROM_NETWORK, WrongPins } from '../wrong-pins.ts';
import { readAddress, thisMachine } from './address.ts';
import { networkDoor } from './network-door.ts';
import { NetworkFileSettings } from './settings.ts';
import { StoreNetwork } from './store-network.ts';

/**
 * Opens the app to the store's network as far as that is wanted, which by default it is not. Throws OPTION_INVALID; anything
 * that happens later is in its report.
 */
export async function openNetwork(parts: {
  readonly app: AppParts;
  readonly folder: string;
  /** Whatever the settings say; undefined: they count. */
  readonly listen: string | undefined;
  readonly people: People;
  readonly sessions: Sessions;
  /** What this machine's clock lacks to the hub's. */
  clockOffsetMs(): number;
}): Promise<StoreNetwork> {
  const { app, folder, people, sessions } = parts;
  const { clock, logger } = app;
  const given = parts.listen === undefined ? undefined : readAddress(parts.listen);
  if (parts.listen !== undefined && given === undefined) {
    throw new ShelfwireError('OPTION_INVALID', `--network ${parts.listen.slice(0, 80)}: must be ADDRESS:PORT.`);
  }
  const file = new NetworkFileSettings(folder);
  const wrongPins = new WrongPins(PINS_FROM_NETWORK, clock);
  return StoreNetwork.start({
    folder,
    settings: () => ({ ...file.get(), ...(given === undefined ? {} : { listen: given, isGiven: true }) }),
    machine: thisMachine,
    trueNow: () => clock.now() + parts.clockOffsetMs(),
    handler: (names) =>
      appOf(app, networkDoor({ name: 'network', people, sessions, wrongPins, isSecure: true }, names, clock)),
    turnedOff: () => sessions.endAt('network'),
    wrongPins: () => wrongPins.recent(),
    clock,
    logger,
  });
}
