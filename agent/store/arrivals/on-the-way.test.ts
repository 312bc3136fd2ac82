import { join } from 'node:path';
import { tmpdir } from 'node:os';
import { expect, it } from 'vitest';
import { OnTheWay } from './on-the-way.ts';

it('X2 an answer that the disk does not keep is a problem to be shown, not the end of who asked', async () => {
  const onTheWay = new OnTheWay({
    folder: join(tmpdir(), 'on-the-way-of-no-folder'),
    arrivals: { byTransfer: async () => new Map() },
    device: { state: { journalNumbers: [] } } as never,
    ask: async () => ({ asOf: 1_790_000_000_000, journal: 1, watermark: 0, more: 0, transfers: [] }),
  });
  // Nobody waits for it where a page is opened: a rejection would end the agent.
  await onTheWay.refresh();
  expect((await onTheWay.list()).problem?.code).toBe('STORAGE_IO');
});
