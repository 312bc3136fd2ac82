import type { Clock } from '#shared/runtime/clock.ts';
import type { ChannelSession } from '../connector.ts';
import type { Http } from '../http/http.ts';
import { requireKind } from '../registry.ts';
import { Quotas } from '../publishing/quotas.ts';
import { sealedName } from './channel-accounts.ts';
import type { Vault } from './vault.ts';

export interface OpenParts {
  readonly vault: Vault;
  readonly http: Http;
  readonly clock: Clock;
}

interface StoredAccount {
  readonly channel: string;
  readonly kind: string;
  readonly baseUrl: string;
  readonly settings: unknown;
  readonly credentials: Buffer;
  readonly quota: unknown;
}

/** Opens an account as the database has it. `signal` ends waiting for quota. Throws CHANNEL_KEY_MISSING, CHANNEL_KIND_UNKNOWN. */
export function openAccount(
  { vault, http, clock }: OpenParts,
  account: number,
  { channel, kind, baseUrl, settings, credentials, quota: kept }: StoredAccount,
  signal?: AbortSignal,
): { session: ChannelSession; quotas: Quotas } {
  const known = requireKind(kind);
  const quotas = new Quotas(known.capabilities(settings).quotas, clock, kept);
  const opened = vault.open(credentials, sealedName(account));
  const session = known.open(
    { channel, baseUrl, settings, credentials: opened },
    {
      http,
      clock,
      seen: (name, seen) => quotas.of(name).see(seen),
      pay: (name, cost) => quotas.pay(name, cost, signal),
    },
  );
  return { session, quotas };
}
