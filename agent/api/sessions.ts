import { hash, randomBytes } from 'node:crypto';
import type { DoorName, Person, SignedIn } from '#shared/agent-api/answers.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { People } from '../people/people.ts';
import { deviceOf } from './device-name.ts';

/** A till that nobody touches is signed out. */
const IDLE_MS = 30 * 60_000;
const SESSIONS_MAX = 100;

/** Where a session was opened; it is good there alone. */
export interface Entrance {
  readonly door: DoorName;
  readonly address: string;
  /** As the browser calls itself. */
  readonly userAgent: string;
}

interface Session {
  readonly id: string;
  readonly person: Person;
  /** Who is removed and added anew, with another PIN, is signed in nowhere. */
  readonly addedAt: string | undefined;
  readonly door: DoorName;
  readonly device: string;
  readonly since: number;
  address: string;
  lastSeenAt: number;
  endsAt: number;
}

/**
 * Who is signed in at the UI. A session lives in memory alone; it ends with the agent, after half an hour in which nobody
 * touched the page, when a manager ends it, and when its person is removed.
 */
export class Sessions {
  readonly #people: People;
  readonly #clock: Clock;
  /** By the hash of the token. */
  readonly #sessions = new Map<string, Session>();

  constructor(people: People, clock: Clock) {
    this.#people = people;
    this.#clock = clock;
  }

  /** Signs somebody in; answers the token, which is known to the browser alone. */
  open(person: Person, { door, address, userAgent }: Entrance): string {
    this.#sweep();
    if (this.#sessions.size >= SESSIONS_MAX) this.#sessions.delete(this.#sessions.keys().next().value ?? '');
    const token = randomBytes(32).toString('base64url');
    const since = this.#clock.now();
    this.#sessions.set(hashOf(token), {
      id: randomBytes(9).toString('base64url'),
      person,
      addedAt: this.#people.addedAt(person),
      door,
      address,
      device: deviceOf(userAgent),
      since,
      lastSeenAt: since,
      endsAt: this.#clock.monotonic() + IDLE_MS,
    });
    return token;
  }

  /** The session of a token at its own door. `isTouched`: somebody is there, so it goes on. */
  find(
    token: string,
    { door, address, isTouched }: { door: DoorName; address: string; isTouched: boolean },
  ): { readonly id: string; readonly person: Person } | undefined {
    const hashed = hashOf(token);
    const session = this.#sessions.get(hashed);
    if (session === undefined || session.door !== door) return undefined;
    if (!this.#isAlive(session)) {
      this.#sessions.delete(hashed);
      return undefined;
    }
    session.address = address;
    if (isTouched) {
      session.lastSeenAt = this.#clock.now();
      session.endsAt = this.#clock.monotonic() + IDLE_MS;
    }
    return session;
  }

  close(token: string): void {
    this.#sessions.delete(hashOf(token));
  }

  /** Ends a session by its id; says whose it was. */
  end(id: string): Person | undefined {
    const found = [...this.#sessions].find(([, session]) => session.id === id);
    if (found === undefined) return undefined;
    this.#sessions.delete(found[0]);
    return found[1].person;
  }

  /** Ends all that were opened at a door which is closed now. */
  endAt(door: DoorName): void {
    for (const [token, session] of this.#sessions) if (session.door === door) this.#sessions.delete(token);
  }

  /** Who is signed in, where, and since when; the latest first. */
  list(): Omit<SignedIn, 'isOwn'>[] {
    this.#sweep();
    return [...this.#sessions.values()]
      .map(({ id, person, door, device, address, since, lastSeenAt }) => ({
        id,
        person,
        door,
        device,
        address,
        since,
        lastSeenAt,
      }))
      .sort((a, b) => b.since - a.since);
  }

  #isAlive({ endsAt, person, addedAt }: Session): boolean {
    if (endsAt <= this.#clock.monotonic()) return false;
    const now = this.#people.addedAt(person);
    return now !== undefined && now === addedAt;
  }

  #sweep(): void {
    for (const [token, session] of this.#sessions) if (!this.#isAlive(session)) this.#sessions.delete(token);
  }
}

const hashOf = (token: string): string => hash('sha256', token, 'hex');
