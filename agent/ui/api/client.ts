import { UNTOUCHED_HEADER } from '#shared/agent-api/session.ts';
import { Failure } from './failure.ts';
import { isTouched } from './touched.ts';

export { Failure, isAbsent } from './failure.ts';

interface ProblemAnswer {
  readonly code?: string;
  readonly detail?: string;
  readonly title?: string;
  readonly remedy?: string;
  readonly retryAfterMs?: number;
}

/** A new key for an act: sent again with it, the act is done once. */
export const newKey = (): string => `ui-${crypto.randomUUID()}`;

const BINARY = 'application/octet-stream';

/** Calls the agent; a file is sent as it is. What it answers is trusted: it is served by the same agent as this page. Throws Failure. */
export async function call<Answer>(
  method: 'GET' | 'POST' | 'PUT' | 'DELETE',
  path: string,
  body?: unknown,
  { signal, key }: { readonly signal?: AbortSignal | undefined; readonly key?: string } = {},
): Promise<Answer> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      credentials: 'same-origin',
      ...(signal === undefined ? {} : { signal }),
      ...(body === undefined ? {} : { body: body instanceof Blob ? body : JSON.stringify(body) }),
      headers: {
        ...(isTouched() ? {} : { [UNTOUCHED_HEADER]: '1' }),
        ...(body === undefined ? {} : { 'content-type': body instanceof Blob ? BINARY : 'application/json' }),
        ...(key === undefined ? {} : { 'idempotency-key': key }),
      },
    });
  } catch (cause) {
    if (signal?.aborted) throw cause;
    throw new Failure({ code: 'AGENT_ABSENT', detail: '', status: 0 });
  }
  const text = await response.text();
  const answer = text === '' ? undefined : (JSON.parse(text) as unknown);
  if (response.ok) return answer as Answer;
  const { code = 'INTERNAL', detail, title = '', remedy, retryAfterMs } = (answer ?? {}) as ProblemAnswer;
  throw new Failure({
    code,
    detail: detail ?? title,
    status: response.status,
    ...(remedy === undefined ? {} : { remedy }),
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  });
}
