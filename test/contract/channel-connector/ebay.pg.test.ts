import { EbaySeller } from '#test/support/emulators/ebay-seller.ts';
import { registerChannelTests } from './register.ts';

registerChannelTests({
  name: 'An eBay seller',
  lacks: ['webhooks', 'edits'],
  start: (random) => EbaySeller.start(random),
});
