// SIP texts for tests: a plain INVITE and a way to change one thing about it.

/** An INVITE with everything mandatory; `change` replaces or adds header lines by name. */
export function invite(change: Readonly<Record<string, string | null>> = {}, body = ''): string {
  const headers: Record<string, string | null> = {
    Via: 'SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1',
    'Max-Forwards': '70',
    From: '"Alice" <sip:alice@example.com>;tag=a1',
    To: '<sip:bob@example.com>',
    'Call-ID': 'c1@192.0.2.1',
    CSeq: '1 INVITE',
    Contact: '<sip:alice@192.0.2.1>',
    'Content-Length': String(body.length),
    ...change,
  };
  const lines = Object.entries(headers).filter(([, value]) => value !== null);
  const text = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
  return `INVITE sip:bob@example.com SIP/2.0\r\n${text}\r\n${body}`;
}
