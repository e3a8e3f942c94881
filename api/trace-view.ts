// What of a SIP message people may read: never a proof of identity or a media key, and telephone
// numbers only when they were asked for. PURE.
import { maskedText } from './mask.ts';

/** Headers whose value is a secret or was made from one (RFC 3261 s.22, RFC 8224, cookies). */
const SECRET_HEADER = /^(?:proxy-)?authorization$|^authentication-info$|^identity$|^y$|cookie/i;

/** Headers made of numbers that are nobody's. */
const COUNTING_HEADER = new RegExp(
  '^(?:via|v|cseq|rack|rseq|max-forwards|expires|min-expires|min-se|session-expires|x|' +
    'retry-after|content-length|l|timestamp|date)$',
  'i',
);

const HIDDEN = '[hidden]';

/** The text with secrets hidden and, unless `withNumbers`, telephone numbers masked. */
export function viewedText(text: string, withNumbers: boolean): string {
  const end = text.indexOf('\r\n\r\n');
  const [head, body] = end < 0 ? [text, ''] : [text.slice(0, end), text.slice(end)];
  const [start = '', ...headers] = unfolded(head).split('\r\n');
  const shownHeaders = headers.map((line) => viewedHeader(line, withNumbers));
  const shownBody = body.split('\r\n').map((line) => viewedBodyLine(line, withNumbers));
  return (
    [withNumbers ? start : maskedUris(start), ...shownHeaders].join('\r\n') + shownBody.join('\r\n')
  );
}

/** A start line or Call-ID, alone. */
export function viewedLine(line: string, withNumbers: boolean): string {
  return withNumbers ? line : maskedUris(line);
}

/** RFC 3261 s.7.3.1: a secret must not hide on a folded line. */
function unfolded(head: string): string {
  return head.replace(/\r\n[ \t]+/g, ' ');
}

function viewedHeader(line: string, withNumbers: boolean): string {
  const colon = line.indexOf(':');
  const name = line.slice(0, Math.max(0, colon)).trim();
  if (SECRET_HEADER.test(name)) {
    const scheme = /^(?:digest|bearer|basic)\b/i.exec(line.slice(colon + 1).trim())?.[0];
    return `${name}: ${scheme === undefined ? '' : `${scheme} `}${HIDDEN}`;
  }
  if (withNumbers || COUNTING_HEADER.test(name)) return line;
  return line.slice(0, colon + 1) + maskedUris(line.slice(colon + 1));
}

/** SDP: keys of SRTP (RFC 4568) and ICE (RFC 8839); other bodies are text. */
function viewedBodyLine(line: string, withNumbers: boolean): string {
  if (/^k=/.test(line)) return `k=${HIDDEN}`;
  if (/^a=ice-pwd:/i.test(line)) return `a=ice-pwd:${HIDDEN}`;
  if (/^a=crypto:/i.test(line)) return line.replace(/inline:[^\s;]*/gi, `inline:${HIDDEN}`);
  if (withNumbers || /^[acmtbrvz]=/.test(line)) return line;
  const origin = /^o=(\S+)(.*)$/.exec(line);
  return origin === null ? maskedUris(line) : `o=${maskedUris(origin[1] ?? '')}${origin[2] ?? ''}`;
}

/** Numbers in URIs, short ones too, and numbers that stand free. */
function maskedUris(text: string): string {
  const uris = text.replace(/(sips?:|tel:)([^@;>\s]*)/gi, (whole, scheme: string, user: string) =>
    /^\+?[\d.()%-]{4,}$/.test(user) && !/^\d+(?:\.\d+){3}$/.test(user)
      ? `${scheme}${maskedUser(user)}`
      : whole,
  );
  return maskedText(uris);
}

/** All digits but the last three. */
function maskedUser(user: string): string {
  let left = user.replace(/\D/g, '').length - 3;
  return user.replace(/\d/g, (digit) => (left-- > 0 ? '*' : digit));
}
