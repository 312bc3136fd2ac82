import { z } from 'zod';

/** The device may not come any more. */
export const revoked = z.object({ reason: z.string().max(1_000) });
export type Revoked = z.infer<typeof revoked>;
