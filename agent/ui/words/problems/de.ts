import { countedIn } from '../counted.ts';
import { asideAboutDe, wrongValueDe } from './aside-de.ts';
import type { problemsEn } from './en.ts';
import { statusDe } from './status-de.ts';

const count = countedIn('de');

export const problemsDe: typeof problemsEn = {
  none: 'Keine Probleme',
  noneHint: 'Was eine Kasse sendet und niemand lesen kann, stünde hier, mit dem, was zu tun ist.',
  attention: 'Bitte ansehen',
  setAside: 'Beiseitegelegt',
  inBanner: (open) => count(open, 'Problem', 'Probleme'),
  open: 'Offen',
  closed: 'Erledigt',
  noneOpen: 'Nichts liegt beiseite',
  noneOpenHint:
    'Was eine Kasse oder eine Datei bringt und niemand lesen kann, steht hier und kann berichtigt und gesendet werden.',
  noneClosed: 'Noch ist nichts erledigt',
  from: {
    http: (name) => `Programm ${name}`,
    ui: (name) => `${name}, in dieser App`,
    hub: 'In der Zentrale beiseitegelegt',
    feed: (name) => `Dateien „${name}“`,
    pulled: (name) => `Kassensystem „${name}“`,
  },
  file: (name, line) => (line === 0 ? `Datei ${name}` : `Datei ${name}, Zeile ${line}`),
  wrong: 'Was nicht stimmt',
  text: 'Wie es kam',
  todo: 'Was zu tun ist',
  codes: {
    INTERNAL: [
      'Eine Datei kann nicht übernommen werden',
      'Sagen Sie es denen, die die Kassen betreuen; dann verwerfen.',
    ],
    FACT_INVALID: ['Ein Wert ist falsch oder fehlt', 'Den markierten Wert berichtigen und senden.'],
    FACT_KIND_UNKNOWN: ['Diese Art von Vorgang ist unbekannt', 'Die richtige Art angeben und senden.'],
    FACT_TOO_LARGE: ['Der Beleg ist zu groß', 'An der Kasse aufteilen, dann diesen hier verwerfen.'],
    KEY_REUSED: [
      'Die Nummer gehört schon zu einem anderen Beleg',
      'Der erste zählt. Ist dies ein anderer Beleg, geben Sie ihm eine eigene Nummer und senden ihn; sonst verwerfen.',
    ],
    VOID_OF_VOID: ['Ein Storno kann nicht storniert werden', 'Den Beleg neu eingeben und dies verwerfen.'],
    TRANSFER_TO_ITSELF: [
      'Eine Umlagerung nennt diese Filiale an beiden Enden',
      'Die andere Filiale berichtigen und senden.',
    ],
    BODY_NOT_JSON: ['Ein Programm hat Unlesbares gesendet', 'Den Text berichtigen und senden oder verwerfen.'],
    BODY_TOO_LARGE: [
      'Ein Programm hat zu viel auf einmal gesendet',
      'Sagen Sie es denen, die das Programm betreuen; dann verwerfen.',
    ],
    CSV_ROW_INVALID: [
      'Eine Zeile ist nicht lesbar',
      'Den markierten Wert berichtigen und die Zeile senden. Der Rest der Datei zählt schon.',
    ],
    DOCUMENT_CUT: [
      'Eine Zeile eines Belegs kam später',
      'Die Kasse hatte beim Schreiben gewartet; der Beleg zählt ohne diese Zeile. Senden; wurde sie inzwischen anders erfasst, verwerfen.',
    ],
    CSV_FILE_INVALID: [
      'Eine Datei sieht anders aus als erwartet',
      'Unter „Quellen“ berichtigen, dann die Datei noch einmal lesen lassen.',
    ],
    POSLOG_TRANSACTION_INVALID: [
      'Ein Beleg im Protokoll einer Kasse ist nicht lesbar',
      'Den markierten Wert berichtigen und senden.',
    ],
    POSLOG_FILE_INVALID: [
      'Das Protokoll einer Kasse ist nicht lesbar',
      'Von der Kasse neu ausgeben lassen, dann dies verwerfen.',
    ],
    PULLED_ORDER_INVALID: [
      'Ein Beleg des angebundenen Kassensystems kann nicht übernommen werden',
      'Dort berichtigen; er wird übernommen, sobald er sich geändert hat. Dann dies verwerfen.',
    ],
    RETURNED_TWICE: [
      'Ware eines Belegs kam zweimal zurück',
      'Beides zählt. Kam sie nur einmal zurück, dies senden: es nimmt die hier genannte Rückgabe zurück. Stimmt beides, verwerfen.',
    ],
    FACT_AHEAD: ['Die Uhr eines Rechners ging falsch', 'Die Uhr stellen, neu zählen, dann dies verwerfen.'],
  },
  inEnglish: 'Im Wortlaut (englisch)',
  about: asideAboutDe,
  wrongValue: wrongValueDe,
  status: statusDe,
  notHere: {
    hub: 'Darüber entscheidet die Zentrale. Hier kann es nur verworfen werden.',
    cut: 'Es war zu groß, um ganz aufbewahrt zu werden, und kann hier nicht berichtigt werden.',
    binary: 'Es ist kein Text und kann hier nicht berichtigt werden.',
    file: 'Die Datei wurde als Ganzes abgelehnt; sie liegt im Ordner „rejected“.',
    feed: 'Die Quelle, aus der es kam, gibt es nicht mehr.',
    pulled: 'Es gehört dem angebundenen Kassensystem und wird dort berichtigt.',
  },
  marked: 'Zu berichtigen',
  allValues: 'Alle Werte',
  editText: 'Den ganzen Text bearbeiten',
  editFields: 'Die Werte bearbeiten',
  leftOut: 'Leer: weggelassen',
  send: 'Senden',
  sent: (facts) => `${count(facts, 'Vorgang zählt', 'Vorgänge zählen')} jetzt.`,
  sentBefore: 'Es zählte schon.',
  unknownSkus: (skus) => `Es zählt, aber diese Filiale hat keinen solchen Artikel: ${skus}`,
  readAgain: 'Datei noch einmal lesen',
  dismiss: 'Verwerfen',
  dismissTitle: 'Verwerfen, ohne es zu zählen',
  dismissAll: (alike) => `Auch die ${alike} anderen dieser Art`,
  reason: 'Warum?',
  keep: 'Behalten',
  reopen: 'Wieder öffnen',
  managers: 'Die Leitung berichtigt oder verwirft es.',
  history: 'Was geschehen ist',
  acts: {
    sending: 'Berichtigung begonnen',
    sent: 'berichtigt und gesendet',
    refused: 'Berichtigung abgelehnt',
    corrected: 'von der Quelle richtig gesendet',
    dismissed: 'verworfen',
    reopened: 'wieder geöffnet',
    cameAgain: 'kam noch einmal',
  },
};
