import type { RepairFieldKind } from '#shared/agent-api/quarantine.ts';
import type { AsideAbout } from './shape.ts';

/** What a value has to be. */
const EXPECTED: Readonly<Record<Exclude<RepairFieldKind, 'text'>, string>> = {
  sku: 'eine Artikelnummer, höchstens 64 Zeichen',
  quantity: 'eine ganze Zahl',
  money: 'ein Betrag',
  date: 'ein Datum, so geschrieben wie sonst in dieser Quelle',
  key: 'eine eigene Nummer, höchstens 128 Zeichen',
  kind: 'eine der bekannten Arten',
};

export function wrongValueDe(label: string, value: string, kind: RepairFieldKind): string {
  const is = value === '' ? 'fehlt' : `„${value}“ ist so nicht möglich`;
  return kind === 'text' ? `${label}: ${is}.` : `${label}: ${is}. Erwartet wird ${EXPECTED[kind]}.`;
}

/** What happened, to which thing; undefined where the code alone says it. */
export function asideAboutDe({ code, key, file, line, isAtHub, voids }: AsideAbout): string | undefined {
  const it = key === null ? 'Der Vorgang' : `Der Vorgang „${key}“`;
  if (isAtHub) {
    return `${it} ist hier erfasst und zählt im Bestand dieser Filiale. Die Zentrale hat ihn beiseitegelegt.`;
  }
  const where = file === null ? '' : line === 0 ? ` in der Datei ${file}` : ` in Zeile ${line} der Datei ${file}`;
  switch (code) {
    case 'KEY_REUSED':
      return `Unter der Nummer „${key ?? ''}“ zählt schon ein Beleg mit anderem Inhalt; dieser${where} zählt nicht.`;
    case 'RETURNED_TWICE':
      return voids === undefined
        ? undefined
        : `Die Ware der Rückgabe „${voids}“ kam noch auf anderem Weg zurück: im Bestand sind Stücke, die es nicht gibt.`;
    case 'CSV_FILE_INVALID':
    case 'POSLOG_FILE_INVALID':
    case 'INTERNAL':
      return file === null ? undefined : `Die Datei ${file} wurde als Ganzes abgelehnt und aufgehoben.`;
    case 'CSV_ROW_INVALID':
    case 'DOCUMENT_CUT':
      return file === null ? undefined : `Es geht um Zeile ${line} der Datei ${file}.`;
    case 'BODY_NOT_JSON':
    case 'BODY_TOO_LARGE':
      return 'Nichts davon zählt.';
    default:
      return `${it}${where} zählt nicht.`;
  }
}
