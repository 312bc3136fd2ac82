const LEVELS_MAX = 32;
/** PostgreSQL's jsonb refuses NUL and halves of characters; other control characters have no place in a setting. */
const UNSTORABLE = /[\p{Cc}\p{Cs}]/u;
const WHITE_SPACE = /[\n\r\t]/g;

/**
 * Whether parsed JSON can be stored and given back as it is. Walks without recursion: 64 KiB of brackets would
 * exhaust the stack.
 */
export function isStorableJson(value: unknown): boolean {
  const open: { value: unknown; level: number }[] = [{ value, level: 1 }];
  for (let item = open.pop(); item !== undefined; item = open.pop()) {
    const { value, level } = item;
    if (value === undefined || level > LEVELS_MAX) return false;
    if (typeof value === 'string' && !isStorableText(value)) return false;
    if (typeof value === 'number' && !Number.isFinite(value)) return false;
    if (typeof value !== 'object' || value === null) continue;
    for (const [key, inner] of Object.entries(value)) {
      if (!isStorableText(key)) return false;
      open.push({ value: inner, level: level + 1 });
    }
  }
  return true;
}

function isStorableText(text: string): boolean {
  return !UNSTORABLE.test(text.replaceAll(WHITE_SPACE, ''));
}
