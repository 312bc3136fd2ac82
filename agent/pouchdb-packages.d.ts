// What the agent uses of packages that bring no types of their own.

declare module 'pouchdb-core' {
  import type { EventEmitter } from 'node:events';

  interface PouchAttachment {
    content_type: string;
    data?: Uint8Array;
    digest?: string;
    length?: number;
    revpos?: number;
    stub?: true;
  }

  interface PouchDocument {
    _id: string;
    _rev?: string;
    _deleted?: boolean;
    _attachments?: Record<string, PouchAttachment>;
    [field: string]: unknown;
  }

  interface PouchChanges {
    results: { id: string; deleted?: boolean; doc?: PouchDocument }[];
    last_seq: number;
  }

  type PouchWritten = { ok: true; id: string; rev: string } | { error: unknown; id: string; message?: string };

  interface PouchReplication extends EventEmitter, PromiseLike<{ docs_written: number }> {
    cancel(): void;
  }

  class PouchDB extends EventEmitter {
    static setMaxListeners(count: number): void;
    static plugin(plugin: unknown): void;
    static adapter(name: string, adapter: object, isPersistent: boolean): void;
    static replicate(source: PouchDB, target: PouchDB, options: object): PouchReplication;
    constructor(name: string, options: object);
    info(): Promise<object>;
    bulkDocs(documents: readonly PouchDocument[]): Promise<PouchWritten[]>;
    changes(options: { since: number; limit: number; include_docs: true }): Promise<PouchChanges>;
    get(id: string): Promise<PouchDocument>;
    put(document: PouchDocument): Promise<unknown>;
    getAttachment(id: string, name: string): Promise<Buffer<ArrayBuffer>>;
    close(): Promise<void>;
  }
  export default PouchDB;
  export type { PouchReplication, PouchAttachment, PouchChanges, PouchDocument, PouchWritten };
}

declare module 'pouchdb-adapter-node-websql' {
  const plugin: unknown;
  export default plugin;
}

declare module 'pouchdb-adapter-http' {
  const plugin: unknown;
  export default plugin;
}

declare module 'pouchdb-replication' {
  const plugin: unknown;
  export default plugin;
}
