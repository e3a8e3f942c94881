// From "call this number" or "call that user" to the INVITEs to send. PURE.
// RFC 3261 s.8.1.1 (request), s.13.2.1 (Expires); users are rung on all their contacts at once.
import { badRequest } from '../../core/errors.ts';
import type { Binding, OriginateRequest } from '../types.ts';
import type { BranchPlan } from './branch.ts';
import { ALLOW, ALLOW_REFER, checkHeaders, quoted } from './headers.ts';
import type { BranchFailure } from './outbound-rules.ts';
import { membersOf } from './trunk/groups.ts';
import type { Member, TrunkNames } from './trunk/groups.ts';
import { identityHeaders, withoutIdentity } from './trunk/identity.ts';
import { destinationRefusal, dialled, mayShow } from './trunk/number-plan.ts';
import { formatNumber, toE164, trunkUri } from './trunks.ts';
import { escapeUser, requestUri, sourceUri } from './uri.ts';

/** What a plan is made from. */
export interface PlanInputs {
  readonly trunks: TrunkNames;
  readonly realm: string;
  readonly bindings: (username: string) => readonly Binding[];
  readonly callId: string;
  /** A fresh From tag. */
  readonly nextTag: () => string;
}

export type CallPlan =
  /** All at once: whoever answers first. */
  | { readonly kind: 'ring'; readonly branches: readonly BranchPlan[] }
  /** One after the other. */
  | { readonly kind: 'hunt'; readonly routes: readonly TrunkRoute[] }
  | { readonly kind: 'impossible'; readonly failure: BranchFailure };

/** A trunk that may carry the call, and how. */
export interface TrunkRoute extends Member {
  /** The user part that is dialled there. */
  readonly calledUser: string;
  readonly plan: BranchPlan;
}

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
  name: string | null,
  inputs: PlanInputs,
): CallPlan {
  const members = membersOf(inputs.trunks, name);
  if (members.length === 0) return impossible(404, 'Unknown Trunk');
  const planned = members.map((member) => planRoute(request, number, member, inputs));
  const routes = planned.filter((route) => 'plan' in route);
  const refusal = planned.find((route) => 'status' in route);
  if (routes.length > 0 || refusal === undefined) return { kind: 'hunt', routes };
  const { status, reason, refused } = refusal;
  return impossible(status, reason, refused);
}

interface RouteRefusal {
  readonly status: number;
  readonly reason: string;
  readonly refused?: NonNullable<BranchFailure['refused']>;
}

/** How this trunk would carry the call, or why it may not. */
function planRoute(
  request: OriginateRequest,
  number: string,
  member: Member,
  inputs: PlanInputs,
): TrunkRoute | RouteRefusal {
  const { trunk } = member;
  const calledUser = dialled(number, trunk);
  if (calledUser === null) return { status: 484, reason: 'Address Incomplete' };
  const refusal = destinationRefusal(toE164(number) ?? number, trunk.destinations);
  if (refusal !== null) {
    const reason = `Destination Forbidden: ${refusal}`;
    return { status: 403, reason, refused: 'destination' };
  }
  const callerId = request.callerId ?? trunk.callerId;
  const caller = formatNumber(callerId, trunk.numberFormat, trunk.country);
  if (caller === null) return { status: 400, reason: 'Caller ID Is No Number' };
  if (!mayShow(callerId, trunk)) {
    return { status: 403, reason: 'Caller ID Not Allowed', refused: 'caller-id' };
  }
  const uri = trunkUri(trunk, calledUser);
  const identity = identityHeaders({
    caller,
    displayName: request.displayName,
    withheld: trunk.privacy.withholdCallerId || request.withholdCallerId === true,
    trusted: trunk.privacy.trusted,
    tag: inputs.nextTag(),
  });
  const headers = {
    ...withoutIdentity({ ...trunk.headers, ...request.headers }),
    ...identity,
    ...commonHeaders(request, inputs, `<${uri}>`),
  };
  const plan = { requestUri: uri, proxy: null, headers, credentials: trunk.credentials };
  return { ...member, calledUser, plan };
}

/** Expires for a call that may ring so long, in whole seconds. */
export function expiresValue(ringTimeoutMs: number): string {
  return `${Math.ceil(ringTimeoutMs / 1_000) + EXPIRES_MARGIN_SECONDS}`;
}

function planUser(request: OriginateRequest, username: string, inputs: PlanInputs): CallPlan {
  const bindings = inputs.bindings(username);
  if (bindings.length === 0) return impossible(480, 'Not Registered');
  const to = `<sip:${escapeUser(username)}@${inputs.realm}>`;
  const branches = bindings.map((binding): BranchPlan => {
    const headers = {
      ...headersOf(request, inputs, request.callerId ?? 'ringback', to),
      // The next hop stays where the REGISTER came from: a Path leads through it, not around it.
      ...(binding.path ? { Route: binding.path } : {}),
    };
    return {
      requestUri: requestUri(binding.contact),
      proxy: sourceUri(binding.receivedFrom),
      headers,
      credentials: null,
      ...offerFor(binding, request),
    };
  });
  return { kind: 'ring', branches };
}

function offerFor(
  { receivedFrom }: Binding,
  { webSocketOfferSdp }: OriginateRequest,
): Pick<BranchPlan, 'offerSdp'> {
  const overWebSocket = /^wss?\//.test(receivedFrom);
  return overWebSocket && webSocketOfferSdp !== undefined ? { offerSdp: webSocketOfferSdp } : {};
}

/** The engine writes our address for `localhost`, and Via, CSeq, Contact and Max-Forwards. */
function headersOf(request: OriginateRequest, inputs: PlanInputs, caller: string, to: string) {
  const name = request.displayName === null ? '' : `${quoted(request.displayName)} `;
  return {
    ...request.headers,
    From: `${name}<sip:${escapeUser(caller)}@localhost>;tag=${inputs.nextTag()}`,
    ...commonHeaders(request, inputs, to),
    Allow: ALLOW_REFER,
    Supported: 'replaces',
  };
}

function commonHeaders(request: OriginateRequest, inputs: PlanInputs, to: string) {
  return {
    To: to,
    'Call-ID': inputs.callId,
    Expires: expiresValue(request.ringTimeoutMs),
    Allow: ALLOW,
  };
}

function impossible(status: number, reason: string, refused?: RouteRefusal['refused']): CallPlan {
  const why = refused === undefined ? {} : { refused };
  return { kind: 'impossible', failure: { status, reason, q850Cause: null, ...why } };
}
