import type { ProblemParams } from '#shared/agent-api/problem-codes.ts';
import type { StatusWords } from './shape.ts';

const hub = ({ hubUrl }: ProblemParams): string => (hubUrl === undefined ? 'Die Zentrale' : `Die Zentrale (${hubUrl})`);
const source = ({ source: name }: ProblemParams): string =>
  name === undefined ? 'Eine Quelle' : `Die Quelle „${name.replace(/^\w+:/, '')}“`;
/** Of which source, where it is one's. */
const of = ({ source: name }: ProblemParams): string =>
  name === undefined ? '' : ` (Quelle „${name.replace(/^\w+:/, '')}“)`;
const address = ({ address: wanted }: ProblemParams): string => (wanted === undefined ? '' : ` (${wanted})`);

const SELLING = 'Verkauft werden kann weiter; alles bleibt sicher auf diesem Rechner.';
const BY_ITSELF = `Nichts zu tun: Es wird von selbst wiederholt. ${SELLING}`;
const SUPPORT = `Bleibt es dabei, der Betreuung den Wortlaut unten durchgeben. ${SELLING}`;

/** What the status of a store says, by code. */
export const statusDe: StatusWords = {
  NOT_ENROLLED: {
    what: () => 'Diese Filiale ist noch mit keiner Zentrale verbunden',
    todo: `Die Betreuung verbindet sie mit: shelfwire-agent enrol --hub URL --token TOKEN. ${SELLING}`,
  },
  CLOCK_OFF: {
    what: ({ seconds = 0, isBehind = false }) =>
      `Die Uhr dieses Rechners geht gegen die der Zentrale ${seconds} s ${isBehind ? 'nach' : 'vor'}`,
    todo: 'Die Uhr des Rechners stellen. Bis dahin ordnen sich die Vorgänge nach der Zeit der Zentrale.',
  },
  DISK_LOW: {
    what: ({ freeMegabytes = 0 }) => `Auf dem Datenträger sind nur noch ${freeMegabytes} MB frei`,
    todo: 'Bald Platz schaffen: Ist er voll, wird nichts mehr angenommen, bis wieder Platz ist.',
  },
  QUARANTINE_FULL: {
    what: (params) => `Es kann nichts mehr beiseitegelegt werden${of(params)}`,
    todo: 'Berichtigen oder verwerfen, was beiseiteliegt. Was nicht in Ordnung ist, wartet so lange dort, wo es herkommt; was in Ordnung ist, wird weiter angenommen.',
  },
  STORAGE_RECOVERED: {
    what: () => 'Eine Datei mit Daten war beschädigt; was zu lesen war, ist gerettet',
    todo: 'Den Datenträger prüfen lassen. In report.json im unten genannten Ordner steht, was fehlt: Das nachzählen. Dann den Ordner wegräumen, damit endet dieser Hinweis.',
  },
  STORAGE_DAMAGED: {
    what: () => 'Eine Datei mit Daten ist beschädigt',
    todo: 'Den Agenten neu starten: Er legt sie beiseite und arbeitet mit allem weiter, was davon zu lesen ist.',
  },
  STORAGE_FULL: {
    what: (params) => `Der Datenträger ist voll${of(params)}`,
    todo: 'Platz schaffen. Was bestätigt wurde, ist sicher.',
  },
  STORAGE_IO: {
    what: (params) => `Der Datenträger liest oder schreibt nicht${of(params)}`,
    todo: 'Den Datenträger prüfen lassen. Was bestätigt wurde, ist sicher.',
  },
  STORAGE_BUSY: {
    what: (params) => `Ein anderes Programm hält die Daten besetzt${of(params)}`,
    todo: 'Das andere Programm beenden; es geht dann von selbst weiter.',
  },
  STORAGE_FORBIDDEN: {
    what: (params) => `Der Agent darf seine Daten nicht lesen oder schreiben${of(params)}`,
    todo: 'Das Konto, unter dem der Agent läuft, muss den Datenordner und alles darin besitzen, auf einem Datenträger, der beschrieben werden darf.',
  },
  STORAGE_CLOSED: { what: () => 'Der Agent wird gerade beendet', todo: 'Noch einmal versuchen, wenn er wieder läuft.' },
  JOURNAL_CLOSED: { what: () => 'Der Agent wird gerade beendet', todo: 'Noch einmal versuchen, wenn er wieder läuft.' },
  CONFIG_INVALID: {
    what: (params) => `Eine Einstellung ist nicht zu verstehen${of(params)}${address(params)}`,
    todo: 'Die unten genannte Einstellung berichtigen.',
  },
  OPTION_INVALID: {
    what: (params) => `Eine Einstellung ist nicht zu verstehen${of(params)}${address(params)}`,
    todo: 'Die unten genannte Einstellung berichtigen.',
  },
  HUB_UNREACHABLE: {
    what: (params) => `${hub(params)} ist nicht zu erreichen`,
    todo: `Netz und Adresse prüfen. ${SELLING}`,
  },
  HUB_BUSY: { what: (params) => `${hub(params)} hat gerade zu viel zu tun`, todo: BY_ITSELF },
  HELLO_REQUIRED: { what: (params) => `${hub(params)} hat die Verbindung abgebrochen`, todo: BY_ITSELF },
  DB_UNAVAILABLE: { what: (params) => `${hub(params)} erreicht ihre Datenbank nicht`, todo: BY_ITSELF },
  RATE_LIMITED: { what: (params) => `${hub(params)} wurde zu oft gefragt`, todo: BY_ITSELF },
  REQUEST_INVALID: { what: (params) => `${hub(params)} versteht diesen Agenten nicht`, todo: SUPPORT },
  CHECKPOINT_INVALID: { what: (params) => `${hub(params)} ist nicht mehr dieselbe wie zuvor`, todo: BY_ITSELF },
  EPOCH_UNKNOWN: { what: () => 'Zentrale und Filiale gleichen gerade ab, was beide haben', todo: BY_ITSELF },
  SEQ_GAP: { what: () => 'Zentrale und Filiale gleichen gerade ab, was beide haben', todo: BY_ITSELF },
  FRAME_INVALID: { what: (params) => `${hub(params)} kann nicht lesen, was gesendet wurde`, todo: SUPPORT },
  FRAME_TOO_LARGE: { what: (params) => `${hub(params)} nimmt so viel auf einmal nicht an`, todo: SUPPORT },
  DEVICE_UNKNOWN: {
    what: (params) => `${hub(params)} kennt dieses Gerät nicht`,
    todo: `Die Betreuung meldet es mit einem neuen Token an. ${SELLING}`,
  },
  DEVICE_REVOKED: {
    what: (params) => `${hub(params)} hat dieses Gerät gesperrt`,
    todo: `Ist das ein Irrtum: von der Zentrale ein Token geben lassen, den Agenten anhalten und shelfwire-agent enrol --hub URL --token TOKEN --again. ${SELLING}`,
  },
  SIGNATURE_INVALID: { what: (params) => `${hub(params)} erkennt den Schlüssel dieses Geräts nicht an`, todo: SUPPORT },
  NONCE_REPLAYED: { what: (params) => `${hub(params)} hat die Anmeldung abgelehnt`, todo: BY_ITSELF },
  PROTOCOL_TOO_OLD: {
    what: () => 'Dieser Agent ist zu alt für die Zentrale',
    todo: `Den Agenten aktualisieren. ${SELLING}`,
  },
  PROTOCOL_TOO_NEW: {
    what: () => 'Die Zentrale ist zu alt für diesen Agenten',
    todo: `Die Zentrale wird zuerst aktualisiert; bis dahin wartet alles hier. ${SELLING}`,
  },
  POS_UNREACHABLE: {
    what: (params) => `${source(params)} antwortet nicht`,
    todo: 'Adresse der Quelle und Netz prüfen. Was dort inzwischen verkauft wird, wird nachgelesen.',
  },
  POS_UNAUTHORIZED: {
    what: (params) => `${source(params)} lehnt die Zugangsdaten ab`,
    todo: 'Zugangsdaten hinterlegen, die Belege lesen dürfen; sie werden bei jedem Versuch neu gelesen.',
  },
  POS_BUSY: {
    what: (params) => `${source(params)} bittet um eine Pause`,
    todo: 'Nichts zu tun: Es wird nach der genannten Zeit wieder gefragt.',
  },
  POS_ANSWER_INVALID: {
    what: (params) => `${source(params)} antwortet nicht wie ein Kassensystem`,
    todo: 'Die Adresse der Quelle prüfen: Dort antwortet etwas anderes oder eine andere Version.',
  },
  CSV_FILE_UNREADABLE: {
    what: (params) => `${source(params)} hat eine Datei, die nicht zu lesen ist`,
    todo: 'Dem Agenten das Lesen erlauben oder die unten genannte Datei aus „working“ nehmen. Die Dateien dahinter werden inzwischen übernommen.',
  },
  NETWORK_PORT_TAKEN: {
    what: (params) => `Andere Geräte erreichen die App nicht: Der Anschluss ist belegt${address(params)}`,
    todo: 'Das andere Programm beenden oder einen anderen wählen: shelfwire-agent network on --listen ADRESSE:PORT. An diesem Rechner geht alles weiter.',
  },
  NETWORK_PORT_FORBIDDEN: {
    what: (params) => `Andere Geräte erreichen die App nicht: Dieser Anschluss ist nicht erlaubt${address(params)}`,
    todo: 'Einen ab 1024 wählen: shelfwire-agent network on --listen ADRESSE:PORT.',
  },
  NETWORK_ADDRESS_ABSENT: {
    what: (params) => `Andere Geräte erreichen die App nicht: Die Adresse fehlt diesem Rechner${address(params)}`,
    todo: 'Kabel oder WLAN prüfen; ist die Adresse zurück, geht es von selbst weiter. Oder eine andere wählen: shelfwire-agent network on --listen ADRESSE:PORT.',
  },
  NETWORK_KEY_DAMAGED: {
    what: () => 'Andere Geräte erreichen die App nicht: Schlüssel und Zertifikat sind nicht zu lesen',
    todo: 'Einen neuen Schlüssel machen: shelfwire-agent network on --new-key. Dann seinen Fingerabdruck an jedem Gerät vergleichen.',
  },
  NETWORK_GUESSING: {
    what: () => 'Im Netz der Filiale probiert jemand PINs aus',
    todo: 'Das Gerät mit der unten genannten Adresse suchen. Falsche PINs werden gebremst; shelfwire-agent network off schließt die App für alle anderen Geräte.',
  },
  INTERNAL: { what: (params) => `Etwas Unvorhergesehenes ist geschehen${of(params)}`, todo: SUPPORT },
};
