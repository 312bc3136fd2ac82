import { countedIn } from '../counted.ts';
import type { frameEn } from './en.ts';

const count = countedIn('de');

export const frameDe: typeof frameEn = {
  language: 'Deutsch',
  pages: {
    today: 'Heute',
    stock: 'Bestand',
    return: 'Rückgabe',
    receive: 'Wareneingang',
    pickups: 'Abholungen',
    count: 'Zählung',
    adjust: 'Korrektur',
    problems: 'Probleme',
    sources: 'Quellen',
    status: 'Zustand',
  },
  skip: 'Zum Inhalt',
  navigation: 'Seiten',
  light: 'Hell',
  dark: 'Dunkel',
  colours: 'Hell oder dunkel',
  changeLanguage: 'Sprache',
  signIn: {
    title: 'Wer ist da?',
    pin: 'Ihre PIN',
    hint: '6 bis 12 Ziffern',
    enter: 'Anmelden',
    back: 'Letzte Ziffer löschen',
    clear: 'Leeren',
    digits: 'Ziffern',
    wait: (seconds) => `Zu viele falsche PINs. In ${count(seconds, 'Sekunde', 'Sekunden')} wieder möglich.`,
    first: 'Noch kann sich niemand anmelden. Führen Sie am Rechner des Agenten aus:',
    firstThen: 'Der Befehl zeigt eine PIN. Geben Sie sie hier ein.',
    out: 'Abmelden',
    roles: { clerk: 'Verkauf', manager: 'Leitung' },
  },
  safety: {
    label: 'Ist die Filiale sicher?',
    online: 'Verbunden',
    allSafe: 'Alles ist in der Zentrale.',
    sending: (facts) => `${count(facts, 'Vorgang ist', 'Vorgänge sind')} unterwegs zur Zentrale.`,
    offline: (since) => `Ohne Verbindung seit ${since}`,
    offlineUnknown: 'Ohne Verbindung',
    connecting: 'Verbindung wird aufgebaut',
    notEnrolled: 'Noch mit keiner Zentrale verbunden',
    waiting: (facts) =>
      facts === 0
        ? 'Nichts wartet auf den Versand.'
        : `${count(facts, 'Vorgang wartet', 'Vorgänge warten')} hier, sicher auf diesem Rechner.`,
    works: 'Verkauf, Rückgaben, Zählungen, Wareneingang und Abholungen gehen weiter wie sonst.',
    worksNot: 'Bestände anderer Filialen und neue Abholungen kommen, sobald die Verbindung wieder da ist.',
    absent: 'Der Agent der Filiale antwortet nicht',
    absentHint:
      'Was angenommen wurde, ist sicher gespeichert. Diese Seite geht von selbst weiter, sobald er wieder da ist.',
    absentAct:
      'Ob das angenommen wurde, ist nicht bekannt. Noch einmal tun, sobald er wieder da ist: Es wird einmal angenommen.',
  },
  startAgent: {
    start: 'Agent starten',
    starting: 'Er wird gestartet.',
  },
  failure: { title: 'Das hat nicht geklappt', again: 'Noch einmal', code: 'Code' },
  close: 'Schließen',
  loading: 'Wird geladen',
};
