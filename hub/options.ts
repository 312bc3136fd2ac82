import { defineCli } from '#shared/runtime/command-line.ts';
import { PRODUCT_VERSION } from '#shared/runtime/version.ts';

/** As root PostgreSQL runs under a system account, which cannot reach a clone below /root: so a place that it can. */
const dataFolder = process.getuid?.() === 0 ? '/var/lib/shelfwire/hub' : './data/hub';

const json = { type: 'boolean', help: 'Answer as JSON, for programs.' } as const;

const store = {
  type: 'string',
  maxLength: 32,
  required: true,
  placeholder: 'CODE',
  help: 'Code of the store: letters, digits, - and _.',
} as const;

const file = 'file of rules, YAML or JSON';

/** By whom and when rules are applied. */
const application = {
  note: { type: 'string', maxLength: 256, placeholder: 'TEXT', help: 'Why, for the audit.' },
  effectiveFrom: {
    type: 'string',
    maxLength: 40,
    placeholder: 'INSTANT',
    help: 'From when on, such as 2026-12-01T00:00:00Z; by default at once.',
  },
  dryRun: { type: 'boolean', help: 'Only says what would change.' },
  basedOn: {
    type: 'number',
    min: 0,
    max: 2_147_483_647,
    placeholder: 'VERSION',
    help: 'Newest version that you know: refused when there is another by now.',
  },
  json,
} as const;

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
    run: {
      summary: 'Runs the hub until it is stopped.',
      options: {
        listen: {
          type: 'string',
          maxLength: 260,
          default: '127.0.0.1:7070',
          placeholder: 'HOST:PORT',
          help: 'Where stores and the API are served. 0.0.0.0:7070 opens it to the network: put TLS in front.',
        },
        privateWebhooks: {
          type: 'boolean',
          help: 'Lets webhooks and channels lead to private addresses, and by http to this machine; for trying, and for receivers in your own network.',
        },
        privateErps: {
          type: 'boolean',
          help: 'Lets ERPs be at private addresses, and at this machine by http; for ERPs in your own network.',
        },
        keyFile: {
          type: 'path',
          env: 'SHELFWIRE_HUB_KEY_FILE',
          placeholder: 'FILE',
          help: "File of the keys that seal the credentials of channels and ERPs, one a line, the first seals; by default secrets.keys in the data folder. Made when it is missing. Hubs of one database share it; keep a copy, not with the database's.",
        },
        erpFolder: {
          type: 'path',
          env: 'SHELFWIRE_HUB_ERP_FOLDER',
          placeholder: 'FOLDER',
          help: 'Where files for ERPs are put, each ERP in a folder of its own below; by default erp in the data folder.',
        },
        inboundFolder: {
          type: 'path',
          env: 'SHELFWIRE_HUB_INBOUND_FOLDER',
          placeholder: 'FOLDER',
          help: 'Where ERPs and WMS drop files, each source in a folder of its own below, named by its code; without it none are read.',
        },
        natsUrl: {
          type: 'list',
          placeholder: 'URL',
          help: 'NATS server with JetStream that events are published to, nats://HOST:PORT or tls://HOST:PORT; repeated for those of a cluster.',
        },
        natsCredentials: {
          type: 'path',
          placeholder: 'FILE',
          help: 'File with credentials for NATS: .creds, an nkey seed, or JSON of user and password or of token.',
        },
        natsStream: {
          type: 'string',
          maxLength: 64,
          default: 'SHELFWIRE',
          placeholder: 'NAME',
          help: 'Stream that takes the events; made when it is missing.',
        },
        natsPrefix: {
          type: 'string',
          maxLength: 128,
          default: 'shelfwire',
          placeholder: 'WORD',
          help: 'What subjects begin with.',
        },
        natsReplicas: {
          type: 'number',
          min: 1,
          max: 5,
          default: 1,
          help: 'Copies in the cluster of a stream that is made.',
        },
        explainDays: {
          type: 'number',
          min: 1,
          max: 3_650,
          default: 400,
          placeholder: 'DAYS',
          help: 'For how long what channels could sell can be explained; what only older instants rest on is removed.',
        },
      },
    },
    migrate: { summary: 'Brings the database to the schema of this version; `run` does it too.' },
    schema: { summary: 'Writes hub/db/schema.sql anew from the migrations, by an empty database of its own.' },
    partition: {
      summary: 'Cuts the tables of the ledger into partitions by store, for very many movements. Stop the hub first.',
      options: {
        into: { type: 'number', min: 2, max: 256, default: 16, help: 'Partitions of each table.' },
      },
    },
    'store create': {
      summary: 'Creates a store, or gives it another name.',
      options: { store, name: { type: 'string', maxLength: 256, help: 'Name of the store; by default its code.' } },
    },
    'token create': {
      summary: 'Makes a one-time token that enrols one device of a store; printed only once.',
      options: {
        store,
        name: { type: 'string', maxLength: 256, help: 'Creates the store under this name when it is missing.' },
        ttlHours: { type: 'number', min: 1, max: 720, default: 24, help: 'Hours that the token is valid.' },
        json,
      },
    },
    'what-if': {
      summary: 'Replays a past period under other policies: what would have been published, withheld and oversold.',
      options: {
        from: {
          type: 'string',
          required: true,
          maxLength: 40,
          placeholder: 'DAY',
          help: 'Begin, a day or an instant, UTC.',
        },
        to: { type: 'string', required: true, maxLength: 40, placeholder: 'DAY', help: 'End, not included.' },
        policy: {
          type: 'list',
          placeholder: 'FILE',
          help: 'JSON file with a policy or a list of them, may be repeated; hub/availability/what-if/README.md shows them.',
        },
        out: {
          type: 'path',
          placeholder: 'FILE',
          help: 'Writes a page with picture and table there (.html), or the picture (.svg).',
        },
        outages: {
          type: 'enum',
          values: ['recorded', 'random', 'nightly', 'weekend'],
          default: 'recorded',
          placeholder: 'KIND',
          help: 'Silences of stores: as facts were received, or simulated: random, nightly or weekend.',
        },
        stock: {
          type: 'enum',
          values: ['ledger', 'simulated'],
          default: 'ledger',
          placeholder: 'KIND',
          help: "Units on the shelves: the ledger's, or simulated by orders to suppliers when it knows sales only.",
        },
        channelShare: {
          type: 'number',
          min: 0,
          max: 1,
          fraction: true,
          default: 0,
          help: 'Share of the sales that are taken for orders of channels, chosen by their key; without it there are no orders.',
        },
        learnDays: {
          type: 'number',
          min: 0,
          max: 730,
          default: 56,
          help: 'Days before the begin from which demand is learnt, and nothing is counted.',
        },
        seed: { type: 'number', min: 0, max: 1_000_000, default: 1, help: 'Another one simulates others.' },
        json,
      },
    },
    'key create': {
      summary: 'Makes a key for the API; printed only once.',
      options: {
        name: { type: 'string', maxLength: 256, required: true, help: 'What the key is for; it is shown in the logs.' },
        scope: {
          type: 'list',
          placeholder: 'SCOPE',
          help: 'What it may, may be repeated: area:read or area:write, which includes it (stock:read, rules:write, ...); read and write alone stand for every area. By default read.',
        },
        perSecond: {
          type: 'number',
          min: 1,
          max: 10_000,
          default: 100,
          help: 'Requests a second that the key may send in the long run, to each hub process; four seconds of them at once.',
        },
        json,
      },
    },
    'key revoke': { summary: 'Ends a key at once.', arguments: { name: 'name of the key' } },
    recompute: {
      summary: 'Makes what every channel may sell anew, from positions and rules; a running hub goes on selling.',
    },
    drift: {
      summary: 'Holds what every channel may sell against positions and rules; says what differs.',
      options: { json },
    },
    'key list': { summary: 'Lists the keys of the API.', options: { json } },
    'erp list': { summary: 'Lists the ERPs: what waits for each, and what failed.', options: { json } },
    'erp documents': {
      summary: 'Lists documents for ERPs, the oldest first; dead letters unless told otherwise.',
      options: {
        erp: { type: 'string', maxLength: 32, placeholder: 'CODE', help: 'Of this ERP only.' },
        state: {
          type: 'enum',
          values: ['dead', 'waiting', 'posted', 'skipped'],
          default: 'dead',
          placeholder: 'STATE',
          help: 'dead, waiting, posted or skipped.',
        },
        key: {
          type: 'string',
          maxLength: 256,
          placeholder: 'KEY',
          help: 'With this key, such as STORE/KEY-OF-THE-FACT.',
        },
        rejected: { type: 'boolean', help: 'Only what the partner says it did not take (X12 997), in any state.' },
        json,
      },
    },
    'erp compare': {
      summary: 'Says by day, kind and store what each of two ERPs has; with --documents each that differs.',
      arguments: { erp: 'code of an ERP', other: 'code of the other' },
      options: {
        from: {
          type: 'string',
          maxLength: 10,
          required: true,
          placeholder: 'DAY',
          help: 'From this day on, like 2026-01-31.',
        },
        until: { type: 'string', maxLength: 10, required: true, placeholder: 'DAY', help: 'Up to this day, it too.' },
        documents: { type: 'boolean', help: 'Lists up to 1,000 documents that are not in the same state at both.' },
        json,
      },
    },
    'erp replay': {
      summary: 'Posts a dead letter again under its key, or up to 1,000 of an ERP.',
      arguments: { document: 'number of a document, or code of an ERP' },
    },
    'erp skip': {
      summary: 'Ends a dead letter without posting it.',
      arguments: { document: 'number of a document' },
      options: {
        reason: { type: 'string', maxLength: 256, required: true, placeholder: 'TEXT', help: 'Why; kept with it.' },
      },
    },
    'erp mapping': {
      summary: 'Tries a mapping on documents and puts it live when it stands that.',
      arguments: { file: 'file of the mapping, YAML or JSON' },
      options: {
        erp: { type: 'string', maxLength: 32, required: true, placeholder: 'CODE', help: 'Of this ERP.' },
        dryRun: { type: 'boolean', help: 'Only shows what it makes of documents.' },
        note: { type: 'string', maxLength: 256, placeholder: 'TEXT', help: 'Why, kept with the version.' },
        json,
      },
    },
    'reconcile list': {
      summary: 'Lists the comparisons: who corrects, how many differences are open, when each is run next.',
      options: { json },
    },
    'reconcile run': {
      summary: 'Has a comparison run now by a hub, and says what differs.',
      arguments: { comparison: 'code of a comparison' },
      options: { json },
    },
    'reconcile differences': {
      summary: 'Lists differences, open ones unless told otherwise.',
      options: {
        comparison: { type: 'string', maxLength: 32, placeholder: 'CODE', help: 'Of this comparison only.' },
        state: {
          type: 'enum',
          values: ['open', 'explained', 'corrected', 'ignored', 'gone'],
          default: 'open',
          placeholder: 'STATE',
          help: 'open, explained, corrected, ignored or gone.',
        },
        location: { type: 'string', maxLength: 32, placeholder: 'CODE', help: 'Of this location only.' },
        sku: { type: 'string', maxLength: 64, placeholder: 'SKU', help: 'Of this sku only.' },
        json,
      },
    },
    'reconcile approve': {
      summary: 'Corrects a difference, once.',
      arguments: { difference: 'number of a difference' },
      options: {
        towards: {
          type: 'enum',
          values: ['ours', 'theirs'],
          placeholder: 'SIDE',
          help: 'ours corrects the other side, theirs our stock; by default as its comparison says.',
        },
        note: { type: 'string', maxLength: 256, placeholder: 'TEXT', help: 'Why; kept with it.' },
      },
    },
    'reconcile ignore': {
      summary: 'Leaves a difference as it is until it changes.',
      arguments: { difference: 'number of a difference' },
      options: {
        reason: { type: 'string', maxLength: 256, required: true, placeholder: 'TEXT', help: 'Why; kept with it.' },
      },
    },
    'reconcile settlement': {
      summary: 'Takes a settlement report of Amazon (flat file V2); the same one again changes nothing.',
      arguments: { file: 'file of the report' },
      options: {
        channel: { type: 'string', maxLength: 32, required: true, placeholder: 'CODE', help: 'Of this channel.' },
        json,
      },
    },
    'channels orders': {
      summary: 'Lists orders of channels that could not be taken; those that are for people unless told otherwise.',
      options: {
        account: { type: 'number', min: 1, max: 999_999_999, placeholder: 'NUMBER', help: 'Of this account only.' },
        state: {
          type: 'enum',
          values: ['aside', 'waiting', 'dismissed'],
          default: 'aside',
          placeholder: 'STATE',
          help: 'aside (for people), waiting (tried again) or dismissed.',
        },
        json,
      },
    },
    'channels retry': {
      summary: 'Has such an order read at its channel and taken, by a running hub.',
      arguments: { account: 'number of an account', order: 'what the channel calls it' },
    },
    'channels dismiss': {
      summary: 'Closes the case of such an order; what is held for it is given back.',
      arguments: { account: 'number of an account', order: 'what the channel calls it' },
      options: {
        note: { type: 'string', maxLength: 256, required: true, placeholder: 'TEXT', help: 'Why; kept with it.' },
      },
    },
    'inbound list': { summary: 'Lists the sources that tell of stock and products.', options: { json } },
    'inbound rejects': {
      summary: 'Lists what could not be read of what sources sent, the newest first.',
      options: {
        source: { type: 'string', maxLength: 32, placeholder: 'CODE', help: 'Of this source only.' },
        json,
      },
    },
    'inbound dismiss': {
      summary: 'Closes the case of a reject.',
      arguments: { reject: 'number of a reject' },
      options: {
        note: { type: 'string', maxLength: 256, required: true, placeholder: 'TEXT', help: 'Why; kept with it.' },
      },
    },
    'inbound files': {
      summary: 'Lists files of a source that were dealt with, the newest first.',
      arguments: { source: 'code of a source' },
      options: { json },
    },
    'products rules': {
      summary:
        'Shows whom to believe of products, or makes a file the rules in force; products follow in a running hub.',
      options: {
        apply: { type: 'path', placeholder: 'FILE', help: 'A file of these rules, JSON.' },
        note: { type: 'string', maxLength: 256, placeholder: 'TEXT', help: 'Why, kept with the version.' },
        json,
      },
    },
    'products conflicts': {
      summary: 'Lists where sources say different things of a product, and what is believed.',
      options: { json },
    },
    'rules validate': {
      summary: 'Says everything that is wrong with a file of rules.',
      arguments: { file },
      options: {
        offline: { type: 'boolean', help: 'Without a hub: its stores and products are not looked up.' },
        json,
      },
    },
    'rules diff': {
      summary: 'Says what is different between the rules in force and a file, or between two versions.',
      arguments: { file: `${file}, or the number of a version` },
      options: {
        to: {
          type: 'number',
          min: 1,
          max: 2_147_483_647,
          placeholder: 'VERSION',
          help: 'Version to compare with, in place of the one in force.',
        },
        json,
      },
    },
    'rules apply': {
      summary: 'Makes a file the newest version of the rules; all of it or nothing.',
      arguments: { file },
      options: application,
    },
    'rules rollback': {
      summary: 'Brings an older version back, as a new one.',
      arguments: { version: 'number of the version' },
      options: application,
    },
    'rules export': {
      summary: 'Prints the file of the rules in force as it was applied.',
      options: {
        of: {
          type: 'number',
          min: 1,
          max: 2_147_483_647,
          placeholder: 'VERSION',
          help: 'Another version than the one in force.',
        },
        out: { type: 'path', placeholder: 'FILE', help: 'Writes it there.' },
      },
    },
    'rules list': { summary: 'Lists the versions of the rules: who applied what, when.', options: { json } },
  },
});

export type HubCli = (typeof hubCli)['definition'];
