import type { Connection, Link, LinkEvents } from '#agent/sync/link.ts';
import type { Answer } from '#shared/protocol/events.ts';
import type { Life } from './machine.ts';
import { Moments, type Dice, type World } from './world.ts';

/** The hub's end of connections; null while nothing listens there. */
export interface Door {
  /** A store has connected: `wire` carries what the hub says. Gives what takes the store's requests. */
  enter(wire: Wire): Guest;
}

/** What the hub does with one connection. */
export interface Guest {
  /** Begins to talk. */
  begin(): void;
  request(event: string, message: unknown): Promise<Answer<unknown>>;
  left(): void;
}

/** How the line of one store is at present. */
export interface LineCondition {
  /** Nothing new gets through, what is open says nothing (cable pulled, firewall that forgot). */
  isSilent: boolean;
  delayMsMin: number;
  delayMsMax: number;
  /** Shares of messages. */
  lost: number;
  doubled: number;
  /** Overtaken by later ones. */
  overtaken: number;
}

export const GOOD_LINE: LineCondition = {
  isSilent: false,
  delayMsMin: 1,
  delayMsMax: 30,
  lost: 0,
  doubled: 0,
  overtaken: 0,
};

/** Both ends of socket.io notice a silent line at the latest after ping interval and ping timeout. */
const PING_MS = 45_000;

/** The way between one store and the hub. Connections come and go; messages of an old one may come late. */
export class Line {
  condition: LineCondition = GOOD_LINE;
  /** A message goes off. */
  readonly messages = new Moments();
  /** Called with each answer of the hub before it travels. */
  onAnswer: (event: string, message: unknown, answer: Answer<unknown>) => void = () => undefined;
  readonly name: string;
  readonly world: World;
  readonly dice: Dice;
  readonly #door: () => Door | null;
  readonly #wires = new Set<Wire>();

  constructor(world: World, name: string, door: () => Door | null) {
    this.world = world;
    this.name = name;
    this.dice = world.random(`line ${name}`);
    this.#door = door;
  }

  /** The link of one life of the agent. */
  link(life: Life): Link {
    return {
      open: (events) => {
        const wire = new Wire(this, life, events, () => this.#wires.delete(wire));
        this.#wires.add(wire);
        wire.connect(this.#door);
        return wire.connection;
      },
    };
  }

  /** Nothing gets through from now on; the pings find out, unless it ends before. */
  silence(): void {
    this.condition = { ...this.condition, isSilent: true };
    for (const wire of this.#wires) wire.expectPing();
  }

  /** Ends what is open. Each side learns it in its own time, or not before its next ping. */
  cut(): void {
    for (const wire of this.#wires) wire.cut();
  }

  /** One side's process is gone: the other may learn it at once, or late. */
  lostSide(side: 'agent' | 'hub'): void {
    for (const wire of this.#wires) wire.lostSide(side);
  }
}

/** One connection. */
export class Wire {
  readonly #line: Line;
  readonly #life: Life;
  readonly #events: LinkEvents;
  readonly #gone: () => void;
  /** When the last message of a direction arrives: later ones are not earlier. */
  readonly #lastMs = { up: 0, down: 0 };
  #guest: Guest | null = null;
  #isCut = false;
  #agentEnded = false;
  #hubEnded = false;

  constructor(line: Line, life: Life, events: LinkEvents, gone: () => void) {
    this.#line = line;
    this.#life = life;
    this.#events = events;
    this.#gone = gone;
  }

  get name(): string {
    return this.#line.name;
  }

  readonly connection: Connection = {
    hello: (message) => this.#ask('hello', message),
    push: (message) => this.#ask('push', message),
    pull: (message) => this.#ask('pull', message),
    status: (message) => this.#ask('status', message),
    view: (message) => this.#ask('view', message),
    otherStock: (message) => this.#ask('otherStock', message),
    coming: (message) => this.#ask('coming', message),
    close: () => {
      if (this.#agentEnded) return;
      this.#agentEnded = true;
      this.#afterNotice(() => this.#endHub());
    },
  };

  connect(door: () => Door | null): void {
    this.#transmit('up', () => {
      if (this.#guest) return;
      const there = door();
      if (!there) {
        this.#transmit('down', () => this.#endAgent('refused'));
        return;
      }
      this.#guest = there.enter(this);
      this.#guest.begin();
    });
  }

  /** The hub says something that needs no answer. */
  say(take: (events: LinkEvents) => void): void {
    this.#transmit('down', () => {
      if (!this.#agentEnded && !this.#life.isOver) take(this.#events);
    });
  }

  /** The hub ends the connection. */
  endByHub(): void {
    if (this.#hubEnded) return;
    this.#endHub();
    this.#afterNotice(() => this.#endAgent('the hub has closed'));
  }

  cut(): void {
    this.#isCut = true;
    this.#afterNotice(() => this.#endAgent('cut'));
    this.#afterNotice(() => this.#endHub());
  }

  lostSide(side: 'agent' | 'hub'): void {
    if (side === 'agent') {
      this.#agentEnded = true;
      this.#afterNotice(() => this.#endHub());
    } else {
      this.#hubEnded = true;
      this.#guest = null;
      this.#afterNotice(() => this.#endAgent('reset'));
    }
  }

  /** The line is silent: unless that ends before the next ping, both ends close. */
  expectPing(): void {
    const { world, dice, condition } = this.#line;
    world.after(PING_MS * dice.between(0.5, 1), () => {
      if (!this.#isCut && !condition.isSilent && !this.#line.condition.isSilent) return;
      this.#endAgent('ping timeout');
      this.#endHub();
    });
  }

  #ask<T>(event: string, message: object): Promise<Answer<T>> {
    const copy: unknown = structuredClone(message);
    return new Promise((resolve) => {
      this.#transmit('up', () => {
        const guest = this.#guest;
        if (!guest || this.#hubEnded) return;
        void guest.request(event, copy).then((answer) => {
          if (this.#hubEnded) return;
          this.#line.onAnswer(event, copy, answer);
          const told = structuredClone(answer) as Answer<T>;
          this.#transmit('down', () => {
            // A doubled answer finds its question answered, as with socket.io.
            if (!this.#agentEnded && !this.#life.isOver) resolve(told);
          });
        });
      });
    });
  }

  #transmit(direction: 'up' | 'down', deliver: () => void): void {
    const { world, dice, condition, messages } = this.#line;
    messages.happens();
    const arrive = () => {
      if (!this.#isCut && !this.#line.condition.isSilent) deliver();
    };
    if (this.#isCut || condition.isSilent) {
      this.expectPing();
      return;
    }
    if (dice.chance(condition.lost)) return;
    const delayMs = dice.between(condition.delayMsMin, condition.delayMsMax);
    if (dice.chance(condition.overtaken)) {
      world.after(delayMs * 3, arrive);
      return;
    }
    const atMs = Math.max(world.nowMs + delayMs, this.#lastMs[direction]);
    this.#lastMs[direction] = atMs;
    world.after(atMs - world.nowMs, arrive);
    if (dice.chance(condition.doubled)) world.after(atMs - world.nowMs + dice.between(0, 500), arrive);
  }

  #afterNotice(call: () => void): void {
    const { world, dice, condition } = this.#line;
    const isNoticed = !condition.isSilent && dice.chance(0.7);
    world.after(isNoticed ? dice.between(1, 200) : PING_MS * dice.between(0.5, 1), call);
  }

  #endAgent(reason: string): void {
    this.#gone();
    if (this.#agentEnded || this.#life.isOver) return;
    this.#agentEnded = true;
    this.#line.world.note(this.name, `connection closed: ${reason}`);
    this.#events.closed(reason);
  }

  #endHub(): void {
    this.#gone();
    if (this.#hubEnded) return;
    this.#hubEnded = true;
    this.#guest?.left();
  }
}
