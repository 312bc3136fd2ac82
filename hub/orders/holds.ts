/** A line of a request for holds: units at one location. */
export interface WantedHold {
  /** From 1 on. */
  readonly line: number;
  readonly sku: string;
  readonly units: number;
  /** Absent: wherever there are some. */
  readonly location?: string;
}

export interface HoldRequest {
  readonly key: string;
  readonly channel: string;
  readonly reference: string;
  /** all: every line whole, or none. */
  readonly mode: 'all' | 'partial';
  readonly ttlSeconds: number;
  readonly lines: readonly WantedHold[];
}

/** Units of a line of a reservation at a location. */
export interface HeldLine {
  readonly line: number;
  readonly units: number;
  readonly location: string;
}

export interface Held {
  /** Its number. */
  readonly reservation: number;
  readonly lines: readonly HeldLine[];
}

/** What the orders ask of the reservations. Each is idempotent by its key: asked again it gives the first answer. */
export interface Holds {
  /** Units of each sku that the channel may have at this moment, by location. Nothing is locked by it. */
  candidates(channel: string, skus: readonly string[]): Promise<ReadonlyMap<string, ReadonlyMap<string, number>>>;
  /** Gives what is held now. Throws RESERVATION_SHORT, and then nothing is. */
  reserve(request: HoldRequest): Promise<Held>;
  /** It ends no more by itself. Throws RESERVATION_ENDED. */
  confirm(reservation: number): Promise<void>;
  /** Gives units back; those of a reservation that has ended are back already. */
  release(reservation: number, lines: readonly HeldLine[], key: string): Promise<void>;
  /** Gives back all that is held under the key of a request; nothing where there was none. */
  releaseAll(key: string): Promise<void>;
  /** Units that were handed over without a sale that names the reservation. */
  fulfil(reservation: number, lines: readonly HeldLine[], key: string): Promise<void>;
}
