// Draws SIP messages as a ladder: who told whom what, and when. PURE: messages in, SVG text out.
// Telephone numbers are masked, every text is escaped, and the size is bounded.
import type { TracedMessage } from '../sip/index.ts';

/** More messages than this are counted, not drawn. */
const MAX_MESSAGES = 300;
/** Peers with a column of their own; the rest share one. */
const MAX_PEERS = 6;
const MAX_TITLE_LENGTH = 120;
const MAX_LABEL_LENGTH = 44;

const GUTTER = 96;
const COLUMN = 270;
const MARGIN = 120;
const TOP = 128;
const ROW = 40;
/** A pause this long gets a gap with its length. */
const PAUSE_MS = 1000;
const PAUSE_ROW = 30;
const LEGEND_ROW = 20;

/** One colour per Call-ID, in turn; dark enough for text on white. */
const COLOURS = ['#1d6fb8', '#b4460f', '#2f7d32', '#7b3fa0', '#a3195b', '#5d6b00'];

interface Peer {
  readonly address: string;
  readonly name: string;
}

interface Row {
  readonly message: TracedMessage;
  readonly y: number;
  /** Length of the pause before it, when it is drawn. */
  readonly pauseMs: number | null;
  readonly again: boolean;
}

/** Keeps the last three digits of everything that looks like a telephone number. */
export function maskNumbers(text: string): string {
  return text.replace(/(?<![\w-])\+?\d{2,}(\d{3})(?![\w-])/g, '•••$1');
}

function escape(text: string): string {
  const named: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' };
  return text
    .replace(/[<>&]/g, (sign) => named[sign] ?? '')
    .replace(/"/g, '&quot;')
    .replace(/[^\t\n\r\x20-\ud7ff\ue000-\ufffd]/g, '\ufffd');
}

function short(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}

function headerOf(message: TracedMessage, name: string): string {
  const head = message.text.split('\r\n\r\n', 1)[0] ?? '';
  return new RegExp(`^${name}\\s*:\\s*(.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
}

/** User part of a SIP or TEL URI; empty when there is none. */
function userOf(address: string): string {
  const user = /sips?:([^@;>\s]+)@|tel:([^;>\s]+)/i.exec(address);
  return user?.[1] ?? user?.[2] ?? '';
}

function isRequest(message: TracedMessage): boolean {
  return !message.startLine.startsWith('SIP/2.0');
}

/** The peer's user: whom a request of ours is for, or from whom theirs came. */
function peerUser(message: TracedMessage): string {
  const ours = (message.direction === 'sent') === isRequest(message);
  return maskNumbers(userOf(headerOf(message, ours ? '(?:to|t)' : '(?:from|f)')));
}

function peersOf(messages: readonly TracedMessage[]): readonly Peer[] {
  const names = new Map<string, string>();
  for (const message of messages) {
    const known = names.get(message.remote) ?? '';
    names.set(message.remote, known === '' ? peerUser(message) : known);
  }
  const all = [...names].map(([address, name]) => ({ address, name }));
  if (all.length <= MAX_PEERS) return all;
  const rest = { address: `${all.length - MAX_PEERS + 1} others`, name: 'others' };
  return [...all.slice(0, MAX_PEERS - 1), rest];
}

/** Columns from left to right with us (null) in the middle: peers go left and right in turn. */
function columnsOf(peers: readonly Peer[]): readonly (Peer | null)[] {
  const left = peers.filter((_, index) => index % 2 === 0).reverse();
  const right = peers.filter((_, index) => index % 2 === 1);
  return [...left, null, ...right];
}

function rowsOf(messages: readonly TracedMessage[]): readonly Row[] {
  const seen = new Set<string>();
  let y = TOP;
  return messages.map((message, index) => {
    const before = messages[index - 1];
    const gapMs = before === undefined ? 0 : message.atMs - before.atMs;
    const pauseMs = gapMs >= PAUSE_MS ? gapMs : null;
    y += ROW + (pauseMs === null ? 0 : PAUSE_ROW);
    const key = `${message.direction} ${message.remote} ${message.text}`;
    const again = seen.has(key);
    seen.add(key);
    return { message, y, pauseMs, again };
  });
}

/** `INVITE •••100`, `486 Busy Here`. */
function labelOf(message: TracedMessage): string {
  const [first = '', second = '', ...rest] = message.startLine.split(' ');
  if (!isRequest(message)) return maskNumbers(short(`${second} ${rest.join(' ')}`, 32));
  const user = first === 'REGISTER' ? userOf(headerOf(message, '(?:to|t)')) : userOf(second);
  return maskNumbers(short(`${first} ${user}`, 32)).trim();
}

/** What is worth knowing beyond the label: description, credentials, Reason (RFC 3326). */
function remarkOf(row: Row): string {
  const { message, again } = row;
  const method = message.cseq.split(' ')[1] ?? '';
  const challenge = headerOf(message, '(?:www|proxy)-authenticate') !== '';
  const proof = headerOf(message, '(?:proxy-)?authorization') !== '';
  const reason = headerOf(message, 'reason');
  const remarks = [
    again ? 'again' : '',
    isRequest(message) ? '' : method,
    /^application\/sdp/i.test(headerOf(message, '(?:content-type|c)')) ? 'SDP' : '',
    challenge ? 'challenge' : '',
    proof ? 'credentials' : '',
    reason,
  ];
  return maskNumbers(short(remarks.filter((part) => part !== '').join(' · '), MAX_LABEL_LENGTH));
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(3);
}

function drawColumn(peer: Peer | null, us: string, x: number, bottom: number): string {
  const name = peer === null ? 'Ringback' : peer.name || 'peer';
  const address = peer === null ? us : peer.address;
  const kind = peer === null ? 'us' : 'peer';
  return [
    `<line class="life" x1="${x}" y1="${TOP}" x2="${x}" y2="${bottom}"/>`,
    `<rect class="${kind}" x="${x - 86}" y="${TOP - 52}" width="172" height="46" rx="7"/>`,
    `<text class="name ${kind}-text" x="${x}" y="${TOP - 33}">${escape(short(name, 22))}</text>`,
    `<text class="address ${kind}-text" x="${x}" y="${TOP - 16}">`,
    `${escape(short(address, 26))}</text>`,
  ].join('');
}

function drawArrow(row: Row, from: number, to: number, colour: string): string {
  const y = row.y;
  const way = to > from ? 1 : -1;
  const middle = (from + to) / 2;
  const tip = to - way * 2;
  const head = `${tip},${y} ${tip - way * 10},${y - 4.5} ${tip - way * 10},${y + 4.5}`;
  const dash = row.again ? ' stroke-dasharray="5 4"' : '';
  const remark = remarkOf(row);
  const tooltip = `${row.message.cseq} · ${row.message.callId}`;
  return [
    `<g><title>${escape(short(maskNumbers(tooltip), 160))}</title>`,
    `<line class="arrow" x1="${from}" y1="${y}" x2="${tip - way * 8}" y2="${y}"`,
    ` stroke="${colour}"${dash}/><polygon points="${head}" fill="${colour}"/>`,
    `<text class="label" x="${middle}" y="${y - 6}" fill="${colour}">`,
    `${escape(labelOf(row.message))}</text>`,
    remark === ''
      ? ''
      : `<text class="remark" x="${middle}" y="${y + 13}">${escape(remark)}</text>`,
    '</g>',
  ].join('');
}

function drawTime(row: Row, startMs: number, width: number): string {
  const time = `<text class="time" x="${GUTTER - 18}" y="${row.y + 4}">${seconds(
    row.message.atMs - startMs,
  )}</text>`;
  if (row.pauseMs === null) return time;
  const y = row.y - ROW - 4;
  return [
    `<line class="pause" x1="${GUTTER}" y1="${y}" x2="${width - 24}" y2="${y}"/>`,
    `<text class="pause-text" x="${GUTTER - 18}" y="${y + 4}">`,
    `${(row.pauseMs / 1000).toFixed(1)} s later</text>`,
    time,
  ].join('');
}

const STYLE = [
  'text{font-family:ui-sans-serif,system-ui,"DejaVu Sans",sans-serif;font-size:12px}',
  '.title{font-size:17px;font-weight:600;fill:#15202b}.sub{fill:#5b6875}',
  '.us{fill:#15202b}.peer{fill:#fff;stroke:#8795a3}.us-text{fill:#fff}.peer-text{fill:#15202b}',
  '.name{font-weight:600;font-size:13px;text-anchor:middle}',
  '.address{font-size:11px;text-anchor:middle;opacity:.8}',
  '.life{stroke:#c3ccd5;stroke-width:1.5}.arrow{stroke-width:1.7}',
  '.label{font-weight:600;text-anchor:middle;paint-order:stroke;stroke:#fff;stroke-width:4px}',
  '.remark{font-size:10px;text-anchor:middle;fill:#5b6875;paint-order:stroke;stroke:#fff;',
  'stroke-width:4px}',
  '.time{text-anchor:end;fill:#5b6875;font-variant-numeric:tabular-nums}',
  '.pause{stroke:#c3ccd5;stroke-dasharray:2 5}.pause-text{text-anchor:end;font-size:10px;',
  'fill:#8795a3}',
].join('');

function drawLegend(callIds: readonly string[], y: number): string {
  return callIds
    .map((callId, index) => {
      const at = y + index * LEGEND_ROW;
      return [
        `<rect x="24" y="${at - 9}" width="10" height="10" rx="2" fill="${colourOf(index)}"/>`,
        `<text class="sub" x="42" y="${at}">Call-ID `,
        `${escape(short(maskNumbers(callId), 70))}</text>`,
      ].join('');
    })
    .join('');
}

function colourOf(index: number): string {
  return COLOURS[index % COLOURS.length] ?? '#15202b';
}

/**
 * An SVG document of the messages, in the order given, times counted from the first.
 * @param title shown at the head; telephone numbers in it are masked too
 */
export function ladderSvg(messages: readonly TracedMessage[], title: string): string {
  const shown = messages.slice(0, MAX_MESSAGES);
  const rows = rowsOf(shown);
  const columns = columnsOf(peersOf(shown));
  const callIds = [...new Set(shown.map((message) => message.callId))];
  const startMs = shown[0]?.atMs ?? 0;
  const bottom = (rows.at(-1)?.y ?? TOP) + 28;
  const legendTop = bottom + 34;
  const legend = callIds.slice(0, 2 * COLOURS.length);
  const width = Math.max(560, GUTTER + MARGIN * 2 + (columns.length - 1) * COLUMN);
  const height = legendTop + legend.length * LEGEND_ROW + 6;
  const xOf = (index: number) => GUTTER + MARGIN + index * COLUMN;
  const usX = xOf(columns.indexOf(null));
  const peerX = (remote: string) => {
    const own = columns.findIndex((peer) => peer?.address === remote);
    return xOf(own >= 0 ? own : columns.findIndex((peer) => peer?.name === 'others'));
  };
  const arrows = rows.map((row) => {
    const peer = peerX(row.message.remote);
    const [from, to] = row.message.direction === 'sent' ? [usX, peer] : [peer, usX];
    return drawArrow(row, from, to, colourOf(callIds.indexOf(row.message.callId)));
  });
  const hidden = messages.length - shown.length;
  const more = hidden > 0 ? ` · ${hidden} more not drawn` : '';
  const begin = shown.length === 0 ? '' : ` from ${new Date(startMs).toISOString()}`;
  const subtitle = `${shown.length} SIP messages${begin}${more} · seconds at the left`;
  const heading = escape(short(maskNumbers(title), MAX_TITLE_LENGTH));
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"`,
    ` viewBox="0 0 ${width} ${height}" role="img" aria-label="${heading}">`,
    `<style>${STYLE}</style><rect width="100%" height="100%" fill="#fff"/>`,
    `<text class="title" x="24" y="34">${heading}</text>`,
    `<text class="sub" x="24" y="55">${escape(subtitle)}</text>`,
    ...columns.map((peer, index) => drawColumn(peer, shown[0]?.local ?? '', xOf(index), bottom)),
    ...rows.map((row) => drawTime(row, startMs, width)),
    ...arrows,
    drawLegend(legend, legendTop),
    '</svg>\n',
  ].join('');
}
