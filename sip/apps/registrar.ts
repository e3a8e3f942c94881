// The registrar: REGISTER in, bindings in the store, changes told. RFC 3261 s.10. What a REGISTER
// does is decided in registrar-rules.ts; who sent it, by the authenticator.
import { timingSafeEqual } from 'node:crypto';
import { badRequest } from '../../core/errors.ts';
import type { Clock, Log, Timer } from '../../core/ports.ts';
import { parseAddress } from '../message/address.ts';
import type { Binding, RegistrarOptions, RegistrarStore } from '../types.ts';
import { makeSubscriber } from './authenticator.ts';
import type { Authenticator } from './authenticator.ts';
import { phrase } from './headers.ts';
import { contactsOf, decideRegister } from './registrar-rules.ts';
import type { SrfRequest, SrfResponse } from './srf.ts';
import { sourceText, userOf } from './uri.ts';

const SWEEP_MS = 1_000;
/** No `:` (it would split the hashed text), no quotes, nothing to escape in a URI. */
const USERNAME = /^[A-Za-z0-9._~+*!-]{1,64}$/;

export interface RegistrarDeps {
  readonly store: RegistrarStore;
  readonly authenticator: Authenticator;
  readonly clock: Clock;
  readonly log: Log;
}

/** Registrations of all users of one realm. */
export class Registrar {
  readonly #options: RegistrarOptions;
  readonly #deps: RegistrarDeps;
  readonly #listeners: ((username: string, registered: boolean) => void)[] = [];
  #registered: ReadonlySet<string> = new Set();
  #sweep: Timer | null = null;

  constructor(options: RegistrarOptions, deps: RegistrarDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  /** Takes up what the store remembers and begins to sweep what expires. */
  start(): void {
    this.#registered = this.#usersNow();
    this.#scheduleSweep();
  }

  stop(): void {
    this.#sweep?.cancel();
    this.#sweep = null;
  }

  /** Told when a user's first binding comes or the last one goes. */
  onChanged(listener: (username: string, registered: boolean) => void): void {
    this.#listeners.push(listener);
  }

  /** @throws RingbackError SIP_USERNAME_INVALID, SIP_PASSWORD_INVALID */
  putSubscriber(username: string, password: string): void {
    if (!USERNAME.test(username)) {
      throw badRequest('SIP_USERNAME_INVALID', 'a user name has 1 to 64 of A-Z a-z 0-9 . _ ~ + *');
    }
    if (password === '' || password.length > 256) {
      throw badRequest('SIP_PASSWORD_INVALID', 'a password has 1 to 256 characters');
    }
    this.#deps.store.putSubscriber(makeSubscriber(username, this.#options.realm, password));
  }

  removeSubscriber(username: string): void {
    this.#deps.store.removeSubscriber(username);
    this.#tellChange(username);
  }

  /** Takes as long for unknown users as for wrong passwords. */
  verifyPassword(username: string, password: string): boolean {
    const known = this.#deps.store.subscriber(username);
    const tried = makeSubscriber(username, this.#options.realm, password);
    const right = Buffer.from((known ?? { ...tried, ha1Sha256: '0'.repeat(64) }).ha1Sha256);
    return timingSafeEqual(Buffer.from(tried.ha1Sha256), right);
  }

  bindings(username: string): readonly Binding[] {
    return this.#deps.store.bindings(username, this.#deps.clock.nowMs());
  }

  /** Whether this user has a live binding from this source, `udp/127.0.0.1:5070`. */
  isRegisteredFrom(username: string, source: string): boolean {
    return this.bindings(username).some(({ receivedFrom }) => receivedFrom === source);
  }

  stats(): { readonly registeredUsers: number; readonly registeredContacts: number } {
    const all = this.#deps.store.allBindings(this.#deps.clock.nowMs());
    const registeredUsers = new Set(all.map(({ username }) => username)).size;
    return { registeredUsers, registeredContacts: all.length };
  }

  /** Handles one REGISTER to its final response. */
  handle(req: SrfRequest, res: SrfResponse): void {
    const username = this.#deps.authenticator.authenticate(req, res);
    if (username === null) return;
    const record = userOf(parseAddress(req.get('To') ?? '')?.uri ?? '');
    if (record !== username) return res.send(403, 'Not Your Address Of Record', {});
    const nowMs = this.#deps.clock.nowMs();
    const { store } = this.#deps;
    const path = req.get('Path') ?? null;
    const outcome = decideRegister(
      {
        username,
        contact: req.get('Contact') ?? null,
        expires: req.get('Expires') ?? null,
        callId: req.get('Call-ID') ?? '',
        cseq: parseInt(req.get('CSeq') ?? '0', 10),
        receivedFrom: sourceText(req.protocol, req.source_address, req.source_port),
        userAgent: phrase(req.get('User-Agent') ?? '') || null,
        path,
      },
      store.bindings(username, nowMs),
      this.#options,
      nowMs,
    );
    if (outcome.kind === 'refused') {
      return res.send(outcome.status, outcome.reason, { headers: { ...outcome.headers } });
    }
    for (const contact of outcome.remove) store.removeBinding(username, contact);
    for (const binding of outcome.put) store.putBinding(binding);
    const contact = contactsOf(store.bindings(username, nowMs), nowMs);
    const headers = {
      ...(contact === null ? {} : { Contact: contact }),
      ...(path === null ? {} : { Path: path }),
    };
    res.send(200, { headers });
    this.#deps.log.debug('sip-registered', { username, contacts: outcome.put.length });
    this.#tellChange(username);
  }

  #tellChange(username: string): void {
    const isNow = this.bindings(username).length > 0;
    if (isNow === this.#registered.has(username)) return;
    const users = new Set(this.#registered);
    if (isNow) users.add(username);
    else users.delete(username);
    this.#registered = users;
    this.#deps.log.info('sip-registration-changed', { username, registered: isNow });
    for (const listener of this.#listeners) listener(username, isNow);
  }

  #scheduleSweep(): void {
    this.#sweep = this.#deps.clock.after(SWEEP_MS, () => {
      this.#scheduleSweep();
      if (this.#deps.store.removeExpired(this.#deps.clock.nowMs()) === 0) return;
      const users = this.#usersNow();
      for (const username of this.#registered) if (!users.has(username)) this.#tellChange(username);
    });
  }

  #usersNow(): ReadonlySet<string> {
    const all = this.#deps.store.allBindings(this.#deps.clock.nowMs());
    return new Set(all.map(({ username }) => username));
  }
}
