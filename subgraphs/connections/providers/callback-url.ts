const MAX_LENGTH = 2_048;
const PRINTABLE = /^[\x21-\x7e]+$/;

/** Names of this machine as an address gives them. Only the simulator lives here. */
export const isLoopbackName = (hostname: string): boolean =>
  hostname === '127.0.0.1' || hostname === 'localhost' || hostname === '[::1]';

/**
 * An address from a delivery that we may ask, or null. It is asked with an athlete's token, so nothing is left to it: its
 * host, with the port if that is not the usual one, stands in our list to the letter, it carries no credentials and
 * no fragment, and it is HTTPS. Plain HTTP only to this machine, where that is listed.
 */
export function allowedCallback(text: unknown, hosts: readonly string[]): string | null {
  if (typeof text !== 'string' || text.length > MAX_LENGTH || !PRINTABLE.test(text) || text.includes('\\')) return null;
  const url = URL.parse(text);
  if (url === null || !hosts.includes(url.host)) return null;
  if (url.username !== '' || url.password !== '' || url.hash !== '') return null;
  const isSecure = url.protocol === 'https:' || (url.protocol === 'http:' && isLoopbackName(url.hostname));
  return isSecure ? url.href : null;
}
