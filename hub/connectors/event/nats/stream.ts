import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { NatsOptions } from './nats-options.ts';

const NANOS_A_MINUTE = 60_000_000_000;
/** So long an id is known: a message that is sent again within it is kept once. */
const DUPLICATE_MINUTES = 10;
const KEPT_MINUTES = 7 * 24 * 60;
/** Another hub may make the stream at the same time. */
const NAME_IN_USE = 10_058;

/** Makes the stream when there is none; one that is there is looked at and never changed. Throws NATS_STREAM_UNFIT. */
export async function prepareStream(manager: JetStreamManager, options: NatsOptions): Promise<void> {
  const { stream, prefix, replicas } = options;
  const found = await findStream(manager, stream);
  if (found !== undefined) return requireFit(found, options);
  try {
    await manager.streams.add({
      name: stream,
      subjects: [`${prefix}.>`],
      duplicate_window: DUPLICATE_MINUTES * NANOS_A_MINUTE,
      max_age: KEPT_MINUTES * NANOS_A_MINUTE,
      num_replicas: replicas,
    });
  } catch (error) {
    if (!(error instanceof JetStreamApiError) || error.code !== NAME_IN_USE) throw error;
    requireFit(await manager.streams.info(stream), options);
  }
}

async function findStream(manager: JetStreamManager, stream: string): Promise<StreamInfo | undefined> {
  try {
    return await manager.streams.info(stream);
  } catch (error) {
    if (error instanceof JetStreamApiError && error.code === JetStreamApiCodes.StreamNotFound) return undefined;
    throw error;
  }
}

function requireFit({ config }: StreamInfo, { stream, prefix }: NatsOptions): void {
  const wanted = `${prefix}.>`;
  const taken = config.subjects ?? [];
  const why = !taken.some((subject) => covers(subject, wanted))
    ? `takes ${taken.join(', ') || 'nothing'}, not ${wanted}`
    : config.no_ack === true
      ? 'acknowledges nothing (no_ack)'
      : config.sealed
        ? 'is sealed'
        : (config.duplicate_window ?? 0) < NANOS_A_MINUTE
          ? 'knows ids for less than a minute (duplicate_window), so that messages would double'
          : undefined;
  if (why !== undefined) throw new ShelfwireError('NATS_STREAM_UNFIT', `Stream ${stream} ${why}.`);
}

/** Whether all of `wanted`, which ends with >, comes to who takes `subject`. */
function covers(subject: string, wanted: string): boolean {
  const [has, asked] = [subject.split('.'), wanted.split('.')];
  if (has.at(-1) !== '>' || has.length > asked.length) return false;
  return has.slice(0, -1).every((part, place) => part === '*' || part === asked[place]);
}
