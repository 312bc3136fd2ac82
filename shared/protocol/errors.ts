/**
 * Every failure that a user can meet has a code here, with the remedy that is shown beside it.
 * `status` is the HTTP status of the problem response (RFC 9457) that carries the code.
 */
export const ERRORS = {
  // Facts
  FACT_INVALID: { status: 422, remedy: 'Correct the named field and send the fact again with the same key.' },
  FACT_TOO_LARGE: { status: 413, remedy: 'Split the document: at most 2,000 lines and 256 KiB a fact.' },
  FACT_KIND_UNKNOWN: {
    status: 422,
    remedy: 'Correct `kind` and send it again; a kind of a newer version needs an update first.',
  },
  KEY_REUSED: {
    status: 409,
    remedy:
      'Another fact has this key, and counts. If this one is a different document, send it under a key of its own.',
  },
  VOID_OF_VOID: {
    status: 422,
    remedy: 'A void cannot be taken back: send the document again under a new key.',
  },
  FACT_AHEAD: {
    status: 422,
    remedy:
      "Set that machine's clock, then count, and dismiss this: the new count has the units. Released, a count hides what is sold up to its instant, and units that were added are added once more to each count made before it.",
  },
  PULLED_ORDER_INVALID: {
    status: 422,
    remedy:
      'Correct the order in the point of sale that it came from: it is taken when it has changed. Then dismiss this.',
  },
  POS_UNREACHABLE: {
    status: 502,
    remedy:
      'Check the address of the feed and the network; what is sold there meanwhile is read when it answers again.',
  },
  POS_UNAUTHORIZED: {
    status: 502,
    remedy: 'Put credentials that may read its orders where the feed says; they are read again at each try.',
  },
  POS_BUSY: { status: 503, remedy: 'Nothing is to be done: it is asked again after the time that it named.' },
  POS_ANSWER_INVALID: {
    status: 502,
    remedy: 'Check the address: something answers there that is not the point of sale, or of another version.',
  },
  QUARANTINE_FULL: {
    status: 507,
    remedy:
      'Correct or dismiss what is set aside (page Problems of the app), then send it again; what is in order is taken all the while.',
  },
  TRANSFER_TO_ITSELF: {
    status: 422,
    remedy:
      'Correct the store at the other end and send the document again under a new key; units that stay in the store need no transfer. What the hub has set aside: dismiss it.',
  },
  SKU_UNKNOWN: {
    status: 422,
    remedy: 'The unit is counted all the same. Add the product, or correct the sku by a void.',
  },

  // Counts
  COUNT_ENDED: {
    status: 409,
    remedy: 'The count is approved or cancelled. Begin another one for what was seen since.',
  },
  COUNT_MOVED_ON: {
    status: 409,
    remedy: 'Somebody has counted meanwhile. Look at the review again, then approve.',
  },
  COUNT_UNSETTLED: {
    status: 409,
    remedy: 'Settle what the review shows first: contradictions, unknown codes, what is to be counted again.',
  },
  COUNT_LIMIT: { status: 409, remedy: 'Approve or cancel a count that is open, and go on in a new one.' },

  // Requests
  BODY_NOT_JSON: { status: 400, remedy: 'Send a JSON body with content type application/json.' },
  BODY_TOO_LARGE: { status: 413, remedy: 'Send fewer facts in one request.' },
  REQUEST_INVALID: { status: 400, remedy: 'Correct the named field.' },
  NOT_FOUND: {
    status: 404,
    remedy: 'Check the name, address or id.',
  },
  CONFLICT: { status: 409, remedy: 'Read the current state, then decide again.' },
  UNAUTHORIZED: { status: 401, remedy: 'Send the credential as "Authorization: Bearer ..."; make one with the CLI.' },
  FORBIDDEN: { status: 403, remedy: 'Use a credential whose scope allows this.' },
  HOST_FORBIDDEN: { status: 403, remedy: 'Call the agent by its loopback address, without a foreign Origin.' },
  IDEMPOTENCY_KEY_REQUIRED: {
    status: 400,
    remedy:
      'Send the header Idempotency-Key with a key of your own making, such as a UUID, and the same one again when you repeat the request.',
  },
  IDEMPOTENCY_KEY_REUSED: {
    status: 422,
    remedy:
      'Another request of this API key had this Idempotency-Key. If yours is another act, give it a key of its own.',
  },
  KEY_RESERVED: {
    status: 422,
    remedy: "Such keys are the hub's own. Send a key of your own making, such as a UUID.",
  },
  IDEMPOTENCY_IN_PROGRESS: {
    status: 409,
    remedy: 'The same request is being answered. Send it again after the seconds named in Retry-After.',
  },
  RATE_LIMITED: { status: 429, remedy: 'Wait for the seconds named in Retry-After.' },
  INTERNAL: { status: 500, remedy: 'Look the correlation id up in the logs.' },

  // Rules
  AVAILABILITY_PENDING: {
    status: 503,
    remedy: 'Ask again in some seconds; GET /v1/recompute-jobs says how far it is.',
  },
  PAST_PRUNED: {
    status: 410,
    remedy: 'Ask for a later instant; `shelfwire-hub run --explain-days` sets for how long numbers can be explained.',
  },
  RULES_INVALID: {
    status: 422,
    remedy: 'Correct each line that is named as its remedy says; nothing of the rules was applied.',
  },

  // Reservations
  RESERVATION_SHORT: {
    status: 409,
    remedy: 'Ask for what can be had, or with `mode` partial. Nothing is held: the same key may be tried again.',
  },
  RESERVATION_ENDED: {
    status: 409,
    remedy: 'Its units may be promised to others: reserve anew under another key. A sale of them counts all the same.',
  },
  RESERVATION_UNKNOWN: {
    status: 422,
    remedy: 'The sale counts all the same. Correct the key or number that the till names.',
  },
  RESERVATION_OTHER_SKU: {
    status: 422,
    remedy:
      'The sale counts all the same; the reservation still holds its own units: release it if they are not wanted.',
  },
  RESERVATION_EXCEEDED: {
    status: 422,
    remedy: 'What is beyond the reservation counts as an ordinary sale; void the line if it was a mistake.',
  },

  // Orders
  ORDER_TOTALS: { status: 422, remedy: 'Correct the amounts, or the total, and send the order again.' },
  ORDER_REUSED: {
    status: 409,
    remedy:
      'The channel sent another order under this id before; that one counts, and this one is kept beside it: GET the order. Cancel units or return them by its acts, or send a new id.',
  },
  ORDER_EDIT_UNFOLLOWED: {
    status: 409,
    remedy:
      'Settle it with the customer: units that have left come back by a return, what was added too late needs a new order. Then say that the effect is done (POST /v1/order-effects/NUMBER/done).',
  },
  ORDER_NAME_UNKNOWN: {
    status: 422,
    remedy:
      'Add the product, the listing or the location by the name that is given; the order is looked at again by itself within minutes, or at once by its act `retry`.',
  },
  ORDER_UNAVAILABLE: {
    status: 409,
    remedy: 'Bring units in, or cancel what is missing; it is looked for again by itself every minute.',
  },
  ORDER_UNITS: { status: 409, remedy: 'GET the order: it says where the units of each line stand.' },
  ORDER_TOO_EARLY: { status: 409, remedy: 'GET the order, and wait for the state that this belongs to.' },
  ORDER_TOO_LATE: { status: 409, remedy: 'GET the order; what was handed over comes back by a return.' },
  ORDER_SUBSTITUTE: {
    status: 409,
    remedy: 'Hand over what was ordered, or reject the units; GET the order: its lines say which may be replaced.',
  },
  ORDER_ENDED: { status: 409, remedy: 'The order is cancelled or returned; take a new one.' },
  TASK_ENDED: {
    status: 409,
    remedy: 'Put picked units back on the shelf; units that have left all the same are told as a sale.',
  },
  TASK_UNITS: { status: 409, remedy: 'Look at the task again, and name no more units than its lines have left.' },
  RETURN_UNITS: {
    status: 409,
    remedy: 'Look the receipt up again, and take back no more than was sold on it and has not come back yet.',
  },
  RETURNED_TWICE: {
    status: 409,
    remedy:
      'Both count. If the units came back only once, send this: it takes the return that it names back. If they came back by both, dismiss it.',
  },
  RETURN_SALE_UNKNOWN: {
    status: 422,
    remedy:
      'Look the sale up by its receipt. When it is lost or of another store, a manager may take the goods back without it.',
  },
  TASK_CONFLICT: {
    status: 409,
    remedy:
      'What the store handed over is out of stock. Ask it who has the units: take them back as a return, or settle it with the customer; then close it: POST /v1/tasks/NUMBER/conflict/close.',
  },

  // Reconciliation
  RECONCILE_SETTINGS_INVALID: { status: 422, remedy: 'Correct the named setting: PUT /v1/comparisons/CODE.' },
  RECONCILE_LIMIT: { status: 409, remedy: 'Set one that nobody needs for another purpose: PUT /v1/comparisons/CODE.' },
  RECONCILE_NOT_CORRECTABLE: {
    status: 409,
    remedy:
      'Correct it where it is wrong, or ignore it with the reason; hub/reconcile/README.md says what can be corrected.',
  },
  RECONCILE_NOT_READABLE: {
    status: 409,
    remedy: 'See the account: GET /v1/channel-accounts. The comparison can be run again at any time.',
  },
  RECONCILE_RUN_LOST: { status: 500, remedy: 'Look the run up in the logs of the hubs, then ask for another one.' },

  // Webhooks
  WEBHOOK_URL_FORBIDDEN: {
    status: 422,
    remedy:
      'Name an https address on the public network; `shelfwire-hub run --private-webhooks` allows private ones, and http to this machine.',
  },
  WEBHOOK_LIMIT: { status: 409, remedy: 'End a webhook that nobody needs: POST /v1/webhooks/NUMBER/end.' },
  WEBHOOK_ENDED: { status: 409, remedy: 'Make a new webhook; what this one did not deliver stays listed.' },
  WEBHOOK_SUPERSEDED: {
    status: 409,
    remedy: 'Nothing is to be done: newer numbers of everything in this message were sent since, or are being sent.',
  },
  WEBHOOK_REFUSED: {
    status: 502,
    remedy: "Look the message's id up at the receiver: it must answer 2xx once it has kept the message.",
  },
  WEBHOOK_GONE: { status: 410, remedy: 'The webhook is paused: resume it when its receiver is back, or end it.' },
  WEBHOOK_TIMEOUT: {
    status: 504,
    remedy: 'Let the receiver answer at once, and work on the message afterwards.',
  },
  WEBHOOK_UNREACHABLE: { status: 502, remedy: "Check the receiver's address, its certificate and the network." },
  NATS_UNREACHABLE: {
    status: 502,
    remedy: 'Nothing is lost: events wait. Check --nats-url and that a server with JetStream runs there.',
  },
  NATS_DENIED: {
    status: 502,
    remedy:
      'Check the file of --nats-credentials, and that its user may publish below --nats-prefix, and see and make the stream.',
  },
  NATS_CREDENTIALS_INVALID: {
    status: 422,
    remedy:
      'Name a .creds file, a file with an nkey seed, or JSON of `user` and `password`, or of `token`; hub/connectors/event/README.md shows them.',
  },
  NATS_STREAM_UNFIT: {
    status: 409,
    remedy: 'Change the stream as `detail` says, or name another by --nats-stream; events wait meanwhile.',
  },
  NATS_REFUSED: { status: 502, remedy: "Look at the stream's limits; then replay the message: it keeps its id." },

  // Channels that are spoken with
  CHANNEL_KIND_UNKNOWN: { status: 422, remedy: 'Name one of the kinds that GET /v1/channel-kinds lists.' },
  CHANNEL_ACCOUNT_LIVE: {
    status: 409,
    remedy: 'A channel has one account: end the other first, POST /v1/channel-accounts/NUMBER/end.',
  },
  CHANNEL_SHOP_DIFFERS: {
    status: 409,
    remedy:
      'Two shops may give one number to two orders: make a channel of its own for this shop. If it is the same shop at another address, say `"sameShop": true`.',
  },
  CHANNEL_ACCOUNT_ENDED: {
    status: 409,
    remedy: 'Make a new account; it takes over what the channel says by reading it.',
  },
  CHANNEL_UNREACHABLE: {
    status: 502,
    remedy: "Check the account's address, the channel's status page and the network.",
  },
  CHANNEL_TLS: {
    status: 502,
    remedy: "Check the address and the channel's certificate; nothing is sent to a server that cannot prove who it is.",
  },
  CHANNEL_TIMEOUT: { status: 504, remedy: 'It is tried again by itself; if it stays so, ask the channel.' },
  CHANNEL_UNAUTHORIZED: {
    status: 502,
    remedy: 'Send credentials that are valid and may do this: POST /v1/channel-accounts/NUMBER/credentials.',
  },
  CHANNEL_CLAIM_LOST: {
    status: 503,
    remedy:
      'Nothing is to be done: the account is worked at by whose turn it is. If it happens again and again, see why this hub stands still (a machine that sleeps or is paused) or does not reach its database.',
  },
  CHANNEL_THROTTLED: { status: 503, remedy: 'Nothing is to be done: calls wait until the channel takes them again.' },
  CHANNEL_LATER: { status: 503, remedy: 'Nothing is to be done: the channel works at it, and is looked at again.' },
  CHANNEL_FAILED: { status: 502, remedy: 'It is tried again by itself; if it stays so, ask the channel.' },
  CHANNEL_ANSWER_INVALID: {
    status: 502,
    remedy:
      "Check the account's address: something answers there that is not the channel's API of the version that is spoken.",
  },
  CHANNEL_REFUSED: {
    status: 502,
    remedy: 'Correct at the channel what it names, then have it tried again: POST /v1/publications/.../retry.',
  },
  CHANNEL_SKU_UNKNOWN: {
    status: 422,
    remedy: 'Create the listing at the channel, or correct its sku in the rules; then have it tried again.',
  },
  CHANNEL_SKU_AMBIGUOUS: {
    status: 422,
    remedy: 'Give each listing at the channel a sku of its own, then have it tried again.',
  },
  CHANNEL_SIGNATURE_INVALID: {
    status: 401,
    remedy: "Send it signed with the secret that is among the account's credentials, soon after it was signed.",
  },
  SETTLEMENT_INVALID: {
    status: 422,
    remedy:
      'Send the settlement report as Amazon gives it, the flat file V2: columns parted by tabs, nothing saved anew.',
  },
  CHANNEL_ORDER_UNREADABLE: {
    status: 422,
    remedy:
      'The channel may have sold what the order says, and only what `held` names is kept for it: look at the order there. Correct it there, or update the hub, and POST /v1/untaken-orders/ACCOUNT/ORDER/retry; or settle it there by hand and POST .../dismiss.',
  },
  CHANNEL_ORDER_NOT_YET: {
    status: 503,
    remedy:
      'Nothing is to be done for now: it is read again, and at once when its channel tells of it. If it stays so for days, look at the order there.',
  },
  CHANNEL_ORDER_MISSING: {
    status: 404,
    remedy:
      'Look at the channel for the order: it told of it and does not give it. When it is there, POST /v1/untaken-orders/ACCOUNT/ORDER/retry; when there is none, POST .../dismiss.',
  },
  CHANNEL_MESSAGE_INVALID: { status: 422, remedy: 'Send what the page of the connector describes.' },

  // Channels and ERPs that are spoken with
  CHANNEL_KEY_MISSING: {
    status: 500,
    remedy:
      "Bring back the file of the hub's keys (`run --key-file`); without it, send the credentials of each channel and ERP again.",
  },

  // ERPs
  ERP_SETTINGS_INVALID: {
    status: 422,
    remedy: 'Correct the named setting; GET /v1/erp-kinds says what each kind takes.',
  },
  ERP_URL_FORBIDDEN: {
    status: 422,
    remedy:
      'Name an https address on the public network; `shelfwire-hub run --private-erps` allows private ones, and http to this machine.',
  },
  ERP_CREDENTIALS_NEEDED: {
    status: 422,
    remedy: 'Send `credentials` along with the settings: what was given for one server is shown to no other.',
  },
  INBOUND_SETTINGS_INVALID: { status: 422, remedy: 'Correct the named setting; hub/inbound/README.md describes each.' },
  INBOUND_LIMIT: { status: 409, remedy: 'End a source that is not used any more: POST /v1/inbound-sources/CODE/end.' },
  INBOUND_CLOSED: {
    status: 409,
    remedy:
      'Resume the source (POST /v1/inbound-sources/CODE/resume), or create it anew under another code if it was ended.',
  },
  INBOUND_LOCATION_UNKNOWN: {
    status: 422,
    remedy:
      'Create the location (`shelfwire-hub store create`), or name it among the locationNames of the source; then send it again.',
  },
  INBOUND_LOCATION_FORBIDDEN: {
    status: 403,
    remedy: 'Name the location among the locations of the source if it may speak of it; then send it again.',
  },
  INBOUND_COUNT_FORBIDDEN: {
    status: 403,
    remedy:
      'Send it as a snapshot of stock (POST /v1/inbound/SOURCE/stock), which is kept to be compared with, or count in the store.',
  },
  INBOUND_INVALID: { status: 422, remedy: 'Correct what is named and send it again; nothing of this one was taken.' },
  INBOUND_STATEMENT_REUSED: {
    status: 409,
    remedy:
      'Another statement of stock has this key. If this one is a different statement, send it under a key of its own.',
  },
  INBOUND_SIGNATURE_INVALID: {
    status: 401,
    remedy: 'Sign it as Standard Webhooks do, with a secret of the source that is in force, and send it soon after.',
  },
  INBOUND_FILE_UNMAPPED: {
    status: 422,
    remedy: 'Give the file a name that a mapping of the source begins with, or add a mapping; then drop it again.',
  },
  PRODUCT_RULES_INVALID: {
    status: 422,
    remedy: 'Correct what is named: sources by their codes, and hand for what is entered here.',
  },
  ERP_LIMIT: { status: 409, remedy: 'End an ERP that is not used any more: POST /v1/erps/CODE/end.' },
  ERP_ENDED: { status: 409, remedy: 'Create it anew under another code; what was not forwarded stays listed.' },
  ERP_MAPPING_INVALID: { status: 422, remedy: 'Correct what is named, and try it again with dryRun.' },
  ERP_MAPPING_FAILED: {
    status: 422,
    remedy: 'Put a mapping live that knows this document (POST /v1/erps/CODE/mappings), then replay it, or skip it.',
  },
  ERP_REFUSED: {
    status: 502,
    remedy: 'Mend what the ERP names, there or in the mapping; then replay the document, or skip it with a reason.',
  },
  ERP_CONFLICT: {
    status: 409,
    remedy: 'The ERP has another document under this key: look at both, then skip this one with a reason.',
  },
  ERP_OUTDATED: {
    status: 409,
    remedy:
      'Stock moved in the ERP while a count was applied there: replay it when less moves, or skip it with a reason.',
  },
  ERP_UNAUTHORIZED: {
    status: 502,
    remedy: 'Give the ERP credentials that may write there: POST /v1/erps/CODE/credentials. Documents wait meanwhile.',
  },
  ERP_UNREACHABLE: {
    status: 502,
    remedy: "Check the ERP's address, its certificate and the network. Documents wait, in order, and are tried again.",
  },
  ERP_TIMEOUT: {
    status: 504,
    remedy: 'Whether the ERP has it is asked before it is sent again. If this stays, let it answer sooner.',
  },
  ERP_FAILED: { status: 502, remedy: "Look into the ERP's own log at that time. Documents wait, and are tried again." },
  ERP_ANSWER_INVALID: {
    status: 502,
    remedy: 'Something that is not the ERP may answer there (a proxy, a maintenance page): look at its address.',
  },
  ERP_THROTTLED: { status: 503, remedy: 'Nothing is to be done. If it stays, set `perSecond` of the ERP lower.' },
  ERP_VOIDED: { status: 409, remedy: 'Nothing is to be done: it was taken back, so the ERP need not have it.' },
  ERP_SKIPPED: {
    status: 409,
    remedy: 'Somebody skipped it, with the reason that is shown; replay it if that was wrong.',
  },

  // What-if jobs
  WHAT_IF_QUEUE_FULL: {
    status: 429,
    remedy: 'Ask again when some of the waiting jobs are done, or cancel one: GET /v1/what-if-jobs.',
  },
  WHAT_IF_NOT_DONE: { status: 409, remedy: 'GET the job until its state is done; of a failed one it says why.' },
  WHAT_IF_OUT_OF_MEMORY: {
    status: 500,
    remedy: 'Ask for fewer policies at a time; or run `shelfwire-hub what-if` on a machine with more memory.',
  },
  WHAT_IF_TOO_LONG: {
    status: 500,
    remedy: 'Ask for a shorter period or fewer policies; or run `shelfwire-hub what-if`, which takes its time.',
  },
  WHAT_IF_RUNNER_LOST: {
    status: 500,
    remedy:
      'See in the logs why the hub ended; then ask again, for a shorter period or fewer policies if it was memory.',
  },
  WHAT_IF_CRASHED: { status: 500, remedy: "Look the job's number up in the hub's logs, and report what they say." },
  RECOMPUTE_FAILED: {
    status: 500,
    remedy:
      'It is tried again by itself, while other jobs go on: see GET /v1/recompute-jobs. If it keeps failing, report what it says.',
  },

  // Devices and the wire
  PROTOCOL_TOO_OLD: { status: 426, remedy: 'Update the agent; the store keeps its facts and sends them afterwards.' },
  PROTOCOL_TOO_NEW: { status: 426, remedy: 'Update the hub; the store keeps its facts and sends them afterwards.' },
  HELLO_REQUIRED: { status: 401, remedy: 'Answer the challenge with hello before anything else.' },
  SIGNATURE_INVALID: { status: 401, remedy: 'Enrol the device again: its key is not the one that the hub knows.' },
  NONCE_REPLAYED: { status: 401, remedy: 'Connect anew: a challenge is answered once, on its own connection.' },
  DEVICE_UNKNOWN: { status: 401, remedy: 'Enrol this device with a one-time token.' },
  DEVICE_REVOKED: {
    status: 403,
    remedy:
      'Ask the hub operator for a token, stop the agent, and: shelfwire-agent enrol --hub URL --token TOKEN --again. Facts are kept meanwhile.',
  },
  TOKEN_INVALID: { status: 403, remedy: 'Make a new token at the hub: shelfwire-hub token create --store CODE.' },
  TOKEN_USED: { status: 403, remedy: 'A token enrols one device. Make a new one at the hub.' },
  TOKEN_EXPIRED: { status: 403, remedy: 'Make a new token at the hub: shelfwire-hub token create --store CODE.' },
  FRAME_INVALID: { status: 400, remedy: 'The agent sends the frame again; if it persists, send a support bundle.' },
  FRAME_TOO_LARGE: { status: 413, remedy: 'The agent splits the frame and sends the parts.' },
  SEQ_GAP: { status: 409, remedy: 'The agent sends again from the watermark that the hub named.' },
  EPOCH_UNKNOWN: { status: 409, remedy: 'The agent says hello again with the epoch of its journal.' },
  HUB_BUSY: { status: 503, remedy: 'The agent waits for the time that the hub named and tries again.' },
  HUB_UNREACHABLE: { status: 503, remedy: 'Check the hub address and the network; selling goes on meanwhile.' },
  COLLECTION_UNKNOWN: { status: 404, remedy: 'Pull one of products, positions, storeConfig.' },
  CHECKPOINT_INVALID: { status: 400, remedy: 'Pull again without a checkpoint.' },

  // The agent on its machine
  NOT_ENROLLED: { status: 409, remedy: 'Run: shelfwire-agent enrol --hub URL --token TOKEN.' },
  STORE_DIFFERS: {
    status: 409,
    remedy:
      "Enrol with a token of this folder's own store, or give the other store a new data folder: facts of one store would be counted again at another.",
  },
  ALREADY_ENROLLED: {
    status: 409,
    remedy: 'This folder belongs to a device already: choose another with --data, or add --again.',
  },
  FOLDER_IN_USE: {
    status: 409,
    remedy: 'Stop the other process that has this data folder open, or choose another folder.',
  },
  DISK_LOW: {
    status: 507,
    remedy: 'Free space on the disk of the data folder soon: when it is full, facts are refused until there is room.',
  },
  STORAGE_FULL: { status: 507, remedy: 'Free space on the disk of the data folder; what was acknowledged is safe.' },
  STORAGE_IO: { status: 500, remedy: 'Check the disk of the data folder; what was acknowledged is safe.' },
  STORAGE_BUSY: { status: 503, remedy: 'Another process writes to the data folder; stop it, then try again.' },
  STORAGE_CLOSED: { status: 503, remedy: 'The agent is stopping; try again when it is back.' },
  STORAGE_FORBIDDEN: {
    status: 500,
    remedy:
      'Let the account that runs the agent own the data folder and everything in it, on a disk that is not mounted read-only.',
  },
  STORAGE_DAMAGED: {
    status: 500,
    remedy: 'Restart the agent: it sets the file aside in damaged/ and goes on with everything that can be read of it.',
  },
  STORAGE_RECOVERED: {
    status: 500,
    remedy:
      'Have the disk checked. Read report.json in the named folder and count what it says is missing; then move that folder away: it ends this notice.',
  },
  STORAGE_NEWER: { status: 500, remedy: 'Start the agent version that wrote this folder, or a newer one.' },
  STORAGE_NOT_DURABLE: {
    status: 500,
    remedy: 'Put the data folder on a local disk that accepts WAL and full sync; reinstall if a package is named.',
  },
  STORAGE_ENGINE_OTHER: {
    status: 409,
    remedy: 'Leave --storage away, or move the folder: shelfwire-agent storage migrate --to ENGINE.',
  },
  STORAGE_COPY_DIFFERS: {
    status: 500,
    remedy: 'The folder stays with its engine, nothing is lost. Check the disk, then run the command again.',
  },
  ARCHIVE_UNREACHABLE: {
    status: 503,
    remedy: 'Check the address and the network, then run the command again: it goes on where it stopped.',
  },
  ARCHIVE_UNAUTHORIZED: {
    status: 401,
    remedy: 'Give SHELFWIRE_ARCHIVE_USER and SHELFWIRE_ARCHIVE_PASSWORD of an account that may write there.',
  },
  ARCHIVE_NOT_COUCHDB: {
    status: 502,
    remedy: 'Give the address of a database on a CouchDB, such as https://couch.example:6984/store-12.',
  },
  ARCHIVE_REFUSED: {
    status: 502,
    remedy: 'Remove what the server names as its reason, then run the command again: it goes on where it stopped.',
  },
  JOURNAL_CLOSED: { status: 503, remedy: 'The agent is stopping; send again when it is back.' },
  CSV_ROW_INVALID: {
    status: 422,
    remedy:
      'Correct the row and drop it in a file of its own, under another document number: the rest of its document was taken.',
  },
  DOCUMENT_CUT: {
    status: 422,
    remedy:
      'Its writer had paused in the middle of the document, which counts without this row. Send the row; if it was entered otherwise meanwhile, dismiss it.',
  },
  CSV_FILE_INVALID: { status: 422, remedy: 'Correct the file or the column mapping; see the report beside it.' },
  POSLOG_TRANSACTION_INVALID: {
    status: 422,
    remedy:
      'Correct the transaction at the till, or drop it corrected in a file of its own: the others of its file were taken.',
  },
  POSLOG_FILE_INVALID: {
    status: 422,
    remedy: 'Export the log anew and drop it again: what was complete in it was taken, and is not taken twice.',
  },
  CSV_FILE_UNREADABLE: {
    status: 422,
    remedy: 'Let the program read what is named in working/, or take it out; the files behind it are taken meanwhile.',
  },
  QUARANTINE_NOT_EMPTY: {
    status: 409,
    remedy:
      'Look at what was set aside (Problems in the app, GET /v1/quarantine): correct it there, or at its origin and send it again.',
  },
  CLOCK_OFF: {
    status: 409,
    remedy: "Set this machine's clock; the order of facts is kept by the hub's time meanwhile.",
  },
  AGENT_START_FAILED: {
    status: 503,
    remedy:
      'Start it where it was installed: its service, or `shelfwire-agent run`. The file that is named says what it said last.',
  },
  DESKTOP_ELECTRON_MISSING: {
    status: 404,
    remedy:
      'Fetch it once with: npx install-electron; or name the folder of an Electron by ELECTRON_OVERRIDE_DIST_PATH. Without it: npm run desktop -- shortcut, which opens the app in the installed browser.',
  },
  NETWORK_PORT_TAKEN: {
    status: 409,
    remedy:
      'Stop what uses the port, or choose another: shelfwire-agent network on --listen ADDRESS:PORT. The machine itself is served meanwhile.',
  },
  NETWORK_PORT_FORBIDDEN: {
    status: 403,
    remedy: 'Choose a port of 1024 or more: shelfwire-agent network on --listen ADDRESS:PORT.',
  },
  NETWORK_ADDRESS_ABSENT: {
    status: 503,
    remedy:
      'Check the cable or the wireless network: it goes on by itself when the address is back. Or choose another: shelfwire-agent network on --listen ADDRESS:PORT.',
  },
  NETWORK_KEY_DAMAGED: {
    status: 500,
    remedy: 'Make a new key: shelfwire-agent network on --new-key. Then compare its fingerprint on every device.',
  },
  NETWORK_GIVEN: {
    status: 409,
    remedy:
      'Start the agent without --network and without SHELFWIRE_AGENT_NETWORK: then what is set by `shelfwire-agent network` counts.',
  },
  NETWORK_PENDING: {
    status: 503,
    remedy: 'It is set. Ask in some seconds what came of it: shelfwire-agent network show.',
  },
  NETWORK_GUESSING: {
    status: 429,
    remedy:
      'Find the device with this address. Wrong PINs are slowed down; `shelfwire-agent network off` closes the app to all other devices.',
  },
  OPTION_INVALID: { status: 400, remedy: 'See --help for the options and their types.' },
  CONFIG_INVALID: { status: 400, remedy: 'Correct the named setting in the configuration file.' },

  // The hub and its database
  HUB_MISSING: {
    status: 404,
    remedy: 'Start `shelfwire-hub run` there first, or name its folder with --data.',
  },
  LISTEN_FAILED: { status: 500, remedy: 'Choose another address with --listen, or stop what uses this one.' },
  DB_UNAVAILABLE: { status: 503, remedy: 'Check PostgreSQL; stores keep their facts and send them afterwards.' },
  PG_BINARIES_MISSING: {
    status: 500,
    remedy: 'Reinstall without --omit=optional, or set DATABASE_URL to a PostgreSQL 15 or newer.',
  },
  PG_START_FAILED: { status: 500, remedy: 'Read the log lines named here, or set DATABASE_URL to another PostgreSQL.' },
  PG_ACCOUNT: { status: 500, remedy: 'Start the hub as a normal user, or create the system account shelfwire-pg.' },
  PG_FOLDER_UNREACHABLE: { status: 500, remedy: 'Choose a --data folder that the system account can reach.' },
  MIGRATION_CHANGED: { status: 500, remedy: 'Restore the migration as it was released; add a new one instead.' },
  MIGRATION_FAILED: {
    status: 500,
    remedy: 'Read the cause; nothing of the migration was kept, so start again once it is removed.',
  },
  MIGRATION_NEWER: { status: 500, remedy: 'Start the hub version that made this database, or a newer one.' },
} as const satisfies Record<string, { status: number; remedy: string }>;

export type ErrorCode = keyof typeof ERRORS;

/**
 * An error with a code of the table: says what happened, to which thing (`context`), and keeps its cause. Where the
 * place knows more of the way out than the table, which must be right everywhere, it gives the remedy.
 */
export class ShelfwireError extends Error {
  readonly code: ErrorCode;
  readonly remedy: string;
  readonly context: Readonly<Record<string, unknown>>;

  constructor(
    code: ErrorCode,
    detail: string,
    options: { cause?: unknown; context?: Record<string, unknown>; remedy?: string } = {},
  ) {
    super(detail, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'ShelfwireError';
    this.code = code;
    this.remedy = options.remedy ?? ERRORS[code].remedy;
    this.context = options.context ?? {};
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}

/** What crosses a wire of a failure: its code, what happened, and what to do. Never the cause. */
export interface WireError {
  code: ErrorCode;
  detail: string;
  remedy: string;
}

export function toWireError(error: unknown): WireError {
  if (error instanceof ShelfwireError) return { code: error.code, detail: error.message, remedy: error.remedy };
  return { code: 'INTERNAL', detail: 'Something unforeseen happened.', remedy: ERRORS.INTERNAL.remedy };
}
