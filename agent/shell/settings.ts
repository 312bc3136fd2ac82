import { join } from 'node:path';
import { z } from 'zod';
import { JsonFile } from '#shared/runtime/json-file.ts';

const settings = z.strictObject({
  /** Of the agent's loopback API. */
  port: z.int().min(1).max(65_535).default(7_171),
  /** What starts the agent where no service does: program and arguments. */
  command: z.array(z.string().min(1).max(4_096)).min(1).max(32).optional(),
  /** Origins of https whose pages may be opened in the browser, such as the hub's. */
  outside: z
    .array(z.url({ protocol: /^https$/ }))
    .max(20)
    .default([]),
});
export type ShellSettings = z.infer<typeof settings>;

/** `desktop.json` of the desktop's own folder. Throws CONFIG_INVALID. */
export const readSettings = (folder: string): ShellSettings =>
  new JsonFile<ShellSettings>(join(folder, 'desktop.json'), settings, settings.parse({})).get();
