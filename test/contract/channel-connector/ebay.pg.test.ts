import { EbaySeller } from '#test/support/emulators/ebay-seller.ts';
import { registerChannelTests } from './register.ts';

registerChannelTests({
  name: 'An eBay seller',
  lacks: {
    webhooks: 'notifications are not taken: their key has to be fetched from eBay',
    edits: 'orders are cancelled whole at eBay',
  },
  start: (random) => EbaySeller.start(random),
});
