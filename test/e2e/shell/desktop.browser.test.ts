import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { People } from '#agent/people/people.ts';
import { buildShell } from '#agent/shell/build.ts';
import { START_AGENT, type StartAnswer } from '#shared/agent-api/desktop.ts';
import { accessibilityFaults } from '#test/support/accessibility.ts';
import { keepScreen, openBrowser, openPage } from '#test/support/browser.ts';
import { leaksOf, ORIGIN, serveDesktop } from '#test/support/desktop-page.ts';
import { runAgent } from '#test/support/running-agent.ts';

let browser: Browser;
let preload: string;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'preload-'));
  ({ preload } = await buildShell(folder));
  browser = await openBrowser();
});
afterAll(async () => {
  await browser.close();
  await rm(folder, { recursive: true, force: true });
});

/** The desktop on an agent that runs, or on none. */
async function desktop({ port, startAgent }: { port: number; startAgent?: () => Promise<StartAnswer> }) {
  const { context, page, errors } = await openPage(browser);
  let asked = 0;
  await serveDesktop(context, {
    port,
    preload,
    startAgent: async () => {
      asked += 1;
      return (await startAgent?.()) ?? { isStarted: true };
    },
  });
  return { context, page, errors, asked: () => asked };
}

describe('the desktop’s preload and main handlers in a real browser', () => {
  it('checklist 2 7 20 works as the app does, without Node, without a cookie, and runs no code but its own', async () => {
    const agent = await runAgent();
    const pin = new People(agent.folder).add({ name: 'Ada', role: 'manager' }, 0);
    const { page, context, errors } = await desktop({ port: agent.daemon.port });
    await page.goto(`${ORIGIN}/`);
    await page.locator('input').first().fill(pin);
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { level: 1, name: 'Today' }).waitFor();
    expect(errors).toEqual([]);
    expect(await leaksOf(page)).toEqual([]);
    expect(await page.evaluate('Object.keys(shelfwireDesktop)')).toEqual(['startAgent']);
    expect([await context.cookies(), await page.evaluate(() => document.cookie)]).toEqual([[], '']);
    // Code that somebody got into the page: as an element, as a text, from elsewhere.
    const ran = await page.evaluate(async () => {
      const element = document.createElement('script');
      element.textContent = 'globalThis.inlineRan = true';
      document.body.append(element);
      const image = document.createElement('img');
      image.setAttribute('onerror', 'globalThis.inlineRan = true');
      image.src = 'https://evil.test/x.png';
      document.body.append(image);
      // What a debugger runs may evaluate; what runs later is the page's own.
      await new Promise((resolve) => {
        setTimeout(resolve, 10);
      });
      const tried = async (act: () => unknown): Promise<boolean> => {
        try {
          await act();
          return true;
        } catch {
          return false;
        }
      };
      const evaluated = await tried(() => Reflect.construct(Function, ['return 1'])());
      const fetched = await tried(() => fetch('https://evil.test/'));
      return [evaluated, fetched, 'inlineRan' in globalThis];
    });
    expect(ran).toEqual([false, false, false]);
  });

  it('checklist 17 answers the app’s own page, not a frame in it, not another origin', async () => {
    const { context, page, asked } = await desktop({ port: 9 });
    await context.route('https://evil.test/**', (route) =>
      route.fulfill({ contentType: 'text/html', body: '<p>hello' }),
    );
    await page.goto('https://evil.test/');
    const ask = (frame: Pick<typeof page, 'evaluate'>) =>
      frame.evaluate(async (channel) => {
        try {
          await (globalThis as unknown as { toMain(channel: string): Promise<unknown> }).toMain(channel);
          return 'answered';
        } catch (error) {
          return String(error);
        }
      }, START_AGENT);
    expect(await ask(page)).toContain('not the sender');
    await page.goto(`${ORIGIN}/assets/none.js`);
    await page.setContent(`<iframe src="${ORIGIN}/assets/none.js"></iframe>`);
    const [, frame] = page.frames();
    expect(await ask(frame!)).toContain('not the sender');
    expect(asked()).toBe(0);
    await page.goto(`${ORIGIN}/`);
    expect([await ask(page), asked()]).toEqual(['answered', 1]);
  });

  it('without an agent the window says what happened, says why it cannot start it, and goes on when it is there', async () => {
    const refusal = {
      isStarted: false,
      code: 'AGENT_START_FAILED',
      detail: 'It ended at once.',
      remedy: 'Look.',
    } as const;
    let answer: StartAnswer = refusal;
    const gone = await runAgent();
    const { port } = gone.daemon;
    await gone.daemon.stop('there is none');
    const { page } = await desktop({
      port,
      startAgent: async () => {
        if (answer.isStarted) await runAgent({ port });
        return answer;
      },
    });
    await page.goto(`${ORIGIN}/`);
    await page.getByText('The agent of the store does not answer').waitFor();
    await page.getByRole('button', { name: 'Start the agent' }).click();
    await page.getByText('AGENT_START_FAILED: It ended at once.').waitFor();
    expect(await accessibilityFaults(page)).toEqual([]);
    await keepScreen(page, 'desktop-absent');
    answer = { isStarted: true };
    await page.getByRole('button', { name: 'Start the agent' }).click();
    await page.getByRole('heading', { level: 1, name: 'Who is there?' }).waitFor();
  });
});
