// A dialog: who talks to whom, under which tags, by which route and with which sequence numbers.
// PURE: values in, values out. RFC 3261 s.12; RFC 3262 s.4 (RSeq); RFC 3311 (target refresh).
import { parseAddress, tagOf } from '../message/address.ts';
import type { OutgoingRequest } from '../message/build.ts';
import type { SipMessage } from '../message/message.ts';
import { detached } from '../message/own.ts';
import { parseUri, paramOf } from '../message/uri.ts';

export interface Dialog {
  readonly role: 'uac' | 'uas';
  readonly phase: 'early' | 'confirmed';
  readonly callId: string;
  readonly localTag: string;
  readonly remoteTag: string;
  /** Value of From in our requests, tag included. */
  readonly local: string;
  /** Value of To in our requests, tag included. */
  readonly remote: string;
  /** CSeq number of our latest request. */
  readonly localCseq: number;
  /** CSeq number of the peer's latest request; -1 before the first. */
  readonly remoteCseq: number;
  /** RSeq of the latest reliable provisional response received; 0 before the first. */
  readonly remoteRseq: number;
  /** URI our requests go to. */
  readonly remoteTarget: string;
  readonly routeSet: readonly string[];
  /** Our Contact value. */
  readonly contact: string;
}

/** `<Call-ID>;from-tag=<tag of the one who created the dialog>`: what applications call it. */
export function dialogId(dialog: Dialog): string {
  const creator = dialog.role === 'uac' ? dialog.localTag : dialog.remoteTag;
  return `${dialog.callId};from-tag=${creator}`;
}

/** s.12: Call-ID, local tag and remote tag identify a dialog. */
export function dialogKey(callId: string, localTag: string, remoteTag: string): string {
  return `${callId} ${localTag} ${remoteTag}`;
}

/** A dialog lives long, the messages that made it do not. */
function ownText(dialog: Dialog): Dialog {
  return {
    ...dialog,
    callId: detached(dialog.callId),
    localTag: detached(dialog.localTag),
    remoteTag: detached(dialog.remoteTag),
    local: detached(dialog.local),
    remote: detached(dialog.remote),
    remoteTarget: detached(dialog.remoteTarget),
    routeSet: dialog.routeSet.map(detached),
    contact: detached(dialog.contact),
  };
}

/** s.12.1.1: the callee's side, from a request with Contact and From tag. */
export function uasDialog(request: SipMessage, localTag: string, contact: string): Dialog {
  const to = request.toTag === null ? `${request.to};tag=${localTag}` : request.to;
  return ownText({
    role: 'uas',
    phase: 'early',
    callId: request.callId,
    localTag,
    remoteTag: request.fromTag ?? '',
    local: to,
    remote: request.from,
    localCseq: 0,
    remoteCseq: request.cseqNumber,
    remoteRseq: 0,
    remoteTarget: contactUri(request) ?? uriOf(request.from),
    routeSet: request.list('record-route'),
    contact,
  });
}

/** s.12.1.2: the caller's side, from a response with a To tag. */
export function uacDialog(
  request: Pick<OutgoingRequest, 'callId' | 'from' | 'cseqNumber' | 'uri' | 'contact'>,
  response: SipMessage,
): Dialog {
  return ownText({
    role: 'uac',
    phase: 'early',
    callId: request.callId,
    localTag: tagOf(request.from) ?? '',
    remoteTag: response.toTag ?? '',
    local: request.from,
    remote: response.to,
    localCseq: request.cseqNumber,
    remoteCseq: -1,
    remoteRseq: 0,
    remoteTarget: contactUri(response) ?? request.uri,
    routeSet: response.list('record-route').reverse(),
    contact: request.contact ?? request.from,
  });
}

/** s.13.2.2.4: a 2xx confirms, and fixes the route set anew; for the callee it only confirms. */
export function confirmed(dialog: Dialog, response: SipMessage | null): Dialog {
  if (response === null) return { ...dialog, phase: 'confirmed' };
  const routeSet = response.list('record-route').reverse();
  const remoteTarget = contactUri(response) ?? dialog.remoteTarget;
  return ownText({ ...dialog, phase: 'confirmed', routeSet, remoteTarget, remote: response.to });
}

/** s.12.2: Contact of a target refresh request, or of its 2xx, is where we send from now on. */
export function targetRefreshed(dialog: Dialog, message: SipMessage): Dialog {
  const remoteTarget = contactUri(message);
  if (remoteTarget === null || remoteTarget === dialog.remoteTarget) return dialog;
  return { ...dialog, remoteTarget: detached(remoteTarget) };
}

/** s.12.2.2: a request out of order is refused; null says so. */
export function requestAccepted(dialog: Dialog, request: SipMessage): Dialog | null {
  const number = request.cseqNumber;
  if (number < dialog.remoteCseq) return null;
  return number === dialog.remoteCseq ? dialog : { ...dialog, remoteCseq: number };
}

/** s.12.2.1.1: the next request's number; an application may ask for a higher one. */
export function nextCseq(dialog: Dialog, wanted: number | null): number {
  const next = dialog.localCseq + 1;
  return wanted !== null && wanted >= next ? wanted : next;
}

/** Request-URI and Route values of a request in this dialog, loose or strict (s.12.2.1.1). */
export function routing(
  dialog: Dialog,
  target = dialog.remoteTarget,
): { readonly uri: string; readonly routes: readonly string[] } {
  const first = dialog.routeSet[0];
  if (first === undefined) return { uri: target, routes: [] };
  const firstUri = uriOf(first);
  if (isLoose(firstUri)) return { uri: target, routes: dialog.routeSet };
  return { uri: firstUri, routes: [...dialog.routeSet.slice(1), `<${target}>`] };
}

/** Where the request goes first: the topmost Route when it is loose, else the Request-URI. */
export function nextHopUri(uri: string, routes: readonly string[]): string {
  const first = routes[0];
  if (first === undefined) return uri;
  const firstUri = uriOf(first);
  return isLoose(firstUri) ? firstUri : uri;
}

function isLoose(uri: string): boolean {
  const parsed = parseUri(uri);
  return parsed !== null && paramOf(parsed.params, 'lr') !== null;
}

/** URI of the first Contact, or null. */
export function contactUri(message: SipMessage): string | null {
  const first = message.list('contact')[0];
  return first === undefined ? null : (parseAddress(first)?.uri ?? null);
}

function uriOf(value: string): string {
  return parseAddress(value)?.uri ?? value;
}
