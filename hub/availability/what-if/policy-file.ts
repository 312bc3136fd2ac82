import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { policySchema, type Policy } from './policy.ts';

const BYTES_MAX = 1_000_000;
const fileSchema = z.union([policySchema, z.array(policySchema).min(1).max(50)]);

/** The policies of a file: one, or a list of them. Throws CONFIG_INVALID, naming the file and the place in it. */
export async function readPolicyFile(path: string): Promise<Policy[]> {
  const given = parse(path, await read(path));
  // Each is checked by itself: a union would only say that nothing matches.
  if (!Array.isArray(given)) return [check(path, '', given)];
  const list = fileSchema.safeParse(given);
  if (list.success) return [list.data].flat();
  if (given.length === 0 || given.length > 50) {
    throw new ShelfwireError('CONFIG_INVALID', `${path}: a list holds 1 to 50 policies.`);
  }
  return given.map((policy, place) => check(path, `${place}`, policy));
}

function check(path: string, where: string, given: unknown): Policy {
  const parsed = policySchema.safeParse(given);
  if (parsed.success) return parsed.data;
  const issues = describeIssues(parsed.error);
  throw new ShelfwireError('CONFIG_INVALID', `${path}: ${where === '' ? '' : `policy ${where}: `}${issues}`);
}

async function read(path: string): Promise<string> {
  try {
    const text = await readFile(path, 'utf8');
    if (text.length <= BYTES_MAX) return text;
  } catch (cause) {
    throw new ShelfwireError('CONFIG_INVALID', `${path} cannot be read.`, { cause });
  }
  throw new ShelfwireError('CONFIG_INVALID', `${path} is too large for a policy.`);
}

function parse(path: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new ShelfwireError('CONFIG_INVALID', `${path} is not JSON: ${why}`, { cause });
  }
}
