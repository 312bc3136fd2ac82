import { RestErp } from '#test/support/emulators/erp-rest.ts';
import { serve } from './bench-process.ts';

/** What the ERP got. */
export interface ErpTally {
  readonly documents: number;
  /** Sent again although it was there. */
  readonly repeats: number;
  /** That came before one that was sold before it in its store. */
  readonly outOfOrder: number;
  readonly requests: number;
  readonly problems: number;
}

let erp: RestErp | undefined;

const commands = {
  async start(): Promise<string> {
    erp = await RestErp.start();
    return erp.server.url;
  },
  /** Down it answers 502 with a page. */
  async setDown(isDown: boolean): Promise<void> {
    if (erp !== undefined) erp.server.faults = () => (isDown ? 'down' : undefined);
  },
  async forget(): Promise<void> {
    erp?.kept.clear();
    if (erp !== undefined) erp.server.requests = 0;
  },
  async tally(): Promise<ErpTally> {
    const last = new Map<string, string>();
    let repeats = 0;
    let outOfOrder = 0;
    for (const kept of erp?.kept.values() ?? []) {
      const store = kept.key.split('/')[0] ?? '';
      if ((last.get(store) ?? '') > kept.key) outOfOrder += 1;
      last.set(store, kept.key);
      repeats += kept.repeats;
    }
    const { size = 0 } = erp?.kept ?? {};
    return {
      documents: size,
      repeats,
      outOfOrder,
      requests: erp?.server.requests ?? 0,
      problems: erp?.problems.length ?? 0,
    };
  },
};
export type ErpCommands = typeof commands;

serve(commands, async () => erp?.stop());
