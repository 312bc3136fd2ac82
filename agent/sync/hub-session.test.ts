import { expect, it } from 'vitest';
import type { Answer } from '#shared/protocol/events.ts';
import type { Hello, Welcome } from '#shared/protocol/messages/hello.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { HubSession } from './hub-session.ts';
import type { Connection, LinkEvents } from './link.ts';

const settle = () => new Promise((resolve) => void setImmediate(resolve));

it('S2 a welcome comes with the epoch of its own hello, also when that of a connection that is gone is ready later', async () => {
  const challenge = { nonce: 'n', protocol: { oldest: 1, current: 2 } };
  const opened: LinkEvents[] = [];
  const hellos: PromiseWithResolvers<Hello>[] = [];
  const answer = Promise.withResolvers<Answer<Welcome>>();
  const timers = new Set<() => void>();
  const welcomes: number[] = [];
  const session = new HubSession({
    link: {
      open(events) {
        opened.push(events);
        return { hello: () => answer.promise, close: () => undefined } as unknown as Connection;
      },
    },
    clock: {
      now: () => 0,
      monotonic: () => 0,
      after(_, call) {
        timers.add(call);
        return () => timers.delete(call);
      },
    },
    random: () => 0.5,
    logger: silentLogger,
    hello() {
      hellos.push(Promise.withResolvers<Hello>());
      return hellos.at(-1)!.promise;
    },
    welcomed: async (_, epoch) => welcomes.push(epoch) > 0,
    online: () => undefined,
    offline: () => undefined,
    changed: () => undefined,
    viewWanted: () => undefined,
    phaseChanged: () => undefined,
  });
  session.dispatch({ type: 'start' });
  opened[0]?.challenged(challenge);
  opened[0]?.closed('cut');
  const due = Array.from(timers);
  for (const call of due) call();
  opened[1]?.challenged(challenge);
  hellos[1]?.resolve({ epoch: 2 } as Hello);
  await settle();
  hellos[0]?.resolve({ epoch: 1 } as Hello);
  await settle();
  answer.resolve({ ok: true, value: { hubNow: 0 } as Welcome });
  await settle();
  expect([opened.length, welcomes, session.state.phase]).toEqual([2, [2], 'online']);
  session.dispatch({ type: 'stop' });
});
