import type { WireError } from '../protocol/errors.ts';

/** The one thing that the app's page may ask of the desktop's main process. */
export const START_AGENT = 'shelfwire:start-agent';

export type StartAnswer = { readonly isStarted: true } | ({ readonly isStarted: false } & WireError);

/** What the desktop adds to the app's page, as `shelfwireDesktop`; in a browser it is absent. */
export interface DesktopBridge {
  /** Starts the agent on this machine and waits until it answers. */
  startAgent(): Promise<StartAnswer>;
}
