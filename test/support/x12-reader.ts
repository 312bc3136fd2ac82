/** What an interchange says, read as a partner would: throws for whatever its envelopes do not hold to. */
export interface X12Document {
  readonly number: number;
  readonly set: string;
  readonly reference: string;
  /** Between ST and SE. */
  readonly segments: readonly (readonly string[])[];
}

/** Elements that must be there, and their lengths, of the segments that are written. */
const RULES: Readonly<Record<string, readonly (readonly [number, number] | undefined)[]>> = {
  XQ: [
    [1, 2],
    [8, 8],
    [8, 8],
  ],
  N9: [
    [2, 3],
    [1, 30],
  ],
  BIA: [
    [2, 2],
    [2, 2],
    [1, 30],
    [8, 8],
  ],
  N1: [[2, 3], undefined, [1, 2], [2, 80]],
  LIN: [
    [1, 20],
    [2, 2],
    [1, 48],
  ],
  ZA: [
    [2, 2],
    [1, 15],
    [2, 2],
  ],
  QTY: [
    [2, 2],
    [1, 15],
    [2, 2],
  ],
  CTT: [[1, 6]],
};
const ISA_LENGTHS = [3, 2, 10, 2, 10, 2, 15, 2, 15, 6, 4, 1, 5, 9, 1, 1, 1];
const GROUPS: Readonly<Record<string, string>> = { '846': 'IB', '852': 'PD' };

export function readX12(text: string): X12Document {
  if (!text.startsWith('ISA') || text.length < 106) throw new Error('it is no interchange');
  const [element, end] = [text.charAt(3), text.charAt(105)];
  const segments = text
    .split(end)
    .map((segment) => segment.trim())
    .filter((segment) => segment !== '')
    .map((segment) => segment.split(element));
  const [isa, gs, st] = segments as [string[], string[], string[]];
  if (isa.map(({ length }) => length).join() !== ISA_LENGTHS.join())
    throw new Error(`ISA has other lengths: ${isa.join('|')}`);
  const [se, ge, iea] = segments.slice(-3) as [string[], string[], string[]];
  if ([isa[0], gs[0], st[0], se[0], ge[0], iea[0]].join() !== 'ISA,GS,ST,SE,GE,IEA')
    throw new Error('the envelopes are others');
  const number = Number(isa[13]);
  if (iea[1] !== '1' || iea[2] !== isa[13] || ge[1] !== '1' || Number(ge[2]) !== number || Number(gs[6]) !== number)
    throw new Error('the control numbers differ');
  if (se[2] !== st[2] || Number(se[1]) !== segments.length - 4) throw new Error('SE counts something else');
  const set = st[1] ?? '';
  if (gs[1] !== GROUPS[set]) throw new Error(`a group ${gs[1]} has no ${set}`);
  const body = segments.slice(3, -3);
  for (const [id = '', ...elements] of body)
    for (const [place, lengths] of (RULES[id] ?? bad(id)).entries()) {
      const { length } = elements[place] ?? '';
      if (lengths !== undefined && (length < lengths[0] || length > lengths[1]))
        throw new Error(`${id}${place + 1} has ${length} signs`);
    }
  const lines = body.filter(([id]) => id === 'LIN');
  if (body.at(-1)?.join() !== `CTT,${lines.length}`) throw new Error('CTT counts something else');
  const reference = body.find(([id]) => id === 'N9')?.[2] ?? body.find(([id]) => id === 'BIA')?.[3] ?? '';
  return { number, set, reference, segments: body };
}

/** What a partner answers to an interchange: 997 with the state of its transaction set, and what is wrong in it. */
export function functionalOf(text: string, code: 'A' | 'E' | 'R', wrong: readonly string[] = []): string {
  const { number, set } = readX12(text);
  const segments = [
    `ISA*00*          *00*          *ZZ*PARTNER        *ZZ*SHELFWIRE      *260101*0000*U*00401*000000007*0*P*>`,
    'GS*FA*PARTNER*SHELFWIRE*20260101*0000*7*X*004010',
    'ST*997*0001',
    `AK1*${GROUPS[set]}*${number}`,
    `AK2*${set}*0001`,
    ...wrong,
    `AK5*${code}${code === 'A' ? '' : '*5'}`,
    `AK9*${code}*1*1*${code === 'R' ? 0 : 1}`,
    `SE*${wrong.length + 6}*0001`,
    'GE*1*7',
    'IEA*1*000000007',
  ];
  return segments.map((segment) => `${segment}~\n`).join('');
}

function bad(id: string): never {
  throw new Error(`${id} is no segment of it`);
}
