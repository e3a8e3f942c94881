// Who calls and whom: read from an INVITE's headers. PURE.
// RFC 3261 s.20.20 (From), RFC 3325 (P-Asserted-Identity), RFC 3323 (Privacy).
import { parseAddress, splitList } from '../message/address.ts';
import { parseUri } from '../message/uri.ts';
import { displayNameOf } from './headers.ts';
import { readNumber, toE164 } from './trunks.ts';
import type { Trunk } from './trunks.ts';
import { userOf } from './uri.ts';

/** The headers that tell, as received. */
export interface CallerHeaders {
  readonly from: string | undefined;
  readonly assertedIdentity: string | undefined;
  readonly privacy: string | undefined;
}

/** Caller and called party of a call from a trunk. */
export interface Parties {
  readonly callerNumber: string | null;
  readonly callerName: string | null;
}

/** A trunk's caller: the asserted identity, else From; nobody when privacy was asked for. */
export function callerOfTrunk(headers: CallerHeaders, trunk: Trunk): Parties {
  const wantsPrivacy = /(^|[;,\s])(id|user|full)($|[;,\s])/i.test(headers.privacy ?? '');
  if (wantsPrivacy) return { callerNumber: null, callerName: null };
  const asserted = splitList(headers.assertedIdentity ?? '');
  const numbers = [...asserted, headers.from ?? ''].map((value) => {
    const user = userOf(parseAddress(value)?.uri ?? '');
    return user === null ? null : readNumber(user, trunk.numberFormat, trunk.country);
  });
  return {
    callerNumber: numbers.find((number) => number !== null) ?? null,
    callerName: callerNameOf(headers.from),
  };
}

/** An authenticated user's own name is its number when that is E.164; From could say anything. */
export function callerOfUser(headers: CallerHeaders, username: string): Parties {
  return { callerNumber: toE164(username), callerName: callerNameOf(headers.from) };
}

/** The called number of a Request-URI's user; without a trunk only E.164 counts. */
export function calledNumberOf(user: string, trunk: Trunk | null): string | null {
  return trunk === null ? toE164(user) : readNumber(user, trunk.numberFormat, trunk.country);
}

/** Whether a From value is of our domain: the realm, or one of our own `host:port`. */
export function isOurDomain(
  from: string | undefined,
  realm: string,
  places: readonly { readonly host: string; readonly port: number }[],
): boolean {
  const uri = parseUri(parseAddress(from ?? '')?.uri ?? '');
  if (uri === null) return false;
  const host = uri.host.toLowerCase();
  if (host === realm.toLowerCase()) return true;
  return places.some((place) => place.host === host && place.port === (uri.port ?? 5060));
}

function callerNameOf(from: string | undefined): string | null {
  return displayNameOf(parseAddress(from ?? '')?.display ?? '');
}
