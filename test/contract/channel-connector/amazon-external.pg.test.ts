import { AmazonSeller } from '#test/support/emulators/amazon-seller.ts';
import { registerChannelTests } from './register.ts';

registerChannelTests({
  name: 'An external fulfilment location of Amazon',
  lacks: ['orders', 'webhooks'],
  start: (random) => AmazonSeller.start(random, { mode: 'externalFulfillment' }),
});
