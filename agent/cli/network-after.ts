import type { AgentStatus, NetworkReport } from '#shared/agent-api/answers.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { sleep, systemClock } from '#shared/runtime/clock.ts';
import { callAgent } from './call-agent.ts';

/** The agent looks every 2 s at what is set. */
const FOLLOW_MS_MAX = 3_000;
const ASK_EVERY_MS = 100;

/** What was set: ADDRESS:PORT and the certificate that is to be shown there, or closed. */
export type NetworkWish = { readonly listen: string; readonly fingerprint: string } | { readonly listen: null };

/**
 * What came of a wish at the agent that runs on a folder; undefined when none runs there. Throws why it cannot be
 * (NETWORK_PORT_TAKEN, NETWORK_ADDRESS_ABSENT, ...), NETWORK_GIVEN when the agent's own option overrides it, and
 * NETWORK_PENDING when the agent has not followed in time.
 */
export async function networkAfter(folder: string, wish: NetworkWish): Promise<NetworkReport | undefined> {
  const until = systemClock.monotonic() + FOLLOW_MS_MAX;
  for (;;) {
    const status = (await callAgent(folder, '/v1/status')) as AgentStatus | undefined;
    if (status === undefined) return undefined;
    const { network } = status;
    if (network.isGiven && network.wanted !== wish.listen) {
      const detail = `It is set, but the agent that runs was started with ${network.wanted} (--network or SHELFWIRE_AGENT_NETWORK), which overrides it.`;
      throw new ShelfwireError('NETWORK_GIVEN', detail);
    }
    if (hasFollowed(network, wish)) return network;
    if (network.wanted === wish.listen && network.state === 'failed' && network.lastError !== null) {
      const { code, detail, remedy } = network.lastError;
      throw new ShelfwireError(code, detail, { remedy });
    }
    if (systemClock.monotonic() >= until) {
      throw new ShelfwireError('NETWORK_PENDING', 'The agent that runs has not followed yet.');
    }
    await sleep(systemClock, ASK_EVERY_MS);
  }
}

function hasFollowed({ wanted, state, fingerprint }: NetworkReport, wish: NetworkWish): boolean {
  if (wanted !== wish.listen) return false;
  return wish.listen === null ? state === 'off' : state === 'listening' && fingerprint === wish.fingerprint;
}
