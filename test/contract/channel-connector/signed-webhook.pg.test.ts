import { SignedReceiver } from '#test/support/emulators/signed-receiver.ts';
import { registerChannelTests } from './register.ts';

registerChannelTests({
  name: 'A receiver that counts down and compares before it sets',
  start: (random) => SignedReceiver.start(random, { countsDown: true, pollOrdersSeconds: 5 }),
});
