import { hash, randomBytes } from 'node:crypto';
import { Router, json, type Request, type Response } from 'express';
import { z } from 'zod';
import type { Me, Person } from '#shared/agent-api/answers.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { TokenBucket, type RateRule } from '#shared/runtime/token-bucket.ts';
import { pinSchema, type People } from '../people/people.ts';

const COOKIE = 'shelfwire_session';
/** A till that nobody touches is signed out. */
const IDLE_MS = 30 * 60_000;
const SESSIONS_MAX = 100;
/** Of wrong PINs, from whomever: a million of them take weeks. */
const WRONG_PINS: RateRule = { perSecond: 1 / 5, burst: 10 };

interface Session {
  readonly person: Person;
  endsAt: number;
}

const signIn = z.strictObject({ pin: pinSchema });

/**
 * Who is signed in at the UI. A session lives in memory alone and in a cookie that no script can read and no other site
 * makes a browser send; it ends with the agent, after half an hour of rest, and when its person is removed.
 */
export class Sessions {
  readonly #people: People;
  readonly #clock: Clock;
  readonly #sessions = new Map<string, Session>();
  readonly #wrong: TokenBucket;

  constructor(people: People, clock: Clock) {
    this.#people = people;
    this.#clock = clock;
    this.#wrong = new TokenBucket(WRONG_PINS, clock);
  }

  /** The person of a request's session. */
  find(request: Request): Person | undefined {
    const token = tokenOf(request);
    const session = token === undefined ? undefined : this.#sessions.get(token);
    if (token === undefined || session === undefined) return undefined;
    const now = this.#clock.monotonic();
    if (session.endsAt <= now || !this.#people.has(session.person)) {
      this.#sessions.delete(token);
      return undefined;
    }
    session.endsAt = now + IDLE_MS;
    return session.person;
  }

  /** What may be called by nobody yet: signing in, and who is. */
  routes(): Router {
    const router = Router();
    router.get('/v1/me', (request, response) => {
      response.json(this.#me(request));
    });
    router.post('/v1/sessions', json({ limit: 1_024 }), (request, response) => {
      const parsed = signIn.safeParse(request.body);
      if (!parsed.success) throw new ShelfwireError('REQUEST_INVALID', 'pin: must be 6 to 12 digits.');
      this.#signIn(parsed.data.pin, response);
    });
    router.delete('/v1/sessions', (request, response) => {
      const token = tokenOf(request);
      if (token !== undefined) this.#sessions.delete(token);
      response.clearCookie(COOKIE, { path: '/' }).json({ person: null, isFirst: false } satisfies Me);
    });
    return router;
  }

  #me(request: Request): Me {
    return { person: this.find(request) ?? null, isFirst: this.#people.list().length === 0 };
  }

  #signIn(pin: string, response: Response): void {
    // Before the PIN is looked at: while too many were wrong, a right one is not told either.
    const retryAfterMs = this.#wrong.waitMs();
    if (retryAfterMs > 0) {
      throw new ShelfwireError('RATE_LIMITED', 'Too many wrong PINs.', { context: { retryAfterMs } });
    }
    const person = this.#people.find(pin);
    if (person === undefined) {
      this.#wrong.take();
      throw new ShelfwireError('UNAUTHORIZED', 'Nobody here has this PIN.');
    }
    if (this.#sessions.size >= SESSIONS_MAX) this.#sessions.delete(this.#sessions.keys().next().value ?? '');
    const token = randomBytes(32).toString('base64url');
    this.#sessions.set(hash('sha256', token, 'hex'), { person, endsAt: this.#clock.monotonic() + IDLE_MS });
    response.cookie(COOKIE, token, { httpOnly: true, sameSite: 'strict', path: '/' });
    response.json({ person, isFirst: false } satisfies Me);
  }
}

/** The hash of the session's token, by which it is known here. */
function tokenOf(request: Request): string | undefined {
  const [, token] = new RegExp(`(?:^|; )${COOKIE}=([\\w-]{43})(?:;|$)`).exec(request.headers.cookie ?? '') ?? [];
  return token === undefined ? undefined : hash('sha256', token, 'hex');
}
