// Registrations over connections: whom to reach by the very connection they registered on.
// RFC 5626 in spirit; the key is user@host of the Contact, port and parameters ignored.
import { parseAddress, splitList } from '../message/address.ts';
import { parseMessage } from '../message/parse.ts';
import { paramOf, parseUri } from '../message/uri.ts';
import type { Flow } from '../transport/flow.ts';
import type { Core } from './core.ts';

/** Most bindings kept; more push out the oldest. */
const MAX_BINDINGS = 100_000;

const DEFAULT_EXPIRES_SECONDS = 3_600;

interface Registration {
  readonly flow: Flow;
  readonly expiresAtMs: number;
}

/** Contacts registered over a stream, until they expire. */
export class Registrations {
  readonly #byContact = new Map<string, Registration>();

  put(key: string, flow: Flow, expiresAtMs: number): void {
    this.#byContact.delete(key);
    this.#byContact.set(key, { flow, expiresAtMs });
    if (this.#byContact.size <= MAX_BINDINGS) return;
    const oldest = this.#byContact.keys().next().value;
    if (oldest !== undefined) this.#byContact.delete(oldest);
  }

  remove(key: string): void {
    this.#byContact.delete(key);
  }

  /** The connection of a Request-URI, also when it has closed meanwhile; null when none. */
  find(uriText: string, nowMs: number): Flow | null {
    const key = registrationKey(uriText);
    const found = key === null ? undefined : this.#byContact.get(key);
    if (key === null || found === undefined) return null;
    if (found.expiresAtMs > nowMs) return found.flow;
    this.#byContact.delete(key);
    return null;
  }
}

function registrationKey(uriText: string): string | null {
  const uri = parseUri(uriText);
  if (uri === null || uri.user === null) return null;
  return `${uri.user}@${uri.host.toLowerCase()}`;
}

/** Learns from our 200 to a REGISTER that came over a stream: Contact expires, then Expires. */
export function learnRegistration(core: Core, flow: Flow, responseText: string): void {
  if (flow.protocol === 'udp' || !responseText.startsWith('SIP/2.0 200')) return;
  const response = parseMessage(responseText, { stream: false })?.message;
  const fallback = Number(response?.first('expires') ?? DEFAULT_EXPIRES_SECONDS);
  for (const contact of (response?.all('contact') ?? []).flatMap(splitList)) {
    const address = parseAddress(contact);
    const key = address === null ? null : registrationKey(address.uri);
    if (address === null || key === null) continue;
    const expires = Number(paramOf(address.params, 'expires') ?? fallback);
    if (!(expires > 0)) core.registrations.remove(key);
    else core.registrations.put(key, flow, core.clock.nowMs() + expires * 1_000);
  }
}
