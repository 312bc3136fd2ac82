import { readFile } from 'node:fs/promises';
import { extname, join } from 'node:path';
import { contentPolicyText } from '#shared/agent-api/content-policy.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/**
 * The file of the built app that a path names: its page, or one of its assets. Anything else is undefined: a name with a
 * folder in it, a step up in any spelling, a hidden file.
 */
export function fileOf(pathname: string): string | undefined {
  if (pathname === '/' || pathname === '/index.html') return 'index.html';
  const [, name] = /^\/assets\/([\w-][\w.-]*)$/.exec(pathname) ?? [];
  return name === undefined || name.includes('..') ? undefined : join('assets', name);
}

/** @param folder what Vite has built */
export async function answerFile(folder: string, pathname: string): Promise<Response> {
  const file = fileOf(pathname);
  const type = file === undefined ? undefined : TYPES[extname(file)];
  if (file === undefined || type === undefined) return refused(404);
  try {
    return new Response(new Uint8Array(await readFile(join(folder, file))), { headers: headersOf(type) });
  } catch {
    return refused(file === 'index.html' ? 503 : 404);
  }
}

const NOT_BUILT =
  '<!doctype html><meta charset="utf-8"><title>Shelfwire</title><p>The app is not built: npm run build.</p>';

export const refused = (status: number): Response =>
  new Response(status === 503 ? NOT_BUILT : '', { status, headers: headersOf('text/html; charset=utf-8') });

const headersOf = (type: string): Record<string, string> => ({
  'Content-Type': type,
  'Content-Security-Policy': contentPolicyText(),
  'X-Content-Type-Options': 'nosniff',
  'Referrer-Policy': 'no-referrer',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Cache-Control': 'no-cache',
});
