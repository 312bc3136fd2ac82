import { resolve } from 'node:path';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Option, OptionValue } from './option-table.ts';

/** Where a value stands, for the message; `folder` is what a relative path there starts from. */
export interface OptionPlace {
  readonly where: string;
  readonly folder?: string;
}

const MAX_LENGTH = 4_096;

/** A value of unknown origin (text of a flag or variable, JSON of a file) as its option wants it, or OPTION_INVALID. */
export function readValue(option: Option, given: unknown, place: OptionPlace): OptionValue {
  const value = typed(option, given, place);
  if (value !== undefined) return value;
  const shown = option.secret ? '' : ` ${JSON.stringify(given)?.slice(0, 80) ?? String(given)}`;
  throw new ShelfwireError(
    'OPTION_INVALID',
    `${place.where}: the value${shown} is not accepted. Accepted: ${describeAccepted(option)}.`,
  );
}

function typed(option: Option, given: unknown, place: OptionPlace): OptionValue | undefined {
  switch (option.type) {
    case 'number':
      return asNumber(given, option.min, option.max, option.fraction ?? false);
    case 'boolean':
      return asBoolean(given);
    case 'list':
      return asList(given);
    case 'enum':
      return typeof given === 'string' && option.values.includes(given) ? given : undefined;
    case 'path':
      return isText(given) && !given.includes('\0') ? resolve(place.folder ?? '.', given) : undefined;
    case 'url':
      return asUrl(given, option.protocols ?? HTTP);
    case 'string':
      break;
  }
  return isText(given) && given.length <= (option.maxLength ?? MAX_LENGTH) ? given : undefined;
}

const HTTP: readonly string[] = ['http', 'https'];

const isText = (given: unknown): given is string =>
  typeof given === 'string' && given.trim() !== '' && given.length <= MAX_LENGTH;

function asNumber(given: unknown, min: number, max: number, fraction: boolean): number | undefined {
  const isDecimal = typeof given === 'string' && /^-?\d+(\.\d+)?$/.test(given);
  const value = isDecimal ? Number(given) : given;
  if (typeof value !== 'number' || !Number.isFinite(value) || value < min || value > max) return undefined;
  return fraction || Number.isInteger(value) ? value : undefined;
}

const BOOLEANS: Readonly<Record<string, boolean>> = {
  true: true,
  false: false,
  1: true,
  0: false,
  yes: true,
  no: false,
  on: true,
  off: false,
};

function asBoolean(given: unknown): boolean | undefined {
  if (typeof given === 'boolean') return given;
  if (typeof given !== 'string') return undefined;
  const word = given.toLowerCase();
  return Object.hasOwn(BOOLEANS, word) ? BOOLEANS[word] : undefined;
}

function asList(given: unknown): readonly string[] | undefined {
  const items = typeof given === 'string' ? given.split(',').map((item) => item.trim()) : given;
  return Array.isArray(items) && items.every(isText) ? items : undefined;
}

function asUrl(given: unknown, protocols: readonly string[]): string | undefined {
  if (!isText(given) || !URL.canParse(given)) return undefined;
  return protocols.includes(new URL(given).protocol.slice(0, -1)) ? given : undefined;
}

/** What an option accepts, in words: "a whole number from 0 to 65535". */
export function describeAccepted(option: Option): string {
  switch (option.type) {
    case 'number':
      return `a ${option.fraction ? '' : 'whole '}number from ${option.min} to ${option.max}`;
    case 'boolean':
      return 'true or false';
    case 'list':
      return 'one or more texts';
    case 'enum':
      return option.values.join(', ');
    case 'path':
      return 'a path';
    case 'url':
      return `an address that starts with ${(option.protocols ?? HTTP).map((protocol) => `${protocol}://`).join(' or ')}`;
    case 'string':
      break;
  }
  return `a text of at most ${option.maxLength ?? MAX_LENGTH} characters`;
}
