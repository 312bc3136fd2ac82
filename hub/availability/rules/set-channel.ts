import { isMap, isScalar, isSeq, parseDocument, Scalar, type Node, type YAMLMap } from 'yaml';

/** A channel by its whole list of locations, as it is set without the file. */
export interface PlainChannel {
  readonly code: string;
  readonly name: string;
  readonly locations: readonly string[];
}

const EMPTY = 'rules: 1\n';

/**
 * The text of a document with a channel added, or its name and locations replaced; its groups give way to them. All else
 * stays as it was written, comments too. The text must be a checked one.
 */
export function setChannel(text: string = EMPTY, channel: PlainChannel): string {
  const json = parsedJson(text);
  return json === undefined ? inYaml(text, channel) : inJson(json, channel);
}

function inYaml(text: string, { code, name, locations }: PlainChannel): string {
  // To this schema every value is a text, which is written as it was read: 007 stays 007.
  const document = parseDocument(text, { version: '1.2', schema: 'failsafe', uniqueKeys: false });
  const list = document.createNode(locations.map(quoted), { flow: true });
  const channels = document.get('channels');
  const entry = isSeq<Node>(channels) ? channels.items.find((item) => isMap(item) && codeOf(item) === code) : undefined;
  if (isMap(entry)) {
    entry.set('name', quoted(name));
    entry.set('locations', list);
    entry.delete('groups');
  } else {
    const added = document.createNode({ code: quoted(code), name: quoted(name), locations: list });
    if (isSeq(channels)) channels.add(added);
    else document.set('channels', document.createNode([added]));
  }
  return document.toString({ lineWidth: 0 });
}

interface JsonRules {
  channels?: { code: string | number; name: string; locations?: readonly string[]; groups?: unknown }[] | null;
}

/** What stays JSON; else undefined. */
function parsedJson(text: string): JsonRules | undefined {
  try {
    return JSON.parse(text) as JsonRules;
  } catch {
    return undefined;
  }
}

function inJson(rules: JsonRules, channel: PlainChannel): string {
  const channels = (rules.channels ??= []);
  const entry = channels.find(({ code }) => String(code) === channel.code);
  if (entry === undefined) channels.push({ ...channel });
  else {
    Object.assign(entry, channel);
    delete entry.groups;
  }
  return `${JSON.stringify(rules, null, 2)}\n`;
}

/** In quotes what would be read as nothing, or is no single plain word. */
function quoted(text: string): Scalar<string> {
  const scalar = new Scalar(text);
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]*$/.test(text) || /^null$/i.test(text)) scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}

function codeOf(entry: YAMLMap): string {
  const code: unknown = entry.get('code', true);
  return isScalar(code) ? String(code.value) : '';
}
