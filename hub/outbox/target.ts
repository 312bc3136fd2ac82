import { lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { ShelfwireError } from '#shared/protocol/errors.ts';

export const URL_CHARS_MAX = 2_048;

/** What of IPv4 is not the public network. */
const NOT_PUBLIC_4 = listOf('ipv4', [
  '0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24',
  '192.88.99.0/24 192.168.0.0/16 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4 240.0.0.0/4',
]);
/** Of IPv6 only this is public, but for what is in it for other ends, or leads to an IPv4 address. */
const PUBLIC_6 = listOf('ipv6', ['2000::/3']);
const NOT_PUBLIC_6 = listOf('ipv6', ['2001::/23 2001:db8::/32 2002::/16 3fff::/20']);

/** Whether an address is of the public network. */
export function isPublicAddress(address: string): boolean {
  if (isIP(address) === 4) return !NOT_PUBLIC_4.check(address, 'ipv4');
  return isIP(address) === 6 && PUBLIC_6.check(address, 'ipv6') && !NOT_PUBLIC_6.check(address, 'ipv6');
}

/**
 * Whether messages may be sent there; throws WEBHOOK_URL_FORBIDDEN. Names are not looked up here: what they lead to is
 * looked at each time that a connection is made (`guardedLookup`), since it may change.
 */
export function requireTarget(text: string, { toPrivate }: { readonly toPrivate: boolean }): URL {
  const url = URL.parse(text);
  if (url === null || text.length > URL_CHARS_MAX) throw forbidden('That is no address.');
  if (url.username !== '' || url.password !== '') throw forbidden('An address with a name or a password is not taken.');
  if (url.hash !== '') throw forbidden('An address with a fragment is not taken.');
  const host = hostOf(url);
  const isHere = host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
  if (url.protocol !== 'https:' && !(url.protocol === 'http:' && toPrivate && isHere)) {
    throw forbidden('Messages are sent by https only.');
  }
  if (toPrivate) return url;
  if (/(^|\.)localhost\.?$/.test(host)) throw forbidden(`"${host}" is this machine.`);
  if (isIP(host) !== 0 && !isPublicAddress(host)) throw forbidden(`${host} is not an address of the public network.`);
  return url;
}

/** Looks a name up, and refuses it when any of its addresses is not public: the connection is made to what was looked at. */
export const guardedLookup: LookupFunction = (host, options, callback) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error) return callback(error, '');
    const hidden = addresses.find(({ address }) => !isPublicAddress(address));
    if (hidden) return callback(forbidden(`"${host}" leads to ${hidden.address}, which is not public.`), '');
    const [first] = addresses;
    if (options.all === true || first === undefined) return callback(null, addresses);
    callback(null, first.address, first.family);
  });
};

function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
}

function forbidden(detail: string): ShelfwireError {
  return new ShelfwireError('WEBHOOK_URL_FORBIDDEN', detail);
}

function listOf(family: 'ipv4' | 'ipv6', lines: readonly string[]): BlockList {
  const list = new BlockList();
  for (const net of lines.join(' ').split(' ')) {
    const [address = '', bits] = net.split('/');
    list.addSubnet(address, Number(bits), family);
  }
  return list;
}
