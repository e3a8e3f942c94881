// The two frames that carry SIP to an application: what came in, and the echo of what went out.
import type { SipMessage } from '../message/message.ts';
import type { Flow, Listener } from '../transport/flow.ts';
import { timeStamp, type Core } from './core.ts';

/** A message from the network; `receivedOn` adds our own address (new requests only). */
export function networkFrame(
  core: Core,
  message: SipMessage,
  flow: Flow,
  transactionId: string,
  dialogId: string,
  receivedOn: boolean,
): string {
  const text = message.text();
  const local = receivedOn ? `${flow.local.host}|${flow.local.port}|` : '';
  return (
    `sip|network|${text.length}|${flow.protocol}|${flow.address}|${flow.port}` +
    `|${timeStamp(core)}|${transactionId}|${dialogId}|${local}\r\n${text}`
  );
}

/** `OK` tokens for a request that was sent: the transaction id is the tenth token. */
export function requestEcho(core: Core, listener: Listener, id: string, text: string): string {
  const { protocol, host, port } = listener;
  const time = timeStamp(core);
  const place = `${protocol}|${host}|${port}`;
  return `OK|application|${text.length}|${place}|${time}|${id}|Msg sent:|\r\n${text}`;
}

/** `OK` tokens for a response that was sent: the dialog id follows the transaction id. */
export function responseEcho(
  core: Core,
  flow: Flow,
  id: string,
  dialogId: string,
  text: string,
): string {
  return (
    `OK|application|${text.length}|${flow.protocol}|${flow.address}|${flow.port}` +
    `|${timeStamp(core)}|${id}|${dialogId}||Msg sent:|\r\n${text}`
  );
}
