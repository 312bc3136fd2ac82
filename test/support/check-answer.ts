import { problemCodes } from '#hub/api/document/problem-codes.ts';
import type { Route } from '#hub/api/route.ts';
import { problem } from '#shared/protocol/problem.ts';
import { z } from 'zod';

/** Throws when an answer is not what its route says that it answers: status, schema, or code of a problem. */
export function checkAnswer(routes: readonly Route[], method: string, path: string, answered: AnsweredText): void {
  const route = routes.find((one) => one.method === method.toLowerCase() && matches(one.path, path));
  if (route === undefined || answered.status === 304) return;
  const where = `${method} ${path} answered ${answered.status}`;
  if (route.statuses.includes(answered.status)) {
    const body: unknown = route.contentType === 'application/json' ? JSON.parse(answered.text) : answered.text;
    const parsed = route.answer.safeParse(body);
    if (!parsed.success)
      throw new Error(`${where}, which is not what its schema says: ${z.prettifyError(parsed.error)}`);
    return;
  }
  if (answered.status < 400) throw new Error(`${where}: no status of its route`);
  const { code } = problem.parse(JSON.parse(answered.text));
  if (!problemCodes(route).includes(code)) throw new Error(`${where} with ${code}: no code of its route`);
}

interface AnsweredText {
  readonly status: number;
  readonly text: string;
}

function matches(pattern: string, path: string): boolean {
  const source = pattern.replaceAll('.', String.raw`\.`).replaceAll(/:\w+/g, '[^/?]+');
  return new RegExp(`^${source}/?(\\?.*)?$`).test(path);
}
