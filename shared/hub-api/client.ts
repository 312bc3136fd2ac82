import { ShelfwireError } from '#shared/protocol/errors.ts';
import { problem, type Problem } from '#shared/protocol/problem.ts';
import type { Operations } from './operations.ts';

export type OperationName = keyof Operations;
type RequestOf<Name extends OperationName> = Operations[Name]['request'];
type AnswerOf<Name extends OperationName> = Operations[Name]['answer'];
/** A request that needs nothing may be left away. */
type Given<Name extends OperationName> =
  Record<string, never> extends RequestOf<Name> ? [request?: RequestOf<Name>] : [request: RequestOf<Name>];

/** Operations that answer page by page. */
type ListName = {
  [Name in OperationName]: AnswerOf<Name> extends { readonly items: readonly unknown[]; readonly next: string | null }
    ? Name
    : never;
}[OperationName];

export interface HubAnswer<Body> {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Body;
}

export interface HubClientOptions {
  /** Where the hub listens, such as https://hub.example:7070. */
  readonly url: string;
  /** An API key. */
  readonly key: string;
  readonly timeoutMs?: number;
  readonly fetch?: typeof fetch;
}

interface AnyRequest {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string | undefined>>;
  readonly body?: unknown;
  readonly idempotencyKey?: string;
}

/**
 * Calls the hub's API with its own types. A request is sent once: whoever sends a POST again gives it the same
 * idempotencyKey, kept before it was first sent.
 */
export class HubClient {
  readonly #options: HubClientOptions;

  constructor(options: HubClientOptions) {
    this.#options = options;
  }

  /** Throws the hub's problem with its code and remedy; HUB_UNREACHABLE when there was no answer. */
  async call<Name extends OperationName>(name: Name, ...[request]: Given<Name>): Promise<HubAnswer<AnswerOf<Name>>> {
    const response = await this.#send(name, request ?? {});
    const { status, headers } = response;
    const text = await response.text().catch((cause: unknown) => {
      throw unreachable(name, cause);
    });
    const isJson = headers.get('Content-Type')?.startsWith('application/json') === true;
    if (response.ok) return { status, headers, body: (isJson ? JSON.parse(text) : text) as AnswerOf<Name> };
    throw problemIn(name, status, text);
  }

  /** Every item of a list, page by page as they are asked for. */
  async *each<Name extends ListName>(
    name: Name,
    ...[request]: Given<Name>
  ): AsyncGenerator<AnswerOf<Name>['items'][number], void, undefined> {
    const given: AnyRequest = request ?? {};
    for (let cursor: string | null | undefined; cursor !== null;) {
      const query = { ...given.query, ...(cursor !== undefined && { cursor }) };
      const { body } = await this.call(name, ...([{ ...given, query }] as unknown as Given<Name>));
      yield* body.items;
      cursor = body.next;
    }
  }

  async #send(name: OperationName, { params, query, body, idempotencyKey }: AnyRequest): Promise<Response> {
    const { url, key, timeoutMs = 30_000, fetch: send = fetch } = this.#options;
    const [method = '', template = ''] = name.split(' ');
    const address = new URL(pathOf(template, params ?? {}), url);
    for (const [field, value] of Object.entries(query ?? {})) {
      if (value !== undefined) address.searchParams.set(field, value);
    }
    const headers = {
      Authorization: `Bearer ${key}`,
      ...(body !== undefined && { 'Content-Type': 'application/json' }),
      ...(idempotencyKey !== undefined && { 'Idempotency-Key': idempotencyKey }),
    };
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    try {
      return await send(address, { method, headers, signal: AbortSignal.timeout(timeoutMs), ...sent });
    } catch (cause) {
      throw unreachable(name, cause);
    }
  }
}

function pathOf(template: string, params: Readonly<Record<string, string>>): string {
  return template.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ''));
}

function unreachable(name: OperationName, cause: unknown): ShelfwireError {
  return new ShelfwireError('HUB_UNREACHABLE', `${name} got no answer.`, {
    cause,
    remedy: 'Check the address of the hub and the network, and send it again with the same idempotencyKey.',
  });
}

/** A newer hub may know codes that we do not, and what stands before it may answer for it. */
function problemIn(name: OperationName, status: number, text: string): ShelfwireError {
  const found = readProblem(text);
  if (found === undefined) {
    return new ShelfwireError('INTERNAL', `${name} was answered with status ${status}, and no problem that we know.`, {
      context: { status },
    });
  }
  const { code, detail, remedy, ...context } = found;
  return new ShelfwireError(code, detail, { remedy, context });
}

function readProblem(text: string): Problem | undefined {
  try {
    return problem.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
