import { join } from 'node:path';
import { z } from 'zod';
import type { ComingView } from '#shared/agent-api/answers.ts';
import { ShelfwireError, toWireError, type WireError } from '#shared/protocol/errors.ts';
import { coming as comingSchema, type Coming } from '#shared/protocol/messages/questions.ts';
import { JsonFile } from '#shared/runtime/json-file.ts';
import type { Device } from '../device.ts';
import { comingTransfers } from './coming-transfers.ts';
import type { OwnArrivals } from './own-arrivals.ts';

export interface OnTheWayParts {
  readonly folder: string;
  readonly arrivals: Pick<OwnArrivals, 'byTransfer'>;
  readonly device: Pick<Device, 'state'>;
  /** Asks the hub. Throws HUB_UNREACHABLE and the like. */
  readonly ask: () => Promise<Coming>;
}

const keptFile = z.strictObject({ coming: comingSchema.nullable() });

/**
 * What is on its way to this store, as the hub last said it: kept in a file, so that a lorry that comes while the store is offline is
 * expected. A whole answer replaces the one before, so nothing is followed and nothing can be missed.
 */
export class OnTheWay {
  readonly #parts: OnTheWayParts;
  readonly #file: JsonFile<z.infer<typeof keptFile>>;
  #asking: Promise<void> | undefined;
  #problem: WireError | null = null;

  constructor(parts: OnTheWayParts) {
    this.#parts = parts;
    this.#file = new JsonFile(join(parts.folder, 'coming.json'), keptFile, { coming: null });
  }

  /** Asks the hub anew; who asks meanwhile waits for the same answer. Never rejects for the hub's sake. */
  refresh(): Promise<void> {
    this.#asking ??= this.#refresh().finally(() => {
      this.#asking = undefined;
    });
    return this.#asking;
  }

  /** What is expected, by the last answer. `problem`: why there is no newer one. */
  async list(): Promise<{ asOf: number | null; more: number; transfers: ComingView[]; problem: WireError | null }> {
    const kept = this.#kept();
    if (kept === null) return { asOf: null, more: 0, transfers: [], problem: this.#problem };
    const { journalNumbers } = this.#parts.device.state;
    const epoch = journalNumbers.find(({ journal }) => journal === kept.journal)?.epoch ?? 0;
    const own = await this.#parts.arrivals.byTransfer();
    return {
      asOf: kept.asOf,
      more: kept.more,
      transfers: comingTransfers(kept, { epoch, seq: kept.watermark }, own),
      problem: this.#problem,
    };
  }

  /** Units of one sku that are expected. */
  async unitsOf(sku: string): Promise<number> {
    const { transfers } = await this.list();
    const lines = transfers.flatMap((transfer) => transfer.lines.filter((line) => line.sku === sku));
    return lines.reduce((sum, { coming }) => sum + coming, 0);
  }

  async #refresh(): Promise<void> {
    try {
      const coming = await this.#parts.ask();
      this.#problem = null;
      const kept = this.#kept();
      const isSame = kept !== null && JSON.stringify({ ...kept, asOf: 0 }) === JSON.stringify({ ...coming, asOf: 0 });
      // A minute of age is not worth a write of the disk.
      if (!isSame || coming.asOf - kept.asOf > 60_000) this.#file.set({ coming });
    } catch (error) {
      if (!(error instanceof ShelfwireError)) throw error;
      this.#problem = toWireError(error);
    }
  }

  /** A file that cannot be read is worth nothing: the hub is asked again. */
  #kept(): Coming | null {
    try {
      return this.#file.get().coming;
    } catch {
      return null;
    }
  }
}
