import type { Part } from '#shared/runtime/lifecycle.ts';
import type { Erps } from '#hub/connectors/erp/admin/erps.ts';
import type { Sides } from './run-comparison.ts';
import { channelSide, type ChannelSideOptions } from './sides/channel.ts';
import { erpSide } from './sides/erp.ts';
import { settlementSide } from './sides/settlement.ts';
import { statementsSide } from './sides/statements.ts';
import { storeSide } from './sides/store.ts';
import { tillSide } from './sides/till.ts';

/** Every side that can be compared with, and what has to be stopped with them. */
export function createSides(erps: Pick<Erps, 'readStock'>, channels: ChannelSideOptions): { sides: Sides; part: Part } {
  const { side: channel, part } = channelSide(channels);
  return {
    sides: {
      erp: erpSide(erps),
      statements: statementsSide,
      channel,
      store: storeSide,
      till: tillSide,
      settlement: settlementSide,
    },
    part,
  };
}
