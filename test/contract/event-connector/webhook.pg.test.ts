import { createWebhooks } from '#hub/connectors/event/webhook/webhook.ts';
import { MESSAGE_FORMS } from '#hub/outbox/cloud-events.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { Receiver } from '#test/support/webhook-receiver.ts';
import { makeWebhook } from '#test/support/webhooks.ts';
import { registerEventTests } from './register.ts';

const RETRIES = { baseMs: 2, maxMs: 30, attempts: 10_000 };

for (const form of MESSAGE_FORMS) {
  registerEventTests({
    name: `A webhook, ${form}`,
    hasSubjects: form !== 'standard',
    onlyForm: form !== 'cloudEvents',
    async start() {
      const receiver = await Receiver.start();
      const { port } = new URL(receiver.url);
      return {
        port: Number(port),
        enter: async (pool, at) =>
          (await makeWebhook(pool, `http://127.0.0.1:${at}/hook`, ['order.changed', 'availability.changed'], form))
            .webhook,
        connect: () => createWebhooks({ clock: systemClock, toPrivate: true, timeoutMs: 300, retries: RETRIES }),
        programArguments: () => [],
        async kept() {
          const first = new Map(receiver.received.toReversed().map((one) => [one.id, one]));
          return [...first.values()]
            .toReversed()
            .map(({ headers, text }) => ({ over: 'webhook', headers: headers as Record<string, string>, text }));
        },
        stop: () => receiver.stop(),
      };
    },
  });
}
