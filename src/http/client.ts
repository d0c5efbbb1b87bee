// Who is at the other end, as far as it is kept: enough for a user to recognise a session, too little to find a person.

import type { IncomingRequestCfProperties } from '@cloudflare/workers-types';
import type { Context } from 'hono';
import type { AppEnv } from './context.ts';

/** `userAgent` as sent, `country` by ISO 3166-1 alpha-2, `network` the address without its host part. */
export type Client = { requestId: string; userAgent: string | null; country: string | null; network: string | null };

const MAX_USER_AGENT_LENGTH = 256;

export function readClient(c: Context<AppEnv>): Client {
  const { country } = (c.req.raw.cf ?? {}) as Partial<IncomingRequestCfProperties>;
  return {
    requestId: c.get('requestId'),
    userAgent: c.req.header('User-Agent')?.slice(0, MAX_USER_AGENT_LENGTH) ?? null,
    country: country && /^[A-Z]{2}$/.test(country) ? country : null,
    network: maskAddress(c.req.header('CF-Connecting-IP') ?? ''), // no other header is out of the client's hands
  };
}

const IPV4 = /^\d+\.\d+\.\d+\.\d+$/;

/** The /24 of an IPv4 address, the /48 of an IPv6 address (what one customer is given, RFC 6177); `null` for anything else. */
export function maskAddress(address: string): string | null {
  if (IPV4.test(address)) return address.replace(/\d+$/, '0/24');
  const groups = expandIpv6(address);
  return groups && `${groups.slice(0, 3).join(':')}::/48`;
}

/**
 * What counts as one client: an IPv4 address, or the /64 of an IPv6 address, in which a host chooses its address as it
 * likes (RFC 8981); `null` for anything else. An IPv4 address that is written as IPv6 (RFC 4291 §2.5.5.2) stays one.
 */
export function addressKey(address: string): string | null {
  if (IPV4.test(address)) return address;
  const groups = expandIpv6(address);
  if (groups?.slice(0, 6).join(':') !== '0:0:0:0:0:ffff') return groups && `${groups.slice(0, 4).join(':')}::/64`;
  const bytes = groups.slice(6).map((group) => Number.parseInt(group, 16));
  return bytes.flatMap((pair) => [pair >> 8, pair & 255]).join('.');
}

/** The eight groups in lower case, without leading zeros. */
function expandIpv6(address: string): string[] | null {
  if (!/^[\da-f:.]+$/i.test(address) || !URL.canParse(`http://[${address}]`)) return null;
  const [head = '', tail] = new URL(`http://[${address}]`).hostname.slice(1, -1).split('::');
  const groups = head === '' ? [] : head.split(':');
  const tailGroups = tail ? tail.split(':') : [];
  while (groups.length + tailGroups.length < 8) groups.push('0');
  return [...groups, ...tailGroups];
}
