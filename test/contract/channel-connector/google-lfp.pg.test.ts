import { GoogleMerchant } from '#test/support/emulators/google-merchant.ts';
import { registerChannelTests } from './register.ts';

registerChannelTests({
  name: 'A store on Google, by an LFP provider',
  lacks: {
    orders: 'Google shows what a store has, and takes no orders',
    webhooks: 'Google shows what a store has, and takes no orders',
    reading: 'what a provider has submitted cannot be read back as it is shown',
    'unknown skus': 'Google takes submissions of products that it does not know',
  },
  start: (random) => GoogleMerchant.start(random, { mode: 'lfp' }),
});
