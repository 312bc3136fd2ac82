import type { Acknowledgement } from '../connector.ts';

const ISA_CHARS = 106;
const DETAIL_CHARS_MAX = 500;
const NUMBER_MAX = 999_999_999;

/** Of AK5 and AK9; any other: not taken. */
const STATES: Readonly<Record<string, Acknowledgement['state']>> = {
  A: 'accepted',
  E: 'acceptedWithErrors',
  P: 'acceptedWithErrors',
};

export interface ReadFunctional {
  readonly acknowledgements: readonly Acknowledgement[];
  readonly problem: string | null;
  /** It ends where an interchange does: nobody is writing it any more. */
  readonly isWhole: boolean;
}

/**
 * Reads functional acknowledgements (997): of each group that it answers whether it was taken, and which segments were
 * wrong. What separates is said by the interchange itself. Pure.
 */
export function readFunctional(text: string): ReadFunctional {
  const start = text.indexOf('ISA');
  const head = start < 0 ? '' : text.slice(start, start + ISA_CHARS);
  if (head.length < ISA_CHARS) return { acknowledgements: [], problem: 'It is no X12 interchange.', isWhole: false };
  const [element, end] = [head.charAt(3), head.charAt(ISA_CHARS - 1)];
  const segments = text
    .slice(start)
    .split(end)
    .map((segment) => segment.trim().split(element))
    .filter(([id]) => id !== '');
  if (segments.at(-1)?.[0] !== 'IEA')
    return { acknowledgements: [], problem: 'It does not end as an interchange does.', isWhole: false };
  const acknowledgements: Acknowledgement[] = [];
  let number = Number.NaN;
  let wrong: string[] = [];
  let set: string | undefined;
  for (const [id, ...elements] of segments) {
    if (id === 'AK1') [number, wrong, set] = [Number(elements[1]), [], undefined];
    else if (id === 'AK3' || id === 'AK4') wrong.push([id, ...elements].join('*'));
    else if (id === 'AK5') {
      set = elements[0];
      if (elements.length > 1) wrong.push(elements.join(' '));
    } else if (id === 'AK9' && Number.isInteger(number) && number > 0 && number <= NUMBER_MAX) {
      // What is said of our one transaction set is more than what is said of its group.
      const state = STATES[set ?? elements[0] ?? ''] ?? 'rejected';
      acknowledgements.push({ controlNumber: number, state, detail: wrong.join('; ').slice(0, DETAIL_CHARS_MAX) });
      number = Number.NaN;
    }
  }
  const problem = acknowledgements.length === 0 ? 'It acknowledges nothing.' : null;
  return { acknowledgements, problem, isWhole: true };
}
