import { z } from 'zod';
import { storeCode, text } from '../fields.ts';

/** POST /v1/enrol: a one-time token is exchanged for the registration of the device's own public key. */
export const enrolRequest = z.strictObject({
  token: z.string().min(20).max(128),
  /** Ed25519 public key, raw 32 bytes, base64url. */
  publicKey: z.base64url().length(43),
  deviceName: text,
  /**
   * The store that this device has been of before: its journal holds that store's facts, and those would be counted once more at
   * another. The token of another store is refused, and not spent.
   */
  store: storeCode.optional(),
});
export type EnrolRequest = z.infer<typeof enrolRequest>;

export const enrolAnswer = z.strictObject({
  device: z.int().min(1),
  store: z.strictObject({ code: storeCode, name: text }),
});
export type EnrolAnswer = z.infer<typeof enrolAnswer>;
