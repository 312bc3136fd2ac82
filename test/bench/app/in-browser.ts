import type { Browser, Page } from 'playwright-core';

/**
 * From the address to the page that says something: what a person waits for. `meaningful` is when the list that was asked for
 * is there, not only a frame with nothing in it. Both in ms since navigation.
 */
export interface Paint {
  readonly firstPaint: number;
  readonly meaningful: number;
}

/** Opens the address anew, as somebody who has signed in, in a context whose caches are as `page` has left them. */
export async function measurePaint(page: Page, selector: string): Promise<Paint> {
  await page.reload({ waitUntil: 'commit' });
  const meaningful = await page.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        const look = (): void => {
          if (document.querySelector(wanted) === null) requestAnimationFrame(look);
          // What this frame draws is seen with the next.
          else requestAnimationFrame(() => resolve(performance.now()));
        };
        look();
      }),
    selector,
  );
  const firstPaint = await page.evaluate(
    () => performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Number.NaN,
  );
  return { firstPaint, meaningful };
}

/** From the last key of a search to the frame that shows what it found, ms. */
export async function measureSearch(page: Page, text: string): Promise<number> {
  return page.evaluate(
    (wanted) =>
      new Promise<number>((resolve, reject) => {
        const field = document.querySelector<HTMLInputElement>('main input');
        if (field === null) {
          reject(new Error('there is no field to search in'));
          return;
        }
        // As keys do it: past React's own setter, or it would not see a change.
        const type = (typed: string): void => {
          Reflect.set(HTMLInputElement.prototype, 'value', typed, field);
          field.dispatchEvent(new Event('input', { bubbles: true }));
        };
        type(wanted.slice(0, -1));
        setTimeout(() => {
          const began = performance.now();
          type(wanted);
          const look = (): void => {
            const rows = [...document.querySelectorAll('[role=rowgroup] [role=row]')];
            const isAnswer = rows.length > 0 && rows.every((row) => row.textContent?.toLowerCase().includes(wanted));
            if (isAnswer) requestAnimationFrame(() => resolve(performance.now() - began));
            else if (performance.now() - began > 5_000) reject(new Error(`"${wanted}" found nothing within 5 s`));
            else requestAnimationFrame(look);
          };
          look();
        }, 400);
      }),
    text,
  );
}

/** How long frames take while the list is scrolled through, ms each. */
export async function measureScroll(page: Page, frames: number): Promise<number[]> {
  return page.evaluate(
    (wanted) =>
      new Promise<number[]>((resolve, reject) => {
        const list = document.querySelector('[role=rowgroup]');
        if (list === null) {
          reject(new Error('there is no list'));
          return;
        }
        const taken: number[] = [];
        let last = performance.now();
        const step = (): void => {
          const now = performance.now();
          taken.push(now - last);
          last = now;
          list.scrollTop += 400;
          if (taken.length > wanted) resolve(taken.slice(1));
          else requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      }),
    frames,
  );
}

export async function signIn(browser: Browser, url: string, pin: string): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: 'en-GB' });
  const page = await context.newPage();
  await page.goto(url);
  await page.locator('input').first().fill(pin);
  await page.keyboard.press('Enter');
  await page.getByRole('table').first().waitFor();
  return page;
}
