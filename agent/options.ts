import { defineCli } from '#shared/runtime/command-line.ts';
import { PERSON_ROLES } from '#shared/agent-api/answers.ts';
import { STORAGE_ENGINES } from './storage/engines.ts';
import { TASK_STATES } from '#shared/protocol/messages/pull.ts';
import { PRODUCT_VERSION } from '#shared/runtime/version.ts';

const json = { type: 'boolean', help: 'Answer as JSON, for programs.' } as const;

const line = {
  type: 'list',
  placeholder: 'LINE=UNITS',
  help: 'Line of the order and how many units of it; may be repeated. Without it, all that is left.',
} as const;
const substitute = {
  type: 'list',
  placeholder: 'LINE=UNITS=SKU',
  help: 'The same of another product that is given instead.',
} as const;
const ofTask = { task: 'number of the task' } as const;

/** Everything that can be set of the agent, and every command it knows. */
export const agentCli = defineCli({
  name: 'shelfwire-agent',
  summary:
    "Keeps a store's sales, returns and counts safe on this machine and brings them to the hub when it can be reached.",
  version: PRODUCT_VERSION,
  options: {
    data: {
      type: 'path',
      default: './data/agent',
      env: 'SHELFWIRE_AGENT_DATA',
      placeholder: 'FOLDER',
      help: 'Folder of everything the agent keeps.',
    },
    storage: {
      type: 'enum',
      values: STORAGE_ENGINES,
      env: 'SHELFWIRE_AGENT_STORAGE',
      placeholder: 'ENGINE',
      help: "What keeps the data: sqlite or pouchdb. By default the folder's own; a new folder is sqlite.",
    },
    logLevel: {
      type: 'enum',
      values: ['debug', 'info', 'warn', 'error', 'silent'],
      default: 'info',
      placeholder: 'LEVEL',
      help: 'Least level that is logged: debug, info, warn, error or silent.',
    },
  },
  commands: {
    run: {
      summary: 'Runs the agent until it is stopped. Works without a hub; enrol first to be connected.',
      options: {
        port: {
          type: 'number',
          min: 0,
          max: 65_535,
          default: 7171,
          help: 'Port of the loopback API; 0 takes a free one.',
        },
        feeds: {
          type: 'path',
          placeholder: 'FILE',
          help: 'JSON file with the watched folders and their column mappings.',
        },
        origins: {
          type: 'list',
          placeholder: 'ORIGIN',
          help: 'Origin of a web page that may call the loopback API; may be repeated.',
        },
        requestsPerSecond: {
          type: 'number',
          min: 1,
          max: 100_000,
          default: 500,
          help: 'Requests that one client of the loopback API may send.',
        },
        keepDays: {
          type: 'number',
          min: 30,
          max: 36_500,
          default: 400,
          help: 'Days that acknowledged facts are kept; others are kept always.',
        },
        network: {
          type: 'string',
          maxLength: 64,
          env: 'SHELFWIRE_AGENT_NETWORK',
          placeholder: 'ADDRESS:PORT',
          help: "Opens the app to the store's network there, whatever `network` has set. By default it is closed.",
        },
      },
    },
    enrol: {
      summary: 'Registers this machine at the hub as a device of its store, with a one-time token.',
      options: {
        hub: { type: 'url', required: true, help: 'Address of the hub.' },
        token: {
          type: 'string',
          maxLength: 128,
          required: true,
          secret: true,
          help: 'One-time token made at the hub.',
        },
        name: {
          type: 'string',
          maxLength: 64,
          help: 'Name of this device at the hub; by default the name of the machine.',
        },
        again: {
          type: 'boolean',
          help: 'Enrol anew, at the same store, although this folder belongs to a device already.',
        },
      },
    },
    status: {
      summary: 'Says whether the store is safe: connected, what is unsent, what needs attention.',
      options: { json },
    },
    archive: {
      summary: 'Copies the journal to a database on a CouchDB, what is new since the last time. Stop the agent first.',
      options: {
        to: {
          type: 'url',
          required: true,
          secret: true,
          env: 'SHELFWIRE_ARCHIVE_TO',
          help: 'Address of the database, such as https://couch.example:6984/store-12; made if it does not exist.',
        },
        user: {
          type: 'string',
          maxLength: 256,
          env: 'SHELFWIRE_ARCHIVE_USER',
          help: 'Account at the server, unless it stands in the address.',
        },
        password: {
          type: 'string',
          maxLength: 1_024,
          secret: true,
          env: 'SHELFWIRE_ARCHIVE_PASSWORD',
          help: 'Its password; better by the variable than by the flag.',
        },
      },
    },
    'storage migrate': {
      summary: 'Moves the data folder to another engine, compared before it counts. Stop the agent first.',
      options: {
        to: {
          type: 'enum',
          values: STORAGE_ENGINES,
          required: true,
          env: 'SHELFWIRE_STORAGE_TO',
          placeholder: 'ENGINE',
          help: 'sqlite or pouchdb.',
        },
      },
    },
    'tasks list': {
      summary: 'Lists what is to be done for orders, what is due first.',
      options: {
        state: {
          type: 'enum',
          values: TASK_STATES,
          placeholder: 'STATE',
          help: `Only those: ${TASK_STATES.join(', ')}.`,
        },
        json,
      },
    },
    'tasks accept': { summary: 'Says that the store will do it.', arguments: ofTask },
    'tasks reject': {
      summary: 'Says that the store cannot give units; the hub looks for them elsewhere.',
      arguments: ofTask,
      options: { reason: { type: 'string', maxLength: 256, required: true, help: 'Why not.' }, line, substitute },
    },
    'tasks pick': {
      summary: 'Units are taken from the shelf.',
      arguments: ofTask,
      options: { line, substitute },
    },
    'tasks hand-over': {
      summary: 'Units are given to the customer who collects.',
      arguments: ofTask,
      options: { line, substitute },
    },
    'tasks ship': {
      summary: 'Units are given to the carrier.',
      arguments: ofTask,
      options: { line, substitute },
    },
    'client add': {
      summary: 'Lets a program call the loopback API; prints its token once.',
      arguments: { name: 'name of the program, such as till-1' },
    },
    'client list': { summary: 'Lists the programs that may call the loopback API.', options: { json } },
    'person add': {
      summary: "Lets somebody sign in at the store's app; prints the PIN once.",
      arguments: { name: 'name of the person' },
      options: {
        role: {
          type: 'enum',
          values: PERSON_ROLES,
          placeholder: 'ROLE',
          help: 'clerk or manager; a manager also adjusts stock and approves counts. Without it, clerk.',
        },
        pin: {
          type: 'string',
          maxLength: 12,
          secret: true,
          help: 'PIN of 6 to 12 digits; better leave it to the agent.',
        },
      },
    },
    'person list': { summary: 'Lists who may sign in.', options: { json } },
    'person remove': { summary: "Takes somebody's access away.", arguments: { name: 'name of the person' } },
    'network on': {
      summary: "Opens the people's app to other devices of the store, over TLS; prints addresses and fingerprint.",
      options: {
        listen: {
          type: 'string',
          maxLength: 64,
          default: '0.0.0.0:7443',
          env: 'SHELFWIRE_AGENT_NETWORK_LISTEN',
          placeholder: 'ADDRESS:PORT',
          help: 'Address of this machine, and port; 0.0.0.0 are all of its addresses.',
        },
        name: {
          type: 'list',
          placeholder: 'NAME',
          help: 'Further name or address that devices call this machine by; may be repeated.',
        },
        newKey: {
          type: 'boolean',
          help: 'Makes a new key: after the old one was damaged or seen by others. Every device asks anew whether to trust it.',
        },
        json,
      },
    },
    'network off': { summary: 'Closes the app to other devices; who is signed in there is signed out.' },
    'network show': { summary: 'Says whether it is open, where, and with which fingerprint.', options: { json } },
    'client remove': { summary: 'Takes the access of a program away.', arguments: { name: 'name of the program' } },
  },
});

export type AgentCli = (typeof agentCli)['definition'];
