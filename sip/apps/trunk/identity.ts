// Who the callee is told is calling: From, Privacy and P-Asserted-Identity of an INVITE. PURE.
// RFC 3261 s.8.1.1.3, RFC 3323 s.4.1, RFC 3325 s.9.
import { quoted } from '../headers.ts';
import type { HeaderRecord } from '../srf.ts';
import { escapeUser } from '../uri.ts';

export interface Identity {
  /** The caller's number as the trunk writes it. */
  readonly caller: string;
  readonly displayName: string | null;
  readonly withheld: boolean;
  /** Whether the trunk is in our trust domain. */
  readonly trusted: boolean;
  /** A fresh From tag. */
  readonly tag: string;
}

/** Headers that would tell who calls, whatever From says: ours, or none. */
const TELLING: ReadonlySet<string> = new Set([
  'p-asserted-identity',
  'p-preferred-identity',
  'remote-party-id',
  'privacy',
]);

/** The headers; `localhost` becomes our address in the engine. */
export function identityHeaders(identity: Identity): HeaderRecord & { readonly From: string } {
  const { caller, displayName, withheld, trusted, tag } = identity;
  const uri = `sip:${escapeUser(caller)}@localhost`;
  const name = displayName === null ? '' : `${quoted(displayName)} `;
  return {
    From: withheld
      ? `"Anonymous" <sip:anonymous@anonymous.invalid>;tag=${tag}`
      : `${name}<${uri}>;tag=${tag}`,
    ...(withheld ? { Privacy: 'id' } : {}),
    ...(trusted ? { 'P-Asserted-Identity': `<${uri}>` } : {}),
  };
}

/** Extra headers without those that speak of identity: on a trunk they are ours alone. */
export function withoutIdentity(headers: Readonly<HeaderRecord>): HeaderRecord {
  const kept = Object.entries(headers).filter(([name]) => !TELLING.has(name.toLowerCase()));
  return Object.fromEntries(kept);
}
