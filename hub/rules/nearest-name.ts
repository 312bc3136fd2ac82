/** A name is near when at most a third of its letters differ, and never more than three. */
const editsMax = (name: string): number => Math.min(3, Math.max(1, Math.floor(name.length / 3)));

/** The one of the known names that was most likely meant; undefined when none is near. Case counts least. */
export function nearestName(name: string, known: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let fewest = editsMax(name) + 0.5;
  const folded = name.toLowerCase();
  for (const candidate of known) {
    if (Math.abs(candidate.length - name.length) > fewest) continue;
    const edits = candidate.toLowerCase() === folded ? 0.25 : editsBetween(name, candidate, Math.floor(fewest));
    if (edits < fewest) [nearest, fewest] = [candidate, edits];
  }
  return nearest;
}

/** Letters to insert, remove, replace or swap with their neighbour; Infinity when more than `most`. */
function editsBetween(a: string, b: string, most: number): number {
  let [before, last]: number[][] = [[], Array.from({ length: b.length + 1 }, (_, place) => place)];
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= b.length; column += 1) {
      const replaced = at(last, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const swaps = row > 1 && column > 1 && a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
      const swapped = swaps ? at(before, column - 2) + 1 : Infinity;
      current.push(Math.min(replaced, swapped, at(last, column) + 1, at(current, column - 1) + 1));
    }
    if (Math.min(...current) > most) return Infinity;
    [before, last] = [last, current];
  }
  return at(last, b.length);
}

const at = (row: readonly number[] | undefined, column: number): number => row?.[column] ?? Infinity;
