import { AmazonSeller } from '#test/support/emulators/amazon-seller.ts';
import { registerChannelTests } from './register.ts';

registerChannelTests({
  name: 'An external fulfilment location of Amazon',
  lacks: {
    orders: 'orders come by the seller’s account, not by its locations',
    webhooks: 'orders come by the seller’s account, not by its locations',
  },
  start: (random) => AmazonSeller.start(random, { mode: 'externalFulfillment' }),
});
