import { GoogleMerchant } from '#test/support/emulators/google-merchant.ts';
import { registerChannelTests } from './register.ts';

registerChannelTests({
  name: 'A store on Google, by an LFP provider',
  lacks: ['orders', 'webhooks', 'reading', 'unknown skus'],
  start: (random) => GoogleMerchant.start(random, { mode: 'lfp' }),
});
