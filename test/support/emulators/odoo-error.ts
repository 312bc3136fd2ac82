import type { Answer } from './faulty-server.ts';

/** A call of JSON-2: the records that it is on, what it runs with, and its arguments by name. */
export interface Call {
  readonly ids: readonly number[];
  readonly context: Readonly<Record<string, unknown>>;
  readonly given: Readonly<Record<string, unknown>>;
}

/** An exception of Odoo, as its dispatcher writes it down. */
export class OdooError extends Error {
  readonly status: number;

  constructor(status: number, name: string, message: string) {
    super(message);
    this.name = name;
    this.status = status;
  }

  answer(): Answer {
    const { name, message } = this;
    return {
      status: this.status,
      body: { name, message, arguments: [message], context: {}, debug: 'Traceback (most recent call last): ...' },
    };
  }
}
