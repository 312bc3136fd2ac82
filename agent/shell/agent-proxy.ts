import { UNTOUCHED_HEADER } from '#shared/agent-api/session.ts';
import { ERRORS } from '#shared/protocol/errors.ts';

const ANSWER_MS_MAX = 60_000;
const BODY_BYTES_MAX = 16 * 1024 * 1024;
/** What the page may say to the agent; a cookie or a credential is not among it. */
const ASKED = ['accept', 'content-type', 'idempotency-key', 'x-correlation-id', UNTOUCHED_HEADER.toLowerCase()];
const ANSWERED = ['content-type', 'content-disposition', 'retry-after', 'x-correlation-id'];
const METHODS: ReadonlySet<string> = new Set(['GET', 'POST', 'PUT', 'DELETE']);
const COOKIE = 'shelfwire_session';

/**
 * Brings the page's calls to the agent on this machine, and keeps the session for it: in this process's memory, where no
 * page reads it and no disk has it. Signed in again after each start of the desktop.
 */
export class AgentProxy {
  readonly #base: string;
  readonly #userAgent: string;
  readonly #fetch: typeof globalThis.fetch;
  #session: string | undefined;

  constructor({
    port,
    version,
    fetch = globalThis.fetch,
  }: {
    port: number;
    version: string;
    fetch?: typeof globalThis.fetch;
  }) {
    this.#base = `http://127.0.0.1:${port}`;
    this.#userAgent = `Shelfwire-Desktop/${version}`;
    this.#fetch = fetch;
  }

  /** The agent's answer; a network error when it does not answer, as the page would have it from a browser. */
  async forward(request: Request): Promise<Response> {
    const { pathname, search } = new URL(request.url);
    if (!METHODS.has(request.method)) return new Response(null, { status: 405 });
    const body = request.method === 'GET' ? undefined : await request.arrayBuffer();
    if (body !== undefined && body.byteLength > BODY_BYTES_MAX) return tooLarge();
    const headers = new Headers({ 'User-Agent': this.#userAgent });
    for (const name of ASKED) {
      const value = request.headers.get(name);
      if (value !== null) headers.set(name, value);
    }
    if (this.#session !== undefined) headers.set('Cookie', `${COOKIE}=${this.#session}`);
    let answer: Response;
    try {
      answer = await this.#fetch(this.#base + pathname + search, {
        method: request.method,
        headers,
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
        ...(body === undefined || body.byteLength === 0 ? {} : { body }),
      });
    } catch {
      return Response.error();
    }
    this.#keepSession(answer);
    const said = new Headers({ 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' });
    for (const name of ANSWERED) {
      const value = answer.headers.get(name);
      if (value !== null) said.set(name, value);
    }
    return new Response(answer.body, { status: answer.status, headers: said });
  }

  #keepSession(answer: Response): void {
    for (const cookie of answer.headers.getSetCookie()) {
      const [, value] = new RegExp(`^${COOKIE}=([\\w-]*)`).exec(cookie) ?? [];
      if (value !== undefined) this.#session = value === '' ? undefined : value;
    }
  }
}

const tooLarge = (): Response =>
  Response.json(
    { code: 'BODY_TOO_LARGE', detail: 'The body is too big.', remedy: ERRORS.BODY_TOO_LARGE.remedy },
    { status: ERRORS.BODY_TOO_LARGE.status },
  );
