// A 2xx of another fork, when no more is left of our INVITE's transaction than its ACK: the fork
// gets an ACK and a BYE of its own. RFC 3261 s.13.2.2.4.
import { confirmed, nextHopUri, routing, uacDialog } from '../dialog/dialog.ts';
import { parseAddress } from '../message/address.ts';
import { requestText, type OutgoingRequest } from '../message/build.ts';
import type { SipMessage } from '../message/message.ts';
import type { Flow } from '../transport/flow.ts';
import { newBranch, type Core } from './core.ts';
import { launch, sendWithoutTransaction } from './launch.ts';
import { credentialLines } from './outbound-request.ts';
import { routeTo, type Route } from './route.ts';

const REASON = 'Reason: SIP;cause=200;text="another fork answered"\r\n';

/** Lets a further callee go; `otherAck` is the ACK of the first, whose credentials are repeated. */
export function refuseFork(core: Core, response: SipMessage, flow: Flow, otherAck: string): void {
  const { callId, from, to, cseqNumber } = response;
  const uri = parseAddress(to)?.uri ?? to;
  const early = uacDialog({ callId, from, cseqNumber, uri, contact: null }, response);
  const dialog = confirmed(early, response);
  const target = routing(dialog);
  const route: ReturnType<typeof routeTo> =
    dialog.routeSet.length === 0
      ? { kind: 'flow', flow, listener: flow.local }
      : routeTo(core, nextHopUri(target.uri, target.routes));
  if (route.kind === 'refused') return;
  const request = (method: string, number: number, extra: string): OutgoingRequest => {
    const branch = newBranch(core);
    return {
      ...{ method, ...target, branch, from, to, callId, extra },
      via: `${route.listener.viaStart};rport;branch=${branch}`,
      ...{ cseqNumber: number, maxForwards: 70, contact: null, body: '' },
    };
  };
  const ack = request('ACK', cseqNumber, credentialLines(otherAck));
  sendWithoutTransaction(core, route, requestText(ack));
  hangUp(core, route, request('BYE', cseqNumber + 1, REASON));
}

/** Nobody waits for what becomes of it. */
function hangUp(core: Core, route: Route, bye: OutgoingRequest): void {
  const user = { responseReceived: () => undefined, requestFailed: () => undefined };
  const observer = { started: () => undefined, notSent: () => undefined, wanted: () => false };
  launch(core, route, { outgoing: bye, text: requestText(bye) }, user, observer);
}
