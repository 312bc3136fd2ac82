import { useEffect, useEffectEvent, type RefObject } from 'react';
import { scannedBy, type PressedKey } from './scanner.ts';

/** Some scanners end with two Enters. */
const SAME_SCAN_MS = 100;
const KEYS_MAX = 200;

/** On fields that take what is scanned, Enter and all. */
export const SCANNED = { 'data-scanned': true } as const;

type Read = (code: string) => void;
const readers = new Set<Read>();
/** What to do where a scan fell into a number: `isRead` when it is taken as a scan all the same. */
const numbers = new Map<Element, (code: string, isRead: boolean) => void>();

/**
 * Where the focus happens to be, a scan presses no button, sends no form and is no number: its Enter is kept from all that does not
 * take scans. Where one field of the page does, it is read there.
 */
export function useStrayScans(): void {
  useEffect(() => {
    let keys: PressedKey[] = [];
    let scannedAt = -Infinity;
    const press = (event: KeyboardEvent) => {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || event.key === 'Shift') return;
      if (event.key.length === 1) {
        keys = [...keys, { char: event.key, at: event.timeStamp }].slice(-KEYS_MAX);
        return;
      }
      const code = event.key === 'Enter' || event.key === 'Tab' ? scannedBy(keys) : undefined;
      keys = [];
      if (code === undefined) {
        if (event.key === 'Enter' && event.timeStamp - scannedAt < SAME_SCAN_MS) event.preventDefault();
        return;
      }
      scannedAt = event.timeStamp;
      const target = event.target instanceof Element ? event.target : document.body;
      // The page counts scans itself.
      if (target.matches('[data-scanned]') || event.defaultPrevented) return;
      if (event.key === 'Enter') event.preventDefault();
      const number = numbers.get(target);
      if (number === undefined && isText(target)) return;
      const [read] = readers.size === 1 && document.querySelector('[role="dialog"]') === null ? readers : [];
      number?.(code, read !== undefined);
      read?.(code);
    };
    addEventListener('keydown', press, true);
    return () => removeEventListener('keydown', press, true);
  }, []);
}

const isText = (target: Element): boolean =>
  target.matches('textarea, input:not([readonly], [type="radio"], [type="checkbox"])');

/** Reads what is scanned elsewhere on the page, while no other field does. */
export function useStrayReader(read: Read): void {
  const heard = useEffectEvent(read);
  useEffect(() => {
    const reader: Read = (code) => heard(code);
    readers.add(reader);
    return () => void readers.delete(reader);
  }, []);
}

/** Hears what was scanned into this field, in which people type a number. */
export function useStrayNumber(field: RefObject<Element | null>, hear: (code: string, isRead: boolean) => void): void {
  const heard = useEffectEvent(hear);
  useEffect(() => {
    const element = field.current;
    if (element === null) return undefined;
    numbers.set(element, (code, isRead) => heard(code, isRead));
    return () => void numbers.delete(element);
  }, [field]);
}
