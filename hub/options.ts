import { defineCli } from '#shared/runtime/command-line.ts';
import { PRODUCT_VERSION } from '#shared/runtime/version.ts';
import { channelOptions } from './options/channel-options.ts';
import { databaseOptions } from './options/database-options.ts';
import { erpOptions } from './options/erp-options.ts';
import { inboundOptions } from './options/inbound-options.ts';
import { keyOptions } from './options/key-options.ts';
import { reconcileOptions } from './options/reconcile-options.ts';
import { rulesOptions } from './options/rules-options.ts';
import { runOptions } from './options/run-options.ts';
import { storeOptions } from './options/store-options.ts';
import { whatIfOptions } from './options/what-if-options.ts';

/** As root PostgreSQL runs under a system account, which cannot reach a clone below /root: so a place that it can. */
const dataFolder = process.getuid?.() === 0 ? '/var/lib/shelfwire/hub' : './data/hub';

/** Everything that can be set of the hub, and every command it knows. */
export const hubCli = defineCli({
  name: 'shelfwire-hub',
  summary: "Merges all stores' facts into one inventory and says what each channel may sell.",
  version: PRODUCT_VERSION,
  options: {
    data: {
      type: 'path',
      env: 'SHELFWIRE_HUB_DATA',
      default: dataFolder,
      placeholder: 'FOLDER',
      help: 'Folder of the embedded PostgreSQL, whose own account must reach it; not used with a database URL.',
    },
    databaseUrl: {
      type: 'url',
      env: 'DATABASE_URL',
      protocols: ['postgres', 'postgresql'],
      secret: true,
      placeholder: 'URL',
      help: 'PostgreSQL 15 or newer to use in place of the embedded one. Better given by the environment.',
    },
    logLevel: {
      type: 'enum',
      values: ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
      default: 'info',
      placeholder: 'LEVEL',
      help: 'Least level that is logged: trace, debug, info, warn, error or silent.',
    },
  },
  commands: {
    ...runOptions,
    ...databaseOptions,
    ...storeOptions,
    ...whatIfOptions,
    ...keyOptions,
    ...erpOptions,
    ...reconcileOptions,
    ...channelOptions,
    ...inboundOptions,
    ...rulesOptions,
  },
});

export type HubCli = (typeof hubCli)['definition'];
