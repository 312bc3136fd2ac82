/** A failure as the agent answers it (RFC 9457), or that it does not answer at all. */
export class Failure extends Error {
  readonly code: string;
  readonly remedy: string | undefined;
  readonly status: number;
  readonly retryAfterMs: number | undefined;

  constructor(given: { code: string; detail: string; remedy?: string; status: number; retryAfterMs?: number }) {
    super(given.detail);
    this.name = 'Failure';
    this.code = given.code;
    this.remedy = given.remedy;
    this.status = given.status;
    this.retryAfterMs = given.retryAfterMs;
  }
}

/** No answer: the agent has stopped, or is starting. */
export const isAbsent = (error: unknown): boolean => error instanceof Failure && error.status === 0;
