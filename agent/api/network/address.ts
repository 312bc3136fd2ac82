import { hostname, networkInterfaces } from 'node:os';
import { isIP, isIPv6 } from 'node:net';

/** Where the store's network is listened on. */
export interface NetworkAddress {
  /** An address of this machine; 0.0.0.0 or :: are all of them. */
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
}

export const NETWORK_PORT = 7_443;
/** Where it is listened on unless another address is asked for. */
export const EVERY_ADDRESS: NetworkAddress = { host: '0.0.0.0', port: NETWORK_PORT };
const EVERYWHERE: ReadonlySet<string> = new Set(['0.0.0.0', '::']);
const HOST_NAME = /^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$/;

/** "192.168.1.5:7443", "[fd00::5]:7443", "192.168.1.5" or "7443"; undefined when it is none of them. */
export function readAddress(text: string): NetworkAddress | undefined {
  const match =
    /^(?:\[(?<six>[0-9a-f:.]+)\]|(?<four>\d+(?:\.\d+){3}))(?::(?<port>\d{1,5}))?$/i.exec(text.trim()) ??
    /^(?<port>\d{1,5})$/.exec(text.trim());
  if (match === null) return undefined;
  const { six, four, port } = match.groups ?? {};
  const host = six ?? four ?? '0.0.0.0';
  const number = Number(port ?? NETWORK_PORT);
  if (isIP(host) === 0 || number > 65_535) return undefined;
  return { host: canonical(host), port: number };
}

export const showAddress = ({ host, port }: NetworkAddress): string => `${isIPv6(host) ? `[${host}]` : host}:${port}`;

/** What this machine is called and where it is reached at the moment. */
export interface Machine {
  readonly hostname: string;
  /** Of its interfaces, loopback ones too. */
  readonly addresses: readonly { readonly address: string; readonly internal: boolean }[];
}

export function thisMachine(): Machine {
  const addresses = Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .map(({ address, internal }) => ({ address: address.toLowerCase(), internal }));
  return { hostname: hostname(), addresses };
}

/** Whether an address that is to be listened on is this machine's at the moment. */
export function isPresent(host: string, { addresses }: Machine): boolean {
  return (
    EVERYWHERE.has(host) ||
    (isIP(host) === 4 && host.startsWith('127.')) ||
    addresses.some(({ address }) => address === host)
  );
}

/**
 * By which names and addresses devices may call. Of IPv6 only what is asked for: addresses of it change by the day, and
 * each would need a new certificate.
 */
export function storeNames(machine: Machine, { host }: NetworkAddress, more: readonly string[]): string[] {
  const full = machine.hostname.toLowerCase();
  const [short = ''] = full.split('.');
  const own = EVERYWHERE.has(host)
    ? machine.addresses
        .filter(({ address, internal }) => !internal && isIP(address) === 4)
        .map(({ address }) => address)
    : [host];
  const names = [
    full,
    `${short}.local`,
    ...own,
    ...more.map((name) => canonical(name.toLowerCase())),
    'localhost',
    '127.0.0.1',
  ];
  return [...new Set(names)].filter((name) => isIP(name) > 0 || HOST_NAME.test(name));
}

/** Whether a name may stand in the certificate. */
export const isStoreName = (name: string): boolean => isIP(name) > 0 || HOST_NAME.test(name.toLowerCase());

/** An IPv6 address in its one short spelling. */
const canonical = (host: string): string =>
  isIPv6(host) && !host.includes('%') ? new URL(`http://[${host}]`).hostname.slice(1, -1) : host;
