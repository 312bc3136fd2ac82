import { z } from 'zod';
import type { AgentEvents, Answer, HubEvents } from './events.ts';
import { changed } from './messages/changed.ts';
import { challenge, hello, welcome } from './messages/hello.ts';
import { pull, pullAnswer } from './messages/pull.ts';
import { push, pushAnswer } from './messages/push.ts';
import { coming, comingAsked, otherStock, otherStockAsked } from './messages/questions.ts';
import { revoked } from './messages/revoked.ts';
import { statusReport } from './messages/status.ts';
import { view, viewWanted } from './messages/view.ts';

type Message<Event extends (...given: never[]) => void> = Parameters<Event>[0];
type Granted<Event extends (...given: never[]) => void> = Parameters<Event>[1] extends (
  answer: Answer<infer Value>,
) => void
  ? Value
  : never;

interface Described {
  readonly summary: string;
}
type AgentEventSchemas = {
  readonly [Name in keyof AgentEvents]: Described & {
    readonly message: z.ZodType<Message<AgentEvents[Name]>>;
    readonly answer: z.ZodType<Granted<AgentEvents[Name]>>;
  };
};
type HubEventSchemas = {
  readonly [Name in keyof HubEvents]: Described & { readonly message: z.ZodType<Message<HubEvents[Name]>> };
};

/** What an agent may say, and what it is answered: the typed events as schemas. */
export const AGENT_EVENT_SCHEMAS: AgentEventSchemas = {
  hello: {
    summary: 'Answers the challenge: who the device is, and where its journal stands. Before anything else.',
    message: hello,
    answer: welcome,
  },
  push: {
    summary: 'A run of facts; `frame` is binary. Acknowledged after their commit.',
    message: push,
    answer: pushAnswer,
  },
  pull: {
    summary: 'Asks for what has changed in a collection since the checkpoint.',
    message: pull,
    answer: pullAnswer,
  },
  status: {
    summary: 'What a store says about itself now and then.',
    message: statusReport,
    answer: z.record(z.string(), z.never()),
  },
  view: {
    summary: 'A page of what the store believes to have, since the hub wants to hold it against its own.',
    message: view,
    answer: z.record(z.string(), z.never()),
  },
  otherStock: {
    summary: "Asks what may be promised of other stores' stock of one sku. Not of protocol 1.",
    message: otherStockAsked,
    answer: otherStock,
  },
  coming: {
    summary: 'Asks which transfers are on their way to the store. Not of protocol 1.',
    message: comingAsked,
    answer: coming,
  },
};

/** What the hub may say by itself. */
export const HUB_EVENT_SCHEMAS: HubEventSchemas = {
  challenge: { summary: 'The first word on a connection: sign this.', message: challenge },
  changed: {
    summary: 'A collection has changed. Only a hint: a lost one is made good by the next pull.',
    message: changed,
  },
  revoked: { summary: 'The device may not come any more.', message: revoked },
  viewWanted: {
    summary: 'The store is asked what it believes to have. Not of protocol 1; asked again until it is answered.',
    message: viewWanted,
  },
};
