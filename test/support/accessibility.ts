import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { AxeResults, run } from 'axe-core';
import type { Page } from 'playwright-core';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

/** What axe finds wrong with a page, or with a part of it: rule, and the elements. */
export async function accessibilityFaults(page: Page, part = 'html'): Promise<string[]> {
  await page.evaluate(AXE);
  const violations = await page.evaluate(async (selector) => {
    const { axe } = globalThis as unknown as { axe: { run: typeof run } };
    const result: AxeResults = await axe.run(selector, { resultTypes: ['violations'] });
    return result.violations.map(({ id, help, nodes }) => ({
      id,
      help,
      nodes: nodes.map(({ html }) => html.slice(0, 160)),
    }));
  }, part);
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.slice(0, 3).join(' | ')}`);
}
