const WIDTH = 30;

/** "copying   [##########                    ]  33 %" */
export function progressBar(what: string, done: number, total: number): string {
  const part = total === 0 ? 1 : Math.min(done / total, 1);
  const filled = Math.round(part * WIDTH);
  const percent = String(Math.floor(part * 100)).padStart(3);
  return `${what.padEnd(10)}[${'#'.repeat(filled)}${' '.repeat(WIDTH - filled)}] ${percent} %`;
}
