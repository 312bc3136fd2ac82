/** Started with the computer: without a window. */
export const HIDDEN = '--hidden';

/**
 * Switches that an installed desktop does not take: with them its sandbox could be switched off, or a debugger be attached
 * to the page of somebody who is signed in.
 * @param argv as the process has it, the program first
 */
export const refusedSwitches = (argv: readonly string[]): string[] =>
  argv.slice(1).filter((given) => given.startsWith('-') && given !== HIDDEN);
