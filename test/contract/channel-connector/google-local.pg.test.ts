import { GoogleMerchant } from '#test/support/emulators/google-merchant.ts';
import { registerChannelTests } from './register.ts';

registerChannelTests({
  name: 'A store on Google, by its merchant',
  lacks: ['orders', 'webhooks'],
  start: (random) => GoogleMerchant.start(random),
});
