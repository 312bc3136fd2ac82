/**
 * The texts of the elements of a JSON array, exactly as they stand in it. The text must be valid JSON already.
 * A number such as 1e400 or a repeated member is lost by parsing, so what is set aside is cut out of the original (F5).
 */
export function jsonItemTexts(json: string): string[] {
  const items: string[] = [];
  let depth = 0;
  let from = 0;
  for (let i = 0; i < json.length; i++) {
    const char = json[i];
    if (char === '"') i = endOfString(json, i);
    else if (char === '[' || char === '{') {
      depth++;
      if (depth === 1) from = i + 1;
    } else if (char === ']' || char === '}') {
      depth--;
      if (depth === 0) items.push(json.slice(from, i).trim());
    } else if (char === ',' && depth === 1) {
      items.push(json.slice(from, i).trim());
      from = i + 1;
    }
  }
  return items.length === 1 && items[0] === '' ? [] : items;
}

/** Index of the quote that closes the string which opens at `start`. */
function endOfString(json: string, start: number): number {
  let i = start + 1;
  while (i < json.length && json[i] !== '"') i += json[i] === '\\' ? 2 : 1;
  return i;
}
