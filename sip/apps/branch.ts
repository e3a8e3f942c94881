// One INVITE towards one place, over srf: provisional responses, one challenge, one outcome. srf's
// promise may never settle (its connection dropped): the call that owns this branch does not wait.
// RFC 3261 s.9.1 (CANCEL), s.13.2, s.22.2.
import type { Ids } from '../../core/ports.ts';
import type { TrunkOptions } from '../types.ts';
import { hashHex } from './authenticator.ts';
import { answerChallenge } from './digest.ts';
import { phrase, q850CauseOf, reasonValue, secondsOf, wordsOf } from './headers.ts';
import type { BranchFailure } from './outbound-rules.ts';
import type {
  HeaderRecord,
  SrfApp,
  SrfDialog,
  SrfFailure,
  SrfRequest,
  SrfResponse,
} from './srf.ts';
import { sourceUri, sourceText } from './uri.ts';

/** Everything about the INVITE that is known before it is sent. */
export interface BranchPlan {
  readonly requestUri: string;
  /** Next hop when it is not the Request-URI's host. */
  readonly proxy: string | null;
  readonly headers: Readonly<HeaderRecord>;
  readonly credentials: TrunkOptions['credentials'];
  /** An offer of its own; left out, that of the call. */
  readonly offerSdp?: string;
}

/** What becomes of a branch; after `answered` or `failed` nothing more is told. */
export interface BranchEvents {
  provisional(status: number, sdp: string | null): void;
  /** `sdp` may be empty when the peer never sent any. */
  answered(dialog: SrfDialog, sdp: string): void;
  failed(failure: BranchFailure): void;
}

/** One INVITE client transaction, or two when challenged. */
export class Branch {
  readonly #srf: SrfApp;
  readonly #plan: BranchPlan;
  readonly #offerSdp: string;
  readonly #events: BranchEvents;
  readonly #ids: Ids;
  #request: SrfRequest | null = null;
  #cancelReason: string | null = null;
  #earlySdp = '';
  #isDone = false;

  constructor(srf: SrfApp, plan: BranchPlan, offerSdp: string, events: BranchEvents, ids: Ids) {
    this.#srf = srf;
    this.#plan = plan;
    this.#offerSdp = offerSdp;
    this.#events = events;
    this.#ids = ids;
  }

  /** Sends the INVITE. Outcomes are told later, never from inside this call. */
  send(): void {
    this.#invite({ ...this.#plan.headers }, this.#plan.proxy, true);
  }

  /** Sends a CANCEL, as soon as there is an INVITE to cancel. `cause`: SIP status (RFC 3326). */
  cancel(cause: number, reason: string): void {
    if (this.#cancelReason !== null || this.#isDone) return;
    this.#cancelReason = reasonValue('SIP', cause, reason);
    this.#sendCancel();
  }

  #invite(headers: HeaderRecord, proxy: string | null, mayAuthenticate: boolean): void {
    this.#request = null;
    const options = { localSdp: this.#offerSdp, headers, ...(proxy === null ? {} : { proxy }) };
    const progress = {
      cbRequest: (_: unknown, req?: SrfRequest): void => {
        this.#request = req ?? null;
        this.#sendCancel();
      },
      cbProvisional: (res: SrfResponse): void => this.#provisional(res),
    };
    try {
      this.#srf.createUAC(this.#plan.requestUri, options, progress, (failure, dialog) => {
        if (dialog !== undefined) this.#answered(dialog);
        else if (!mayAuthenticate || !this.#retry(failure?.res ?? null)) this.#failed(failure);
      });
    } catch (error) {
      queueMicrotask(() => this.#failed({ message: wordsOf(error) }));
    }
  }

  #sendCancel(): void {
    if (this.#cancelReason === null || this.#request === null) return;
    try {
      this.#request.cancel({ headers: { Reason: this.#cancelReason } }, () => undefined);
    } catch {
      // The connection is gone; the owner of this branch learns that by another way.
    }
  }

  #provisional(res: SrfResponse): void {
    if (this.#isDone) return;
    const sdp = res.body ?? '';
    if (sdp !== '') this.#earlySdp = sdp;
    this.#events.provisional(res.status, sdp === '' ? null : sdp);
  }

  #answered(dialog: SrfDialog): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#events.answered(dialog, dialog.remote.sdp || this.#earlySdp);
  }

  #failed(failure: SrfFailure | null): void {
    if (this.#isDone) return;
    this.#isDone = true;
    this.#events.failed(readFailure(failure));
  }

  /** Sends the INVITE again with credentials; false when there is nothing to answer with. */
  #retry(res: SrfResponse | null): boolean {
    const { credentials, requestUri } = this.#plan;
    const isProxy = res?.status === 407;
    if (res === null || credentials === null || this.#cancelReason !== null) return false;
    if (res.status !== 401 && !isProxy) return false;
    const challenge = res.get(isProxy ? 'Proxy-Authenticate' : 'WWW-Authenticate') ?? '';
    const request = { method: 'INVITE', uri: requestUri, cnonce: this.#ids.next() };
    const proof = answerChallenge(hashHex, challenge, request, credentials);
    if (proof === null) return false;
    const cseq = parseInt(res.get('CSeq') ?? '0', 10) + 1;
    const name = isProxy ? 'Proxy-Authorization' : 'Authorization';
    const headers = { ...this.#plan.headers, CSeq: `${cseq} INVITE`, [name]: proof };
    // Back to who challenged: a host name may lead elsewhere the second time.
    const { protocol, source_address: address, source_port: port } = res;
    const hop = address === '' ? this.#plan.proxy : sourceUri(sourceText(protocol, address, port));
    this.#invite(headers, hop, false);
    return true;
  }
}

/** A final response, or a request the engine would not send (503, with its words). */
function readFailure(failure: SrfFailure | null): BranchFailure {
  const { res, status } = failure ?? {};
  if (status === undefined || status < 300) {
    const reason = wordsOf(failure?.message ?? failure);
    return { status: status === undefined ? 503 : 500, reason, q850Cause: null, unheard: true };
  }
  const reason = phrase(res?.reason ?? failure?.reason ?? '');
  const retryAfterSeconds = secondsOf(res?.get('Retry-After'));
  const redirectTo = status < 400 ? res?.get('Contact') : undefined;
  return {
    status,
    reason,
    q850Cause: q850CauseOf(res?.get('Reason')),
    // The engine's own responses come from nowhere.
    ...(res?.source_address === '' ? { unheard: true as const } : {}),
    ...(retryAfterSeconds === null ? {} : { retryAfterSeconds }),
    ...(redirectTo === undefined ? {} : { redirectTo }),
  };
}
