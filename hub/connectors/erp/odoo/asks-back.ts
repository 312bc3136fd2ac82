import { z } from 'zod';

/**
 * Methods behind a button answer 200 with a window where they want to ask somebody something; then nothing was done.
 * Anything else (true, null, false) says that it was.
 */
const window = z.object({
  type: z.literal('ir.actions.act_window'),
  name: z.string().default(''),
  res_model: z.string(),
});

/** The model that it asks by, and its title; undefined: it asks nothing. */
export function askedBack(answer: unknown): { readonly model: string; readonly title: string } | undefined {
  const { data } = window.safeParse(answer);
  return data && { model: data.res_model, title: data.name };
}
