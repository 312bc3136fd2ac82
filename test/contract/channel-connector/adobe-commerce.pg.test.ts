import { AdobeShop } from '#test/support/emulators/adobe-shop.ts';
import { registerChannelTests } from './register.ts';

registerChannelTests({
  name: 'An Adobe Commerce shop',
  lacks: { webhooks: 'its webhooks are not taken: orders are asked for' },
  start: (random) => AdobeShop.start(random),
});
