import type { Command } from '#shared/runtime/command-definition.ts';

/** Running the hub. */
export const runOptions = {
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
} as const satisfies Record<string, Command>;
