import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';
import { onTestFinished } from 'vitest';
import { CHROMIUM_ENV } from './unpacked-chromium.ts';

const ROOT = join(import.meta.dirname, '../..');
/** Pictures of pages that tests have seen: kept for people to look at. */
const SCREENS = join(ROOT, 'test-results', 'screens');

/** A real Chromium: the one at CHROMIUM, or that of npm, which brings the libraries it needs. */
export async function openBrowser({ hasScrollbars = false } = {}): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-dev-shm-usage'];
  const ignoreDefaultArgs = hasScrollbars ? ['--hide-scrollbars'] : [];
  const given = process.env['CHROMIUM'];
  if (given !== undefined && existsSync(given))
    return chromium.launch({ executablePath: given, args, ignoreDefaultArgs });
  process.env['AWS_EXECUTION_ENV'] ??= CHROMIUM_ENV.AWS_EXECUTION_ENV;
  const { default: packed } = await import('@sparticuz/chromium');
  // Never its default arguments: they switch the web's security off.
  const executablePath = await packed.executablePath();
  return chromium.launch({ executablePath, args: [...args, '--headless=shell'], ignoreDefaultArgs });
}

export interface OpenPage {
  readonly context: BrowserContext;
  readonly page: Page;
  /** What went wrong in the page, as the browser says it. */
  readonly errors: readonly string[];
}

export interface Look {
  readonly scheme?: 'light' | 'dark';
  readonly locale?: string;
  readonly width?: number;
  readonly height?: number;
}

export async function openPage(browser: Browser, look: Look = {}): Promise<OpenPage> {
  const { scheme = 'light', locale = 'en-GB', width = 1280, height = 860 } = look;
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: scheme, locale });
  onTestFinished(() => context.close());
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    // A refused request is said by the page itself.
    if (message.type() === 'error' && !message.text().includes('Failed to load resource')) errors.push(message.text());
  });
  return { context, page, errors };
}

/** Between two keys of a scanner. */
const SCANNER_S = 0.004;

/**
 * As a scanner does: all characters, and Enter behind them, wherever the focus is. Keys bear the times of a scanner, as
 * the system notes them, however busy this machine is.
 */
export async function scan(page: Page, code: string): Promise<void> {
  const session = await page.context().newCDPSession(page);
  const from = Date.now() / 1_000;
  const enter = { key: 'Enter', code: 'Enter', windowsVirtualKeyCode: 13 };
  const keys = [...code.split('').map((char) => [{ key: char }, char] as const), [enter, '\r'] as const];
  await Promise.all(
    keys.flatMap(([key, text], place) => {
      const timestamp = from + place * SCANNER_S;
      return [
        session.send('Input.dispatchKeyEvent', { type: 'keyDown', ...key, text, timestamp }),
        session.send('Input.dispatchKeyEvent', { type: 'keyUp', ...key, timestamp }),
      ];
    }),
  );
  await session.detach();
}

/** How much of what was done while counting is in this browser, and not at the agent. */
export const actsInBrowser = (page: Page): Promise<number> =>
  page.evaluate(() => Object.keys(localStorage).filter((name) => name.startsWith('shelfwire.count/')).length);

export async function keepScreen(page: Page, name: string): Promise<void> {
  await mkdir(SCREENS, { recursive: true });
  await page.screenshot({ path: join(SCREENS, `${name}.png`) });
}
