import type { View } from '#shared/protocol/messages/view.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { startRepeating } from '#shared/runtime/repeating.ts';

/** Whoever holds stores' own views against the hub's positions; its questions and the answers are its business. */
export interface Views {
  /** Which of these devices are asked, each with the number of its request. */
  wanted(devices: readonly number[]): Promise<readonly { readonly device: number; readonly request: number }[]>;
  /** Takes a page of a device's answer; the scope is the session's. Throws REQUEST_INVALID, EPOCH_UNKNOWN. */
  take(
    scope: { readonly device: number; readonly location: number; readonly journal: number; readonly epoch: number },
    view: View,
  ): Promise<void>;
}

/** Nobody asks. */
export const NO_VIEWS: Views = { wanted: () => Promise.resolve([]), take: () => Promise.resolve() };

export interface AskOptions {
  readonly views: Views;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly everyMs?: number;
  connected(): readonly number[];
  ask(device: number, request: number): void;
}

/** Asks stores that are connected here, again and again until they have answered: a lost question or answer is made good so. */
export function askForViews(options: AskOptions): Part {
  const { views, clock, logger, everyMs = 3_000 } = options;
  return startRepeating({
    name: 'views of stores',
    clock,
    logger,
    everyMs,
    async turn() {
      const devices = options.connected();
      if (devices.length === 0) return;
      for (const { device, request } of await views.wanted(devices)) options.ask(device, request);
    },
  });
}
