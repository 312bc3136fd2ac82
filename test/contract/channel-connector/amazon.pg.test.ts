import { AmazonSeller } from '#test/support/emulators/amazon-seller.ts';
import { registerChannelTests } from './register.ts';

registerChannelTests({ name: "An Amazon seller's listings", start: (random) => AmazonSeller.start(random) });
