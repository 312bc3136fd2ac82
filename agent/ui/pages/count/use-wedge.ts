import { useEffectEvent, useLayoutEffect, useRef, useState } from 'react';
import type { PressedKey } from '../../parts/scanner.ts';
import { readKeys, type Typed } from './read-keys.ts';

/** Characters of a code at most; what is longer is a key that somebody leans on. */
const KEYS_MAX = 200;
/** Shown only when it stands still for so long: a scanner's are gone by then, ms. */
const SHOWN_AFTER_MS = 80;

/**
 * Listens on the whole page to what a scanner or a person types, up to Enter (or Tab, as some scanners end). Fields that have the
 * focus keep their keys; a button that has it is not pressed by the Enter of a scan. Answers what is typed so far.
 */
export function useWedge(isOn: boolean, onTyped: (typed: Typed) => void): string {
  const keys = useRef<PressedKey[]>([]);
  const [shown, setShown] = useState('');
  const typed = useEffectEvent(onTyped);
  // Before the page is painted: who sees it may scan.
  useLayoutEffect(() => {
    if (!isOn) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const show = () => {
      clearTimeout(timer);
      timer = setTimeout(() => setShown(keys.current.map(({ char }) => char).join('')), SHOWN_AFTER_MS);
    };
    const press = (event: KeyboardEvent) => {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey || isField(event.target)) return;
      if (event.key === 'Enter' || (event.key === 'Tab' && keys.current.length >= 6)) {
        const read = readKeys(keys.current);
        if (keys.current.length > 0) event.preventDefault();
        keys.current = [];
        show();
        if (read !== undefined) typed(read);
      } else if (event.key === 'Escape' || event.key === 'Backspace') {
        if (keys.current.length > 0) event.preventDefault();
        keys.current = event.key === 'Escape' ? [] : keys.current.slice(0, -1);
        show();
      } else if (event.key.length === 1) {
        // A space on its own presses the button that has the focus; some browsers search at a slash.
        if (event.key !== ' ' || keys.current.length > 0) {
          event.preventDefault();
          keys.current = [...keys.current, { char: event.key, at: event.timeStamp }].slice(-KEYS_MAX);
          show();
        }
      }
    };
    addEventListener('keydown', press, true);
    return () => {
      clearTimeout(timer);
      removeEventListener('keydown', press, true);
      keys.current = [];
    };
  }, [isOn]);
  return shown;
}

const isField = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('input, textarea, select, [role="dialog"] *'));
