import { Router, json, type Request, type Response } from 'express';
import { z } from 'zod';
import type { DoorName, Me, Person, SignedIn } from '#shared/agent-api/answers.ts';
import { UNTOUCHED_HEADER } from '#shared/agent-api/session.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { pinSchema, type People } from '../people/people.ts';
import { callerOf } from './caller.ts';
import { readQuery } from './query.ts';
import type { Sessions } from './sessions.ts';
import type { WrongPins } from './wrong-pins.ts';

const signIn = z.strictObject({ pin: pinSchema });
const sessionId = z.string().regex(/^[\w-]{12}$/, 'must be the id of a session');

/** How people come in: at which door, and which cookie keeps them in. */
export interface SessionDoor {
  readonly name: DoorName;
  readonly people: People;
  readonly sessions: Sessions;
  readonly wrongPins: WrongPins;
  /** The store's network is TLS: there the cookie bears the prefix that browsers let no other host or port of http set. */
  readonly isSecure: boolean;
}

const cookieName = ({ isSecure }: SessionDoor): string => (isSecure ? '__Host-shelfwire' : 'shelfwire_session');

/** The session of a request, in the cookie that no script reads and no other site makes a browser send. */
export function sessionOf(request: Request, door: SessionDoor): { id: string; person: Person } | undefined {
  const token = tokenOf(request, door);
  const isTouched = request.get(UNTOUCHED_HEADER) === undefined;
  return token === undefined
    ? undefined
    : door.sessions.find(token, { door: door.name, address: addressOf(request), isTouched });
}

/** What may be called by nobody yet: signing in, and who is. */
export function signInRoutes(door: SessionDoor): Router {
  const router = Router();
  const cookie = { httpOnly: true, sameSite: 'strict', secure: door.isSecure, path: '/' } as const;
  router.get('/v1/me', (request, response) => {
    const person = sessionOf(request, door)?.person ?? null;
    response.json({ person, isFirst: door.people.list().length === 0, door: door.name } satisfies Me);
  });
  router.post('/v1/sessions', json({ limit: 1_024 }), (request, response) => {
    const parsed = signIn.safeParse(request.body);
    if (!parsed.success) throw new ShelfwireError('REQUEST_INVALID', 'pin: must be 6 to 12 digits.');
    const person = personWith(parsed.data.pin, request, door);
    const userAgent = (request.get('User-Agent') ?? '').slice(0, 512);
    const token = door.sessions.open(person, { door: door.name, address: addressOf(request), userAgent });
    response.cookie(cookieName(door), token, cookie);
    response.json({ person, isFirst: false, door: door.name } satisfies Me);
  });
  router.delete('/v1/sessions', (request, response) => {
    const token = tokenOf(request, door);
    if (token !== undefined) door.sessions.close(token);
    const nobody: Me = { person: null, isFirst: false, door: door.name };
    response.clearCookie(cookieName(door), cookie).json(nobody);
  });
  return router;
}

/** Who is signed in: all of them for a manager, who may end each; a clerk sees and ends their own. */
export function sessionListRoutes(door: SessionDoor): Router {
  const router = Router();
  const seenBy = (request: Request, response: Response): SignedIn[] => {
    const { person } = callerOf(response);
    if (person === undefined) throw new ShelfwireError('FORBIDDEN', 'This is for people who are signed in.');
    const own = sessionOf(request, door)?.id;
    return door.sessions
      .list()
      .filter((session) => person.role === 'manager' || session.person.name === person.name)
      .map((session) => ({ ...session, isOwn: session.id === own }));
  };
  router.get('/v1/sessions', (request, response) => {
    response.json({ sessions: seenBy(request, response) });
  });
  router.delete('/v1/sessions/:id', (request, response) => {
    const id = readQuery(sessionId, request.params['id']);
    const session = seenBy(request, response).find((one) => one.id === id);
    if (session === undefined) throw new ShelfwireError('NOT_FOUND', 'There is no such session.');
    door.sessions.end(id);
    response.json({ ended: session.id });
  });
  return router;
}

function personWith(pin: string, request: Request, { wrongPins, people }: SessionDoor): Person {
  const address = addressOf(request);
  // Before the PIN is looked at: while too many were wrong, a right one is not told either.
  const retryAfterMs = wrongPins.waitMs(address);
  if (retryAfterMs > 0) {
    throw new ShelfwireError('RATE_LIMITED', 'Too many wrong PINs.', { context: { retryAfterMs } });
  }
  const person = people.find(pin);
  if (person !== undefined) return person;
  wrongPins.count(address);
  const remedy = 'Try again, or ask a manager for a new PIN (shelfwire-agent person).';
  throw new ShelfwireError('UNAUTHORIZED', 'Nobody here has this PIN.', { remedy });
}

/** Of the connection itself: what a proxy says of others is not believed. */
const addressOf = (request: Request): string => (request.socket.remoteAddress ?? '').replace(/^::ffff:(?=\d+\.)/i, '');

function tokenOf(request: Request, door: SessionDoor): string | undefined {
  const pattern = new RegExp(`(?:^|; )${cookieName(door)}=([\\w-]{43})(?:;|$)`);
  return pattern.exec(request.headers.cookie ?? '')?.[1];
}
