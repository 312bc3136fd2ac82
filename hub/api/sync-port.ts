import type { EnrolAnswer, EnrolRequest } from '#shared/protocol/messages/enrol.ts';

/** What the API asks of the room that speaks with the stores; the composition root connects the two. */
export interface SyncPort {
  /** Exchanges a one-time token for a registration. Throws TOKEN_INVALID, TOKEN_USED, TOKEN_EXPIRED. */
  enrol(request: EnrolRequest): Promise<EnrolAnswer>;
  /** Makes a one-time token for a store: seen once. Throws NOT_FOUND for an unknown store. */
  createToken(storeCode: string, ttlMs: number): Promise<{ token: string; expiresAt: number }>;
  /** Revokes a device and ends its session. Throws NOT_FOUND. */
  revokeDevice(device: number, reason: string): Promise<void>;
}
