import type { TaskLineView, TaskView } from '#shared/agent-api/answers.ts';

/** The line that a scanned article is picked for: the first of it that is not all picked. */
export function scannedLine({ lines }: TaskView, sku: string): TaskLineView | undefined {
  return lines.find((line) => line.sku === sku && line.picked < line.units);
}

/** What is left to take from the shelf. */
export const unpicked = ({ lines }: TaskView): number =>
  lines.reduce((sum, { units, picked }) => sum + units - picked, 0);
