import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** How the CLI reaches the agent that runs on this folder. */
const endpoint = z.object({ port: z.int().min(1).max(65_535), token: z.string().min(20), pid: z.int() });
export type Endpoint = z.infer<typeof endpoint>;

const fileOf = (folder: string): string => join(folder, 'api.json');

/** Written (mode 0600) while the agent runs; its token is good for that one run. */
export function writeEndpoint(folder: string, value: Endpoint): void {
  const temporary = `${fileOf(folder)}.tmp`;
  writeFileSync(temporary, JSON.stringify(value), { mode: 0o600 });
  renameSync(temporary, fileOf(folder));
}

/** Undefined when no agent has written one. A crashed agent leaves its own behind: nobody answers there. */
export function readEndpoint(folder: string): Endpoint | undefined {
  try {
    return endpoint.parse(JSON.parse(readFileSync(fileOf(folder), 'utf8')));
  } catch {
    return undefined;
  }
}

export function removeEndpoint(folder: string): void {
  rmSync(fileOf(folder), { force: true });
}
