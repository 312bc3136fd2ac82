import { existsSync } from 'node:fs';
import type { TestProject } from 'vitest/node';
import { runCommand } from './program.ts';

/** By this npm's Chromium unpacks its own libraries, which a bare machine does not have. */
export const CHROMIUM_ENV = { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' };

/**
 * Vitest's global setup of the project that opens a browser: npm's Chromium is unpacked before any test looks for it. Two
 * processes that did it at once would start a program that is not whole (ETXTBSY).
 */
export default async function setup({ config }: TestProject): Promise<void> {
  if (existsSync(process.env['CHROMIUM'] ?? '')) return;
  const unpack = `await (await import('@sparticuz/chromium')).default.executablePath();`;
  await runCommand(['--input-type=module', '--eval', unpack], { ...CHROMIUM_ENV, TMPDIR: config.env['TMPDIR'] ?? '' });
}
