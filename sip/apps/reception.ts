// Who may call us: a trunk by its address, a user by proof; strangers are refused. Makes calls out
// of INVITEs and hands them to whoever listens. RFC 3261 s.8.2, s.21.5.4 (Retry-After);
// RFC 3891 s.3 (Replaces).
import { parseAddress } from '../message/address.ts';
import type { DialogName } from '../transfer-types.ts';
import type { InboundCall, ListenAddress } from '../types.ts';
import type { Authenticator } from './authenticator.ts';
import { calledNumberOf, callerOfTrunk, callerOfUser, isOurDomain } from './caller.ts';
import { ALLOW } from './headers.ts';
import { IncomingCall } from './inbound.ts';
import type { CallerFacts, InboundDeps } from './inbound.ts';
import { readReplaces } from './refer-rules.ts';
import type { Registrar } from './registrar.ts';
import type { SrfApp, SrfRequest, SrfResponse } from './srf.ts';
import { trunkOfSource } from './trunks.ts';
import type { Trunk } from './trunks.ts';
import { sourceText, userOf } from './uri.ts';

const RETRY_AFTER_SECONDS = '10';

export interface ReceptionOptions {
  /** As they are now. */
  readonly trunks: () => readonly Trunk[];
  readonly realm: string;
  readonly maxCalls: number;
}

export interface ReceptionDeps extends InboundDeps {
  readonly registrar: Registrar;
  readonly authenticator: Authenticator;
  /** Where the engine listens, under every name it goes by. */
  readonly places: () => readonly Pick<ListenAddress, 'host' | 'port'>[];
}

/** Takes new INVITEs and OPTIONS. */
export class Reception {
  readonly #options: ReceptionOptions;
  readonly #deps: ReceptionDeps;
  readonly #listeners: ((call: InboundCall) => void)[] = [];
  #isClosed = false;

  constructor(options: ReceptionOptions, deps: ReceptionDeps) {
    this.#options = options;
    this.#deps = deps;
  }

  onInbound(listener: (call: InboundCall) => void): void {
    this.#listeners.push(listener);
  }

  open(): void {
    this.#isClosed = false;
  }

  /** From now on every call is told to come back later. */
  close(): void {
    this.#isClosed = true;
  }

  invite(srf: SrfApp, req: SrfRequest, res: SrfResponse): void {
    if (req.stackDialogId) return res.send(481);
    // srf would answer an INVITE without Contact twice.
    if (!req.has('Contact')) return res.send(400, 'Missing Contact', {});
    if (this.#isClosed) return this.#later(res, 'Shutting Down');
    const facts = this.#admit(req, res);
    if (facts === null) return;
    if (this.#deps.live.size >= this.#options.maxCalls) return this.#later(res, 'Too Many Calls');
    if (this.#listeners.length === 0) return res.send(480);
    const replaces = this.#replaced(req, res, facts.source.kind);
    if (replaces === 'refused') return;
    const call = new IncomingCall(srf, req, res, { ...facts, replaces }, this.#deps);
    this.#deps.log.info('sip-call-arrived', { callId: call.callId, source: facts.source.kind });
    for (const listener of this.#listeners) listener(call);
  }

  /**
   * The dialog that the call shall replace; null: none. Dialogs match only once answered: one that
   * we ring on ends by CANCEL, and whoever rings us is not ours to pick up.
   */
  #replaced(
    req: SrfRequest,
    res: SrfResponse,
    by: 'trunk' | 'user',
  ): DialogName | null | 'refused' {
    const header = req.get('Replaces');
    if (header === undefined) return null;
    const refuse = (status: number, reason: string): 'refused' => {
      res.send(status, reason, {});
      return 'refused';
    };
    const value = readReplaces(header);
    if (value === null) return refuse(400, 'Bad Replaces');
    if (by !== 'user') return refuse(403, 'Replaces Not Allowed');
    switch (this.#deps.live.stateOf(value.name)) {
      case 'unknown':
        return refuse(481, 'Call/Transaction Does Not Exist');
      case 'over':
        return refuse(603, 'Decline');
      case 'answered':
        return value.earlyOnly ? refuse(486, 'Busy Here') : value.name;
    }
  }

  options(res: SrfResponse): void {
    if (this.#isClosed) return this.#later(res, 'Shutting Down');
    res.send(200, { headers: { Allow: ALLOW, Accept: 'application/sdp' } });
  }

  /** Null: refused or challenged, and answered so. */
  #admit(req: SrfRequest, res: SrfResponse): Omit<CallerFacts, 'replaces'> | null {
    const headers = {
      from: req.get('From'),
      assertedIdentity: req.get('P-Asserted-Identity'),
      privacy: req.get('Privacy'),
    };
    const calledUser = userOf(req.uri) ?? '';
    const trunk = trunkOfSource(this.#options.trunks(), req.source_address);
    if (trunk !== null) {
      return {
        source: { kind: 'trunk', trunk: trunk.name },
        ...callerOfTrunk(headers, trunk),
        calledUser,
        calledNumber: calledNumberOf(calledUser, trunk),
      };
    }
    if (!this.#claimsToBeUser(req)) {
      this.#deps.log.warn('sip-stranger-refused', {
        callId: req.get('Call-ID'),
        source: req.source_address,
      });
      res.send(403);
      return null;
    }
    const username = this.#deps.authenticator.authenticate(req, res);
    if (username === null) return null;
    return {
      source: { kind: 'user', username },
      ...callerOfUser(headers, username),
      calledUser,
      calledNumber: calledNumberOf(calledUser, null),
    };
  }

  /**
   * A user shows credentials, calls from our domain, or from where it registered. Whether a name
   * exists plays no part: a 401 or 403 tells a scanner nothing.
   */
  #claimsToBeUser(req: SrfRequest): boolean {
    if (req.has('Authorization')) return true;
    const from = req.get('From');
    if (isOurDomain(from, this.#options.realm, this.#deps.places())) return true;
    const source = sourceText(req.protocol, req.source_address, req.source_port);
    const user = userOf(parseAddress(from ?? '')?.uri ?? '');
    return user !== null && this.#deps.registrar.isRegisteredFrom(user, source);
  }

  #later(res: SrfResponse, reason: string): void {
    res.send(503, reason, { headers: { 'Retry-After': RETRY_AFTER_SECONDS } });
  }
}
