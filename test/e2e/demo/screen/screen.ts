import { stripVTControlCharacters } from 'node:util';

/** Text with colours, or without where nobody sees them. */
export interface Pen {
  (style: 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan', text: string): string;
}

const CODES = { bold: 1, dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const;

export const penFor =
  (coloured: boolean): Pen =>
  (style, text) =>
    coloured ? `\u001B[${CODES[style]}m${text}\u001B[0m` : text;

/** Characters that a text takes on the screen. */
export const widthOf = (text: string): number => stripVTControlCharacters(text).length;

/** Fits plain text into so many columns. */
export const fit = (text: string, columns: number): string =>
  text.length > columns ? `${text.slice(0, Math.max(0, columns - 1))}…` : text.padEnd(columns);

export const left = (text: string, columns: number): string => text + ' '.repeat(Math.max(0, columns - widthOf(text)));
export const right = (text: string, columns: number): string => ' '.repeat(Math.max(0, columns - widthOf(text))) + text;

/** 21597 -> "21,597". */
export const grouped = (count: number): string => Math.round(count).toLocaleString('en-GB');

/** A span for people: "35 ms", "4.2 s", "1:05". */
export function span(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1000).toFixed(1)} s` : clock(ms);
}

/** "1:05". */
export function clock(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** "2011-08-12" -> "Fri 12 Aug 2011". */
export function dayName(day: string): string {
  const options = { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric', timeZone: 'UTC' } as const;
  return new Date(`${day}T00:00:00Z`).toLocaleDateString('en-GB', options).replace(',', '');
}
