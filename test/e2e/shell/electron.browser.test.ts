import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright-core';
import { expect, it, onTestFinished, type TestContext } from 'vitest';
import { buildShell } from '#agent/shell/build.ts';
import { findElectron } from '#agent/shell/electron-binary.ts';
import { runAgent } from '#test/support/running-agent.ts';

/** Why there is no real Electron here; undefined: there is one. */
function absence(): string | undefined {
  if (process.env['ELECTRON_OVERRIDE_DIST_PATH'] === undefined) {
    return 'ELECTRON_OVERRIDE_DIST_PATH names no Electron: these need its program, which npm does not bring';
  }
  if (process.getuid?.() === 0) return 'Electron runs as root only without its sandbox, which these are about';
  return undefined;
}

async function desktop({ skip }: TestContext): Promise<{ app: ElectronApplication; page: Page }> {
  const reason = absence();
  if (reason !== undefined) skip(reason);
  const { main } = await buildShell();
  const agent = await runAgent();
  const folder = mkdtempSync(join(tmpdir(), 'electron-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'desktop.json'), JSON.stringify({ port: agent.daemon.port }));
  const executablePath = findElectron('', process);
  const app = await _electron.launch({ executablePath, args: [main, `--user-data-dir=${folder}`] });
  onTestFinished(() => app.close());
  const page = await app.firstWindow();
  await page.getByRole('heading', { level: 1 }).waitFor();
  return { app, page };
}

it('electron: the page is of the app’s own scheme, in a sandbox, and sees no Node', async (context) => {
  const { app, page } = await desktop(context);
  expect(page.url()).toMatch(/^shelfwire:\/\/app\//);
  expect(await page.evaluate(() => ['require', 'process', 'module'].filter((name) => name in globalThis))).toEqual([]);
  expect(await page.evaluate(() => isSecureContext)).toBe(true);
  const tabs = await app.evaluate((electron) => electron.app.getAppMetrics().filter(({ type }) => type === 'Tab'));
  expect(tabs.map(({ sandboxed }) => sandboxed)).toEqual([true]);
});

it('electron: it goes nowhere else, opens nothing, and is given nothing of the machine', async (context) => {
  const { app, page } = await desktop(context);
  await page.evaluate(() => {
    location.href = 'https://evil.test/';
  });
  expect(await page.evaluate(() => window.open('https://evil.test/'))).toBeNull();
  expect([page.url().startsWith('shelfwire://app/'), app.windows().length]).toEqual([true, 1]);
  expect(await page.evaluate(async () => (await navigator.permissions.query({ name: 'geolocation' })).state)).toBe(
    'denied',
  );
  expect(await page.evaluate(() => fetch('https://evil.test/').catch(String))).toContain('TypeError');
});

it('electron: closing the window leaves the desktop in its tray', async (context) => {
  const { app, page } = await desktop(context);
  await page.close();
  expect(await app.evaluate((electron) => electron.BrowserWindow.getAllWindows().length)).toBe(0);
});
