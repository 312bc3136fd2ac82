import type { IpcMain, IpcMainInvokeEvent } from 'electron';
import { START_AGENT, type StartAnswer } from '#shared/agent-api/desktop.ts';
import { isOf } from './origin.ts';

type Sender = Pick<IpcMainInvokeEvent, 'senderFrame'>;

/** Whether a message comes from the app's own page itself: not from a frame within it, nor from one that is gone. */
export function isOwnSender({ senderFrame }: Sender, origin: string): boolean {
  return senderFrame !== null && senderFrame.parent === null && isOf(origin, senderFrame.url);
}

/** What the page may ask. A message of anybody else, or with anything in it, is refused. */
export function answerPage(
  ipc: Pick<IpcMain, 'handle'>,
  parts: { readonly origin: string; startAgent(): Promise<StartAnswer> },
): void {
  ipc.handle(START_AGENT, async (event, ...given: unknown[]) => {
    if (!isOwnSender(event, parts.origin)) throw new Error('not the sender that is answered');
    if (given.length > 0) throw new Error('nothing is to be said with it');
    return parts.startAgent();
  });
}
