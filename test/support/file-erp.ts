import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ErpConnector, ErpKind } from '#hub/connectors/erp/connector.ts';
import { systemClock } from '#shared/runtime/clock.ts';

/** An ERP that is a folder: what is in it, and connectors to it whose documents have numbers as the hub gives them. */
export class FileErp {
  readonly folder = mkdtempSync(join(tmpdir(), 'shelfwire-file-erp-'));
  readonly out = join(this.folder, 'main');
  readonly #kind: ErpKind;
  readonly #settings: object;
  readonly #numbers = new Map<string, number>();

  constructor(kind: ErpKind, settings: object = {}) {
    this.#kind = kind;
    this.#settings = settings;
  }

  connect(): ErpConnector {
    return this.#kind.create(
      this.#settings,
      {},
      {
        code: 'main',
        clock: systemClock,
        toPrivate: true,
        folder: this.folder,
        timeoutMs: 10_000,
        numberOf: async (key) => {
          const number = this.#numbers.get(key) ?? this.#numbers.size + 1;
          this.#numbers.set(key, number);
          return number;
        },
      },
    );
  }

  /** Keys that were asked for a number. */
  get asked(): readonly string[] {
    return [...this.#numbers.keys()];
  }

  /** What the files say, by their names. */
  get contents(): string[] {
    return readdirSync(this.out, { withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ name }) => name)
      .sort()
      .map((name) => readFileSync(join(this.out, name), 'utf8'));
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}
