// From which address somebody asks: that of the connection, or what proxies that are trusted say of
// it. Others may write what they like into X-Forwarded-For.
import { getConnInfo } from '@hono/node-server/conninfo';
import type { Context, MiddlewareHandler } from 'hono';
import { BlockList, isIP } from 'node:net';
import type { ApiEnv } from '../deps.ts';

/** Proxies of one request that are looked at; a longer way is not believed. */
const MAX_HOPS = 20;

/** @param trusted addresses and networks of proxies; leaves the address for `addressOf` */
export function addressed(trusted: readonly string[]): MiddlewareHandler<ApiEnv> {
  const proxies = new BlockList();
  for (const range of trusted) {
    const [address = '', prefix] = range.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) proxies.addAddress(address, family);
    else proxies.addSubnet(address, Number(prefix), family);
  }
  const isTrusted = (address: string): boolean =>
    proxies.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4');
  return (c, next) => {
    const address = connected(c);
    const forwarded = c.req.header('X-Forwarded-For');
    const told = address === null ? null : clientOf(address, forwarded, isTrusted);
    c.set('address', told);
    return next();
  };
}

/**
 * The last address that no trusted proxy has: whatever stands before it was written by strangers.
 * @param forwarded X-Forwarded-For, the nearest proxy last
 */
export function clientOf(
  connection: string,
  forwarded: string | undefined,
  isTrusted: (address: string) => boolean,
): string {
  let address = plain(connection);
  const hops = (forwarded ?? '').split(',').slice(-MAX_HOPS).reverse();
  for (const hop of hops) {
    const before = plain(hop.trim());
    if (isIP(before) === 0 || !isTrusted(address)) return address;
    address = before;
  }
  return address;
}

/** Who asks; null without a connection. */
export function addressOf(c: Context<ApiEnv>): string | null {
  return c.get('address') ?? null;
}

function connected(c: Context<ApiEnv>): string | null {
  try {
    return getConnInfo(c).remote.address ?? null;
  } catch {
    return null;
  }
}

/** An IPv4 address as such, though the socket is of IPv6 (RFC 4291 s.2.5.5.2). */
function plain(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}
