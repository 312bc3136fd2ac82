import type { Clock } from '#shared/runtime/clock.ts';
import type { Vault } from '../accounts/vault.ts';
import type { ErpSurroundings } from './admin/erps.ts';

export interface SurroundingsOptions {
  /** The hub's key, by which credentials are sealed. */
  readonly vault: Vault;
  /** Files for ERPs go below it. */
  readonly folder: string;
  readonly toPrivate: boolean;
  readonly clock: Clock;
}

/** What connectors of this process are made with. */
export function erpSurroundings({ vault, folder, toPrivate, clock }: SurroundingsOptions): ErpSurroundings {
  return {
    vault,
    connect: (kind, code, settings, credentials, pace, numberOf) =>
      kind.create(settings, credentials, {
        code,
        clock,
        toPrivate,
        folder,
        timeoutMs: pace.timeoutMs,
        // Whoever sets an ERP makes its folder; whoever posts finds it.
        ...(numberOf !== undefined && { numberOf, isFolderMade: true }),
      }),
  };
}
