import { lookup as systemLookup, type LookupAddress, type LookupOptions } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';

/**
 * Connections to addresses that came from outside: only to the public internet. The address is judged when it is connected
 * to, after the name was looked up, so that no answer of a name server leads to this machine or the net around it.
 */

/** The special-purpose addresses of IPv4 (IANA registry): none of them is a provider's. */
const NOT_PUBLIC_IPV4 = blockList('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  // The metadata services of clouds among them.
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  // Multicast, reserved, broadcast.
  '224.0.0.0/3',
]);

/** Only this part of IPv6 is handed out. Loopback, unique local, link-local, multicast, IPv4-mapped and NAT64 lie outside. */
const GLOBAL_IPV6 = blockList('ipv6', ['2000::/3']);
/** Within it: tunnels that carry an IPv4 address, protocols, documentation. */
const NOT_PUBLIC_IPV6 = blockList('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20']);

function blockList(family: 'ipv4' | 'ipv6', networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address, prefix] = network.split('/');
    list.addSubnet(address as string, Number(prefix), family);
  }
  return list;
}

/** False for anything that is no address as well. */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !NOT_PUBLIC_IPV4.check(address, 'ipv4');
  if (family !== 6 || address.includes('%')) return false;
  return GLOBAL_IPV6.check(address, 'ipv6') && !NOT_PUBLIC_IPV6.check(address, 'ipv6');
}

class AddressNotPublic extends Error {
  readonly code = 'ADDRESS_NOT_PUBLIC';

  constructor() {
    super('the host stands at an address that is not public and was not asked');
  }
}

/** A name that leads to one address inside is not asked at all: who answers so is not to be trusted with the others. */
function publicLookup(lookup: LookupFunction): LookupFunction {
  return (hostname, options: LookupOptions, done) =>
    lookup(hostname, options, (error, found: string | LookupAddress[], family) => {
      if (error) return done(error, found, family);
      const addresses = typeof found === 'string' ? [found] : found.map(({ address }) => address);
      const isPublic = addresses.length > 0 && addresses.every(isPublicAddress);
      return isPublic ? done(null, found, family) : done(new AddressNotPublic(), '');
    });
}

/** For an undici agent. `lookup` is that of the system when left out. */
export function publicConnector(options: { timeoutMs: number; lookup?: LookupFunction }): buildConnector.connector {
  const lookup = publicLookup(options.lookup ?? systemLookup);
  const connect = buildConnector({ timeout: options.timeoutMs, lookup });
  return (to, done) => {
    // An address instead of a name is connected to without a lookup.
    const host = to.hostname.replace(/^\[(.*)\]$/, '$1');
    if (isIP(host) !== 0 && !isPublicAddress(host)) return done(new AddressNotPublic(), null);
    return connect(to, done);
  };
}
