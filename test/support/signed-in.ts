import { People } from '#agent/people/people.ts';
import type { PersonRole } from '#shared/agent-api/answers.ts';
import type { RunningAgent } from './running-agent.ts';

/** Somebody who is signed in at an agent, and calls it as its app does. */
export interface SignedIn {
  readonly pin: string;
  call(path: string, body?: unknown): Promise<{ status: number; text: string; body: Record<string, unknown> }>;
}

export async function signIn(
  agent: Pick<RunningAgent, 'folder' | 'url'>,
  name: string,
  role: PersonRole,
): Promise<SignedIn> {
  const pin = new People(agent.folder).add({ name, role }, Date.now());
  const signedIn = await fetch(`${agent.url}/v1/sessions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ pin }),
  });
  const cookie = signedIn.headers.get('set-cookie')?.split(';')[0] ?? '';
  return {
    pin,
    async call(path, body) {
      const response = await fetch(agent.url + path, {
        headers: { cookie },
        ...(body !== undefined && { method: 'POST', body: typeof body === 'string' ? body : JSON.stringify(body) }),
      });
      const text = await response.text();
      return { status: response.status, text, body: JSON.parse(text) as Record<string, unknown> };
    },
  };
}
