/** A segment or a field of an XML IDoc. */
export interface IdocNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: readonly IdocNode[];
  readonly text: string;
}

/** What SAP's dictionary says, written down apart from what writes IDocs: fields of each segment with their lengths, in order. */
const SEGMENTS: Readonly<Record<string, string>> = {
  EDI_DC40:
    'TABNAM 10 MANDT 3 DOCNUM 16 DOCREL 4 STATUS 2 DIRECT 1 OUTMOD 1 EXPRSS 1 TEST 1 IDOCTYP 30 CIMTYP 30 MESTYP 30 MESCOD 3 MESFCT 3 STD 1 STDVRS 6 STDMES 6 SNDPOR 10 SNDPRT 2 SNDPFC 2 SNDPRN 10 SNDSAD 21 SNDLAD 70 RCVPOR 10 RCVPRT 2 RCVPFC 2 RCVPRN 10 RCVSAD 21 RCVLAD 70 CREDAT 8 CRETIM 6 REFINT 14 REFGRP 14 REFMES 14 ARCKEY 70 SERIAL 20',
  E1WPB01:
    'POSKREIS 5 KASSID 25 VORGDATUM 8 VORGZEIT 6 BONNUMMER 15 QUALKDNR 4 KUNDNR 25 KASSIERER 10 CSHNAME 35 BELEGWAERS 4',
  E1WPB02: 'VORGANGART 4 QUALARTNR 4 ARTNR 25 SERIENNR 25 VORZEICHEN 1 MENGE 10 VERKAEUFER 10 AKTIONSNR 15 REFBONNR 15',
  E1WPB03: 'VORZEICHEN 1 KONDITION 4 KONDVALUE 35',
  E1WPB06: 'VORZEICHEN 1 ZAHLART 4 SUMME 35',
  E1WPU01: 'BELEGDATUM 8 BELEGWAERS 4',
  E1WPU02: 'QUALARTNR 4 ARTNR 25 AKTIONSNR 15 VORZMENGE 1 UMSMENGE 35 VORZWERT 1 UMSWERT 35',
  E1WPG01: 'BELEGDATUM 8 BONNUMMER 15',
  E1WPG02:
    'QUALVORG 4 REFERENZNR 25 QUALARTNR 4 ARTNR 25 BEWART 4 MEINH 4 LIEFMENGE 10 MENGE 10 WAERS 4 WERT 20 LGORT 4 LIFNR 10',
};
const DATES = new Set(['VORGDATUM', 'BELEGDATUM', 'CREDAT']);

/** Reads an IDoc file as a port of SAP would: throws for whatever its dictionary does not have. */
export function readIdoc(xml: string): {
  readonly type: string;
  readonly control: Map<string, string>;
  readonly segments: IdocNode[];
} {
  const [, body = ''] = /^<\?xml version="1\.0" encoding="UTF-8"\?>\n(.*)\n$/s.exec(xml) ?? [];
  const root = parse(body);
  const [idoc, ...more] = root.children;
  if (idoc?.name !== 'IDOC' || idoc.attributes['BEGIN'] !== '1' || more.length > 0)
    throw new Error('it is not one IDOC');
  const [control, ...segments] = idoc.children;
  if (control?.name !== 'EDI_DC40') throw new Error('there is no control record');
  for (const segment of [control, ...segments]) check(segment);
  const fields = new Map(control.children.map(({ name, text }) => [name, text]));
  if (fields.get('IDOCTYP') !== root.name || !root.name.startsWith(fields.get('MESTYP') ?? '-'))
    throw new Error('the control record is of another type');
  for (const name of ['TABNAM', 'DIRECT', 'SNDPOR', 'SNDPRT', 'SNDPRN', 'RCVPOR', 'RCVPRT', 'RCVPRN', 'SERIAL'])
    if (!fields.has(name)) throw new Error(`the control record has no ${name}`);
  return { type: root.name, control: fields, segments };
}

function check({ name, attributes, children }: IdocNode): void {
  if (attributes['SEGMENT'] !== '1') throw new Error(`${name} is no segment`);
  const words = (SEGMENTS[name] ?? '').split(' ');
  const order = words.filter((_, place) => place % 2 === 0);
  let last = -1;
  let isDeep = false;
  for (const child of children) {
    if (SEGMENTS[child.name] !== undefined) {
      isDeep = true;
      check(child);
      continue;
    }
    const place = order.indexOf(child.name);
    if (place <= last || isDeep) throw new Error(`${name}.${child.name} is not known there, or not in its order`);
    last = place;
    if (child.text.length > Number(words[place * 2 + 1])) throw new Error(`${name}.${child.name} is too long`);
    if (DATES.has(child.name) && !/^\d{8}$/.test(child.text)) throw new Error(`${name}.${child.name} is no date`);
  }
}

function parse(xml: string): IdocNode {
  const stack: { name: string; attributes: Record<string, string>; children: IdocNode[]; text: string }[] = [
    { name: '', attributes: {}, children: [], text: '' },
  ];
  const pattern = /<(\/?)([A-Z0-9_]+)((?: [A-Z]+="[^"<]*")*)>|([^<]+)|(.)/gs;
  for (const [, isEnd, name = '', attributes = '', text, other] of xml.matchAll(pattern)) {
    const top = stack.at(-1);
    if (top === undefined || other !== undefined) throw new Error('it is not well formed');
    if (text !== undefined) top.text += unescaped(text);
    else if (isEnd === '/') {
      if (top.name !== name) throw new Error(`${name} ends ${top.name}`);
      stack.pop();
      stack.at(-1)?.children.push(top);
    } else {
      const pairs = [...attributes.matchAll(/([A-Z]+)="([^"]*)"/g)].map(([, key = '', value = '']) => [key, value]);
      stack.push({ name, attributes: Object.fromEntries(pairs) as Record<string, string>, children: [], text: '' });
    }
  }
  const [document] = stack[0]?.children ?? [];
  if (document === undefined || stack.length !== 1) throw new Error('it is not well formed');
  return document;
}

function unescaped(text: string): string {
  return text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');
}
