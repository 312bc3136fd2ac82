import { AdobeShop } from '#test/support/emulators/adobe-shop.ts';
import { registerChannelTests } from './register.ts';

registerChannelTests({
  name: 'An Adobe Commerce shop',
  lacks: ['webhooks'],
  start: (random) => AdobeShop.start(random),
});
