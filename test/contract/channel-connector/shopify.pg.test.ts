import { ShopifyShop } from '#test/support/emulators/shopify-shop.ts';
import { registerChannelTests } from './register.ts';

registerChannelTests({ name: 'A Shopify shop', start: (random) => ShopifyShop.start(random) });
