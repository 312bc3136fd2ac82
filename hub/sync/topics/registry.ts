import type { Collection } from '#shared/protocol/messages/pull.ts';
import { positions } from './positions.ts';
import { products } from './products.ts';
import { storeConfig } from './store-config.ts';
import { tasks } from './tasks.ts';
import type { Topic } from './topic.ts';

/** What the change feed carries down. A new collection is one file and one line. */
export const TOPICS: { readonly [C in Collection]: Topic<C> } = { products, positions, storeConfig, tasks };
