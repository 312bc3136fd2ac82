import { z } from 'zod';
import { COLLECTIONS } from './pull.ts';

/** Something of a collection has changed: only a hint, which may be lost. Later hubs may say more. */
export const changed = z.object({ collection: z.enum(COLLECTIONS) });
export type Changed = z.infer<typeof changed>;
