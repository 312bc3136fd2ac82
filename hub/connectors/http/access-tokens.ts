import type { Clock } from '#shared/runtime/clock.ts';
import { clientOf, type Http, type HttpAnswer } from './http.ts';

export interface Grant {
  readonly token: string;
  readonly expiresInMs: number;
}

export interface TokenSource {
  /** Differs wherever the token would: by address, credentials and scope. It is kept in memory, so give a digest. */
  readonly name: string;
  /** Asks for a new one; throws what the asking throws. */
  grant(): Promise<Grant>;
}

interface Held {
  readonly grant: Promise<Grant>;
  /** By the monotonic clock; unknown while it is asked for. */
  usedUntil: number;
}

/** So long before its end a token is not used any more: a call takes a while, and clocks differ. */
const SPARE_MS = 60_000;
/** They live as long as the client that they are used with, over all turns at an account. */
const heldBy = new WeakMap<Http, Map<string, Held>>();

/**
 * Makes a call with a token that expires: asked for once, by whomever, and kept until shortly before its end. One that is
 * refused (401) before it is replaced once.
 */
export async function callWithToken(
  tools: { readonly http: Http; readonly clock: Clock },
  source: TokenSource,
  call: (token: string) => Promise<HttpAnswer>,
): Promise<HttpAnswer> {
  const first = await tokenOf(tools, source);
  const answer = await call(first);
  if (answer.status !== 401) return answer;
  await forget(tools.http, source.name, first);
  return call(await tokenOf(tools, source));
}

async function tokenOf({ http, clock }: { http: Http; clock: Clock }, source: TokenSource): Promise<string> {
  const tokens = heldBy.get(clientOf(http)) ?? new Map<string, Held>();
  heldBy.set(clientOf(http), tokens);
  const known = tokens.get(source.name);
  if (known !== undefined && known.usedUntil > clock.monotonic()) return (await known.grant).token;
  for (const [name, { usedUntil }] of tokens) if (usedUntil <= clock.monotonic()) tokens.delete(name);
  const held: Held = { grant: source.grant(), usedUntil: Infinity };
  tokens.set(source.name, held);
  try {
    const { token, expiresInMs } = await held.grant;
    // One that hardly lives is used for half of its life.
    held.usedUntil = clock.monotonic() + Math.max(expiresInMs - SPARE_MS, expiresInMs / 2);
    return token;
  } catch (error) {
    if (tokens.get(source.name) === held) tokens.delete(source.name);
    throw error;
  }
}

/** Another call may have replaced it meanwhile: then that one stays. */
async function forget(http: Http, name: string, token: string): Promise<void> {
  const tokens = heldBy.get(clientOf(http));
  const held = tokens?.get(name);
  if (held === undefined) return;
  const isThis = await held.grant.then((grant) => grant.token === token).catch(() => false);
  if (isThis && tokens?.get(name) === held) tokens.delete(name);
}
