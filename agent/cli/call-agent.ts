import { ShelfwireError } from '#shared/protocol/errors.ts';
import { problem } from '#shared/protocol/problem.ts';
import { readEndpoint } from '../api/endpoint-file.ts';

const ANSWER_MS_MAX = 5_000;

/**
 * What the agent that runs on a folder answers over its loopback API; undefined when none runs there. Throws its refusal with
 * its own code, and CONFLICT when another program answers.
 */
export async function callAgent(folder: string, path: string, body?: object): Promise<unknown> {
  const endpoint = readEndpoint(folder);
  if (!endpoint) return undefined;
  let response: Response;
  try {
    response = await fetch(`http://127.0.0.1:${endpoint.port}${path}`, {
      headers: { authorization: `Bearer ${endpoint.token}` },
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
      ...(body !== undefined && { method: 'POST', body: JSON.stringify(body) }),
    });
  } catch {
    return undefined;
  }
  if (response.ok) return response.json();
  const { data: refusal } = problem.safeParse(await response.json().catch(() => undefined));
  // A crashed agent's port may be another program's by now: it does not know the token.
  if (refusal === undefined || refusal.code === 'UNAUTHORIZED') {
    const detail = `Port ${endpoint.port} answers with ${response.status}: it is not this agent.`;
    throw new ShelfwireError('CONFLICT', detail);
  }
  throw new ShelfwireError(refusal.code, refusal.detail);
}
