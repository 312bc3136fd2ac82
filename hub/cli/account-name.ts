import { userInfo } from 'node:os';

/** An account without a name in the system's list, as containers have, still has a number. */
export function accountName(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.getuid?.() ?? 'unknown');
  }
}
