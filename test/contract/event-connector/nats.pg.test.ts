import { createNats } from '#hub/connectors/event/nats/nats.ts';
import { enterNats } from '#hub/outbox/webhooks.ts';
import { natsAt, startNats } from '#test/support/nats.ts';
import { registerEventTests } from './register.ts';

const RETRIES = { baseMs: 2, maxMs: 30, attempts: 3 };
const which = process.env['NATS_SERVER_BIN'] === undefined ? 'emulator' : 'server of NATS_SERVER_BIN';

registerEventTests({
  name: `NATS JetStream, ${which}`,
  hasSubjects: true,
  async start() {
    const nats = await startNats();
    return {
      port: nats.port,
      async enter(pool, at) {
        await enterNats(pool, `nats://127.0.0.1:${at}`);
        return 1;
      },
      connect: (at) =>
        createNats({ options: natsAt(`nats://127.0.0.1:${at}`), timeoutMs: 300, window: 20, retries: RETRIES }),
      programArguments: (at) => [`nats://127.0.0.1:${at}`],
      kept: async () => (await nats.stored()).map(({ headers, text }) => ({ over: 'nats', headers, text })),
      stop: () => nats.stop(),
    };
  },
});
