// Header names: one key per header whatever its spelling. PURE.
// RFC 3261 s.7.3.1 (case), s.7.3.3 and s.20 (compact forms).

/** Compact form to the long name, IANA "Header Fields" registry. */
const COMPACT: Readonly<Record<string, string>> = {
  a: 'accept-contact',
  b: 'referred-by',
  c: 'content-type',
  d: 'request-disposition',
  e: 'content-encoding',
  f: 'from',
  i: 'call-id',
  j: 'reject-contact',
  k: 'supported',
  l: 'content-length',
  m: 'contact',
  o: 'event',
  r: 'refer-to',
  s: 'subject',
  t: 'to',
  u: 'allow-events',
  v: 'via',
  x: 'session-expires',
  y: 'identity',
};

/** Names whose usual spelling is not "each word capitalised". */
const SPELLINGS = [
  ...['Call-ID', 'CSeq', 'MIME-Version', 'WWW-Authenticate', 'RAck', 'RSeq', 'SIP-ETag'],
  ...['SIP-If-Match', 'P-Asserted-Identity', 'Min-SE', 'Via', 'From', 'To', 'Contact', 'Route'],
  ...['Record-Route', 'Max-Forwards', 'Content-Length', 'Content-Type', 'User-Agent', 'Allow'],
  ...['Supported', 'Require', 'Expires', 'Subject', 'Server', 'Reason', 'Accept', 'Event'],
  ...['Authorization', 'Proxy-Authorization', 'Proxy-Authenticate', 'Session-Expires'],
];

const TOKEN = /^[A-Za-z0-9\-.!%*_+`'~]+$/;

const spellingByKey = new Map(SPELLINGS.map((name) => [name.toLowerCase(), name]));

const keyBySpelling = new Map<string, string>([
  ...SPELLINGS.map((name): [string, string] => [name, name.toLowerCase()]),
  ...SPELLINGS.map((name): [string, string] => [name.toLowerCase(), name.toLowerCase()]),
]);

/** True for an RFC 3261 s.25.1 token, the only thing a header name or method may be. */
export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** The lower-case long name of a header as spelled on the wire (`i` and `CALL-ID`: `call-id`). */
export function headerKey(spelled: string): string {
  const known = keyBySpelling.get(spelled);
  if (known !== undefined) return known;
  const lower = spelled.toLowerCase();
  return (lower.length === 1 ? COMPACT[lower] : undefined) ?? lower;
}

/** The usual spelling of a header: `call-id` is `Call-ID`, `foo-bar` is `Foo-Bar`, `x-a` stays. */
export function headerSpelling(name: string): string {
  const known = spellingByKey.get(name.toLowerCase());
  if (known !== undefined) return known;
  if (name.startsWith('x-') || name.startsWith('X-')) return name;
  return name.replace(/(^|-)([a-z])/g, (_all, dash: string, first: string) => {
    return dash + first.toUpperCase();
  });
}
