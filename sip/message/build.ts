// Writing messages: requests of ours, and responses to requests. PURE, byte strings throughout.
// RFC 3261 s.8.1.1, s.8.2.6, s.9.1 (CANCEL), s.17.1.1.3 (ACK for a failure).
import type { SipMessage } from './message.ts';

/** A request of ours, kept in parts because CANCEL and ACK repeat some of them. */
export interface OutgoingRequest {
  readonly method: string;
  readonly uri: string;
  /** The whole top Via value, branch included. */
  readonly via: string;
  readonly branch: string;
  /** Route values, first hop first. */
  readonly routes: readonly string[];
  readonly maxForwards: number;
  readonly from: string;
  readonly to: string;
  readonly callId: string;
  readonly cseqNumber: number;
  /** Contact value, or null for none. */
  readonly contact: string | null;
  /** Further header lines, each ended by CRLF. */
  readonly extra: string;
  readonly body: string;
}

/** The request as it goes on the wire. */
export function requestText(request: OutgoingRequest): string {
  return (
    requestHead(request, request.method, request.to) +
    (request.contact === null ? '' : `Contact: ${request.contact}\r\n`) +
    request.extra +
    `Content-Length: ${request.body.length}\r\n\r\n${request.body}`
  );
}

function requestHead(request: OutgoingRequest, method: string, to: string): string {
  let routes = '';
  for (const route of request.routes) routes += `Route: ${route}\r\n`;
  return (
    `${method} ${request.uri} SIP/2.0\r\nVia: ${request.via}\r\n${routes}` +
    `Max-Forwards: ${request.maxForwards}\r\nFrom: ${request.from}\r\nTo: ${to}\r\n` +
    `Call-ID: ${request.callId}\r\nCSeq: ${request.cseqNumber} ${method}\r\n`
  );
}

/** ACK of a 3xx-6xx: same branch and route, To of the response (s.17.1.1.3). */
export function failureAckText(invite: OutgoingRequest, responseTo: string): string {
  return `${requestHead(invite, 'ACK', responseTo)}Content-Length: 0\r\n\r\n`;
}

/** CANCEL of a pending INVITE: same branch, To and CSeq number (s.9.1). */
export function cancelText(invite: OutgoingRequest, extra: string): string {
  return `${requestHead(invite, 'CANCEL', invite.to)}${extra}Content-Length: 0\r\n\r\n`;
}

/** What a response says beyond what it copies from its request. */
export interface ResponseContent {
  readonly status: number;
  readonly reason: string;
  /** Our tag for To, or null for none (100 Trying); an existing tag is kept. */
  readonly toTag: string | null;
  readonly copyRecordRoute: boolean;
  /** Further header lines, each ended by CRLF. */
  readonly extra: string;
  readonly body: string;
}

/** A response to `request` (s.8.2.6.2): Via, From, To, Call-ID and CSeq are the request's. */
export function responseText(request: SipMessage, content: ResponseContent): string {
  let text = `SIP/2.0 ${content.status} ${content.reason}\r\n`;
  for (const via of request.all('via')) text += `Via: ${via}\r\n`;
  if (content.copyRecordRoute) {
    for (const route of request.all('record-route')) text += `Record-Route: ${route}\r\n`;
  }
  const to = request.to;
  const tagged =
    content.toTag === null || request.toTag !== null ? to : `${to};tag=${content.toTag}`;
  const cseq = request.first('cseq') ?? '';
  text += `From: ${request.from}\r\nTo: ${tagged}\r\nCall-ID: ${request.callId}\r\n`;
  return (
    `${text}CSeq: ${cseq}\r\n${content.extra}` +
    `Content-Length: ${content.body.length}\r\n\r\n${content.body}`
  );
}

/** A response with no more than status, tag and optional header lines. */
export function plainResponse(
  request: SipMessage,
  status: number,
  reason: string,
  toTag: string | null,
  extra = '',
): string {
  const copyRecordRoute = false;
  return responseText(request, { status, reason, toTag, copyRecordRoute, extra, body: '' });
}
