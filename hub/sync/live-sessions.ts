import type { Scope } from './session.ts';

/** A greeted connection, as others may use it. */
export interface LiveSession {
  readonly scope: Scope;
  send(event: 'changed' | 'revoked' | 'viewWanted', message: object): void;
  close(): void;
}

/** Who is connected: at most one session a device, found by device or by location. */
export class LiveSessions {
  readonly #byDevice = new Map<number, LiveSession>();
  readonly #byLocation = new Map<number, Set<LiveSession>>();

  get size(): number {
    return this.#byDevice.size;
  }

  get devices(): number[] {
    return [...this.#byDevice.keys()];
  }

  /** Adds a session; an older one of its device is closed: its socket may be dead without knowing it. */
  add(session: LiveSession): void {
    const { device, location } = session.scope;
    const older = this.#byDevice.get(device);
    if (older) {
      this.remove(older);
      older.close();
    }
    this.#byDevice.set(device, session);
    const there = this.#byLocation.get(location) ?? new Set();
    this.#byLocation.set(location, there.add(session));
  }

  /** True when it was the device's session; false when a newer one has replaced it. */
  remove(session: LiveSession): boolean {
    const { device, location } = session.scope;
    const there = this.#byLocation.get(location);
    there?.delete(session);
    if (there?.size === 0) this.#byLocation.delete(location);
    return this.#byDevice.get(device) === session && this.#byDevice.delete(device);
  }

  ofDevice(device: number): LiveSession | undefined {
    return this.#byDevice.get(device);
  }

  /** Those of a location; 0: all. */
  at(scope: number): Iterable<LiveSession> {
    return scope === 0 ? this.#byDevice.values() : (this.#byLocation.get(scope) ?? []);
  }
}
