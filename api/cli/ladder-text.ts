// Draws SIP messages as a ladder in plain text: us at the left, every peer in a column of its own.
// PURE: messages as the API shows them in, lines out; bounded in width and height.
import type { Schema } from '../client/index.ts';
import { cut, padded, printable } from './format.ts';

type Message = Schema<'SipMessage'>;

/** Peers with a column of their own; all others share the last one. */
const MAX_PEERS = 4;
const MAX_MESSAGES = 300;
/** From one lifeline to the next. */
const COLUMN = 26;
const TIME = 10;

/** The lines of the drawing; times in seconds since the first message. */
export function ladderText(messages: readonly Message[]): readonly string[] {
  const peers = peersOf(messages);
  const names = ['Ringback', ...peers].map((name) => padded(cut(name, COLUMN - 2), COLUMN));
  const startMs = Date.parse(messages[0]?.at ?? '');
  const drawn = messages.slice(0, MAX_MESSAGES);
  const hidden = messages.length - drawn.length;
  return [
    `${' '.repeat(TIME)}${names.join('')}`.trimEnd(),
    ...drawn.map((message) => {
      const seconds = ((Date.parse(message.at) - startMs) / 1_000).toFixed(3);
      return `${seconds.padStart(TIME - 2)}  ${arrow(message, peers)}`;
    }),
    ...(hidden > 0 ? [`and ${hidden} more`] : []),
  ];
}

/** Addresses in the order of their first message. */
function peersOf(messages: readonly Message[]): readonly string[] {
  const all = [...new Set(messages.map(({ remote }) => printable(remote)))];
  return all.length <= MAX_PEERS ? all : [...all.slice(0, MAX_PEERS - 1), 'others'];
}

/** `|--INVITE------>|      |`: over the lifelines in between up to that of the peer. */
function arrow(message: Message, peers: readonly string[]): string {
  const found = peers.indexOf(printable(message.remote));
  const target = found === -1 ? peers.length - 1 : found;
  const length = (target + 1) * COLUMN - 1;
  const label = cut(labelOf(message), length - 4);
  const shaft =
    message.direction === 'sent'
      ? `-${label}`.padEnd(length - 1, '-') + '>'
      : '<' + `-${label}`.padEnd(length - 1, '-');
  const rest = peers.slice(target + 1).map(() => `${' '.repeat(COLUMN - 1)}|`);
  return `|${shaft}|${rest.join('')}`;
}

/** `INVITE sip:anna@...`, or `200 OK (INVITE)`. */
function labelOf({ startLine, cseq }: Message): string {
  const [first = '', second = '', ...rest] = printable(startLine).split(' ');
  if (first !== 'SIP/2.0') return `${first} ${second}`;
  return `${second} ${rest.join(' ')} (${printable(cseq).split(' ')[1] ?? ''})`;
}
