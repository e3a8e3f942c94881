// From "call this number" or "call that user" to the INVITEs to send. PURE.
// RFC 3261 s.8.1.1 (request), s.13.2.1 (Expires); users are rung on all their contacts at once.
import { badRequest } from '../../core/errors.ts';
import type { Binding, OriginateRequest } from '../types.ts';
import type { BranchPlan } from './branch.ts';
import { ALLOW, checkHeaders, quoted } from './headers.ts';
import type { BranchFailure } from './outbound-rules.ts';
import { chooseTrunk, formatNumber, trunkUri } from './trunks.ts';
import type { Trunk } from './trunks.ts';
import { escapeUser, requestUri, sourceUri } from './uri.ts';

/** What a plan is made from. */
export interface PlanInputs {
  readonly trunks: readonly Trunk[];
  readonly realm: string;
  readonly bindings: (username: string) => readonly Binding[];
  readonly callId: string;
  /** A fresh From tag. */
  readonly nextTag: () => string;
}

export type CallPlan =
  | { readonly kind: 'send'; readonly branches: readonly BranchPlan[] }
  | { readonly kind: 'impossible'; readonly failure: BranchFailure };

const MAX_RING_TIMEOUT_MS = 600_000;
const MAX_CALLER_CHARS = 64;
/** Expires is for a CANCEL that gets lost: the peer's own clock must not come before ours. */
const EXPIRES_MARGIN_SECONDS = 2;

/**
 * Refuses what must never reach the wire.
 * @throws RingbackError SIP_HEADER_REFUSED, SIP_OFFER_MISSING, SIP_RING_TIMEOUT_INVALID,
 * SIP_CALLER_ID_INVALID
 */
export function checkRequest(request: OriginateRequest): void {
  checkHeaders(request.headers);
  if (request.offerSdp === '') throw badRequest('SIP_OFFER_MISSING', 'a call needs an offer');
  const { ringTimeoutMs, callerId } = request;
  if (!(ringTimeoutMs > 0 && ringTimeoutMs <= MAX_RING_TIMEOUT_MS)) {
    throw badRequest('SIP_RING_TIMEOUT_INVALID', `up to ${MAX_RING_TIMEOUT_MS} ms`);
  }
  if (callerId !== null && !/^[^\s"<>\u0000-\u001f\u007f]{1,64}$/.test(callerId)) {
    throw badRequest('SIP_CALLER_ID_INVALID', `1 to ${MAX_CALLER_CHARS} visible characters`);
  }
}

/** Plans a checked request. */
export function planCall(request: OriginateRequest, inputs: PlanInputs): CallPlan {
  const { target } = request;
  switch (target.kind) {
    case 'number':
      return planNumber(request, target.number, target.trunk, inputs);
    case 'user':
      return planUser(request, target.username, inputs);
  }
}

function planNumber(
  request: OriginateRequest,
  number: string,
  trunkName: string | null,
  inputs: PlanInputs,
): CallPlan {
  const trunk = chooseTrunk(inputs.trunks, trunkName);
  if (trunk === null) return impossible(404, 'Unknown Trunk');
  const { numberFormat, country } = trunk;
  const called = formatNumber(number, numberFormat, country);
  if (called === null) return impossible(484, 'Address Incomplete');
  const caller = formatNumber(request.callerId ?? trunk.callerId, numberFormat, country);
  if (caller === null) return impossible(400, 'Caller ID Is No Number');
  const uri = trunkUri(trunk, called);
  const headers = headersOf(request, inputs, caller, `<${uri}>`);
  const { credentials } = trunk;
  return { kind: 'send', branches: [{ requestUri: uri, proxy: null, headers, credentials }] };
}

function planUser(request: OriginateRequest, username: string, inputs: PlanInputs): CallPlan {
  const bindings = inputs.bindings(username);
  if (bindings.length === 0) return impossible(480, 'Not Registered');
  const to = `<sip:${escapeUser(username)}@${inputs.realm}>`;
  const branches = bindings.map((binding): BranchPlan => {
    const headers = headersOf(request, inputs, request.callerId ?? 'ringback', to);
    return {
      requestUri: requestUri(binding.contact),
      proxy: sourceUri(binding.receivedFrom),
      headers,
      credentials: null,
    };
  });
  return { kind: 'send', branches };
}

/** The engine writes our address for `localhost`, and Via, CSeq, Contact and Max-Forwards. */
function headersOf(request: OriginateRequest, inputs: PlanInputs, caller: string, to: string) {
  const name = request.displayName === null ? '' : `${quoted(request.displayName)} `;
  return {
    ...request.headers,
    From: `${name}<sip:${escapeUser(caller)}@localhost>;tag=${inputs.nextTag()}`,
    To: to,
    'Call-ID': inputs.callId,
    Expires: `${Math.ceil(request.ringTimeoutMs / 1_000) + EXPIRES_MARGIN_SECONDS}`,
    Allow: ALLOW,
  };
}

function impossible(status: number, reason: string): CallPlan {
  return { kind: 'impossible', failure: { status, reason, q850Cause: null } };
}
