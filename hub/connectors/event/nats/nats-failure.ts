import { JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { EventFailure } from '#hub/outbox/end-attempts.ts';

/** Of JetStream's own codes the one that says that a message is too big. */
const TOO_LARGE = 10_054;

/**
 * What went wrong at NATS. Only a message that is too big is itself to blame; everything else is the server's, the
 * network's or its settings', so the message waits however long that takes.
 */
export function natsFailure(error: unknown): EventFailure {
  if (error instanceof ShelfwireError) return { code: error.code, detail: error.message, receiver: 'down' };
  const detail = error instanceof Error ? error.message : String(error);
  if (error instanceof errors.InvalidArgumentError && detail.includes('max_payload')) {
    return { code: 'NATS_REFUSED', detail: 'The message is larger than the server takes (max_payload).' };
  }
  if (error instanceof JetStreamApiError && error.code === TOO_LARGE) {
    return { code: 'NATS_REFUSED', detail: 'The message is larger than the stream takes.' };
  }
  const isDenied =
    error instanceof errors.AuthorizationError ||
    error instanceof errors.UserAuthenticationExpiredError ||
    error instanceof errors.PermissionViolationError;
  if (isDenied) return { code: 'NATS_DENIED', detail: `The server says: ${detail}.`, receiver: 'down' };
  if (isNobody(error) || (error instanceof Error && isNobody(error.cause))) {
    return { code: 'NATS_UNREACHABLE', detail: 'Nobody answers for JetStream there.', receiver: 'down' };
  }
  if (error instanceof JetStreamApiError) {
    return { code: 'NATS_UNREACHABLE', detail: `JetStream says ${error.code}: ${detail}.`, receiver: 'down' };
  }
  return { code: 'NATS_UNREACHABLE', detail: `NATS cannot be reached: ${detail}.`, receiver: 'down' };
}

function isNobody(error: unknown): boolean {
  return error instanceof errors.NoRespondersError || (error instanceof errors.RequestError && error.isNoResponders());
}
