import { WalmartSeller } from '#test/support/emulators/walmart-seller.ts';
import { registerChannelTests } from './register.ts';

registerChannelTests({ name: 'A Walmart seller', start: (random) => WalmartSeller.start(random) });
