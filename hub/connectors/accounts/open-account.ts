import type { Clock } from '#shared/runtime/clock.ts';
import type { ChannelSession } from '../connector.ts';
import type { Http } from '../http/http.ts';
import { requireKind } from '../registry.ts';
import { Quota, keptQuota } from '../publishing/quota.ts';
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

/** Opens an account as the database has it. Throws CHANNEL_KEY_MISSING, CHANNEL_KIND_UNKNOWN. */
export function openAccount(
  { vault, http, clock }: OpenParts,
  account: number,
  { channel, kind, baseUrl, settings, credentials, quota: kept }: StoredAccount,
): { session: ChannelSession; quota: Quota } {
  const known = requireKind(kind);
  const given = keptQuota.safeParse(kept);
  const quota = new Quota(known.capabilities(settings).quota, clock, given.success ? given.data : undefined);
  const opened = vault.open(credentials, sealedName(account));
  const session = known.open(
    { channel, baseUrl, settings, credentials: opened },
    { http, clock, seen: (seen) => quota.see(seen) },
  );
  return { session, quota };
}
