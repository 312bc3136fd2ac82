import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { RateRule } from '#shared/runtime/token-bucket.ts';
import type { Door } from '../app.ts';
import { Allowances, refuseWhile, requirePerson } from '../guard.ts';
import type { SessionDoor } from '../session-routes.ts';
import { networkOf } from '../wrong-pins.ts';

/** Of one address, signed in or not: a page with its files at once, and what it asks again and again. */
const REQUESTS: RateRule = { perSecond: 50, burst: 300 };
const REMEDY =
  'Call the app by one of the addresses on its page Status; add names with: shelfwire-agent network on --name NAME.';

/**
 * The door for the store's other devices. A request must name this machine (a page whose name is rebound to it names its
 * own) and come from the app's own pages; people alone come in, and nobody learns of the store before they have.
 */
export function networkDoor(session: SessionDoor, names: () => ReadonlySet<string>, clock: Clock): Door {
  const requests = new Allowances(REQUESTS, clock);
  return {
    session,
    meant: (request, _response, next) => {
      refuseWhile(requests.take(networkOf(request.socket.remoteAddress ?? '')));
      checkNames(request.headers, names());
      next();
    },
    credential: requirePerson(session, REQUESTS, clock),
    health: async () => ({ status: 'ok' }),
  };
}

function checkNames(
  { host = '', origin }: { host?: string | undefined; origin?: string | undefined },
  names: ReadonlySet<string>,
): void {
  if (!names.has(hostOf(host))) {
    const detail = `Host "${host.slice(0, 80)}" is no name of this machine.`;
    throw new ShelfwireError('HOST_FORBIDDEN', detail, { remedy: REMEDY });
  }
  if (origin !== undefined && origin !== `https://${host}`) {
    const detail = `Origin "${origin.slice(0, 80)}" may not call this agent.`;
    throw new ShelfwireError('HOST_FORBIDDEN', detail, { remedy: REMEDY });
  }
}

/** The name in a Host header, without its port; an address of IPv6 without brackets. */
function hostOf(header: string): string {
  const match = /^(?:\[([0-9a-f:.]{2,45})\]|([a-z0-9.-]{1,253}))(?::\d{1,5})?$/i.exec(header);
  return (match?.[1] ?? match?.[2] ?? '').toLowerCase();
}
