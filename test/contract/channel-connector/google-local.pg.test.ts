import { GoogleMerchant } from '#test/support/emulators/google-merchant.ts';
import { registerChannelTests } from './register.ts';

registerChannelTests({
  name: 'A store on Google, by its merchant',
  lacks: {
    orders: 'Google shows what a store has, and takes no orders',
    webhooks: 'Google shows what a store has, and takes no orders',
  },
  start: (random) => GoogleMerchant.start(random),
});
