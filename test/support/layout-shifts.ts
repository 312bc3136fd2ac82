import type { BrowserContext, Page } from 'playwright-core';

/** Something that stood still and moved, without anybody having touched or typed. */
export interface LayoutShift {
  /** How much of the window moved, how far: 0 is nothing. All of a page's together below 0.1 are called good. */
  readonly value: number;
  /** The elements, with their place before and after. */
  readonly moved: readonly string[];
}

interface Entry extends PerformanceEntry {
  readonly value: number;
  readonly hadRecentInput: boolean;
  readonly sources: readonly {
    readonly node: Node | null;
    readonly previousRect: DOMRectReadOnly;
    readonly currentRect: DOMRectReadOnly;
  }[];
}
type Watched = typeof globalThis & { takeLayoutShifts: () => LayoutShift[] };

/** From now on each page of the context notes its shifts, from its navigation on. */
export async function watchLayout(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    const shifts: LayoutShift[] = [];
    const place = ({ x, y, width, height }: DOMRectReadOnly) => [x, y, width, height].map(Math.round).join(' ');
    const note = (entries: readonly PerformanceEntry[]): void => {
      for (const { value, hadRecentInput, sources } of entries as readonly Entry[]) {
        if (hadRecentInput) continue;
        const moved = sources.map(({ node, previousRect, currentRect }) => {
          const what = node instanceof Element ? node.outerHTML : (node?.textContent ?? 'gone');
          return `${place(previousRect)} -> ${place(currentRect)}: ${what.slice(0, 120)}`;
        });
        shifts.push({ value, moved });
      }
    };
    const observer = new PerformanceObserver((list) => note(list.getEntries()));
    observer.observe({ type: 'layout-shift', buffered: true });
    (globalThis as Watched).takeLayoutShifts = () => {
      note(observer.takeRecords());
      return shifts.splice(0);
    };
  });
}

/** What has moved since the navigation, or since this was asked last. */
export async function layoutShifts(page: Page): Promise<LayoutShift[]> {
  return page.evaluate(async () => {
    // What is drawn in this frame is noted with the next.
    for (let frame = 0; frame < 2; frame += 1) await new Promise((resolve) => requestAnimationFrame(resolve));
    return (globalThis as Watched).takeLayoutShifts();
  });
}
