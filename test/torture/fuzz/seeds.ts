// Good inputs of every kind that the fuzzer breaks. Byte strings.
import { ReceiveStats } from '../../../media/rtp/receive-stats.ts';
import { buildReport } from '../../../media/rtp/rtcp.ts';
import { frame } from '../../../sip/control/frames.ts';

const SDP = [
  'v=0',
  'o=- 42 1 IN IP4 192.0.2.1',
  's=call',
  'c=IN IP4 192.0.2.1',
  't=0 0',
  'm=audio 4000 RTP/AVP 0 8 101',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-16',
  'a=ptime:20',
  'a=rtcp:4001 IN IP4 192.0.2.1',
  'a=sendrecv',
  '',
].join('\r\n');

function message(startLine: string, headers: readonly string[], body = ''): string {
  const head = [startLine, ...headers, `Content-Length: ${body.length}`];
  return `${head.join('\r\n')}\r\n\r\n${body}`;
}

export const MESSAGES: readonly string[] = [
  message(
    'INVITE sip:+442079460000@example.com;user=phone SIP/2.0',
    [
      'Via: SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK1;rport, SIP/2.0/TCP [2001:db8::1]',
      'Record-Route: <sip:p1.example.com;lr>, "a, b" <sip:p2.example.com;lr>',
      'Max-Forwards: 70',
      'From: "A. \\"B\\" C" <sip:alice@example.com>;tag=a1',
      'To: Bob <sip:bob@example.com>',
      'Call-ID: c1@192.0.2.1',
      'CSeq: 1 INVITE',
      'Contact: <sip:alice@192.0.2.1;transport=tcp>;q=0.5;expires=60',
      'Authorization: Digest username="a", realm="r", nonce="n", uri="sip:b", qop=auth, ' +
        'nc=00000001, cnonce="c", response="0123456789abcdef0123456789abcdef"',
      'Session-Expires: 1800;refresher=uac',
      'Supported: timer, 100rel',
      'Content-Type: application/sdp',
    ],
    SDP,
  ),
  message('REGISTER sip:ringback SIP/2.0', [
    'v: SIP/2.0/TCP [2001:db8::9]:5070;branch=z9hG4bK2',
    'f: <sip:alice@ringback>;tag=r1',
    't: <sip:alice@ringback>',
    'i: r1',
    'CSeq: 7 REGISTER',
    'm: *',
    'Expires: 0',
    'Subject: folded',
    ' value\tof lines',
  ]),
  message('SIP/2.0 183 Session Progress', [
    'Via: SIP/2.0/UDP 192.0.2.9;branch=z9hG4bK3;received=192.0.2.8;rport=5062',
    'From: <tel:+442079460001>;tag=a1',
    'To: <sip:bob@example.com>;tag=b1',
    'Call-ID: c2',
    'CSeq: 2147483647 INVITE',
    'Reason: Q.850;cause=16;text="Normal \\"clearing\\""',
    'RSeq: 5',
    'Require: 100rel',
  ]),
];

export const STREAMS: readonly string[] = [
  MESSAGES.join(''),
  `\r\n\r\n${MESSAGES[2]}\r\n\r\n\r\n${MESSAGES[0]}`,
];

export const SDPS: readonly string[] = [
  SDP,
  SDP.replace('m=audio', 'm=video 5000 RTP/AVP 31\r\nm=audio').replaceAll('\r\n', '\n'),
  SDP.replace('RTP/AVP', 'RTP/SAVP') +
    'a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:WVNfX19zZW1jdGwgKCkgewkyMjA7fQp9CnVubGVz|2^20\r\n',
];

/** What drachtio-srf sends: requests, responses, and what belongs to the protocol itself. */
export const FRAMES: readonly string[] = [
  frame('1|authenticate|secret|'),
  frame(`2|sip|||\r\n${MESSAGES[0]}`),
  frame(`3|sip|t1|d1|\r\n${MESSAGES[2]}`) + frame('4|route|INVITE'),
];

export const RTP: readonly string[] = [
  String.fromCharCode(0x80, 0x80, 0, 1, 0, 0, 0, 160, 1, 2, 3, 4) + 'x'.repeat(160),
  String.fromCharCode(0xb1, 0x65, 0, 2, 0, 0, 1, 64, 1, 2, 3, 4, 5, 6, 7, 8, 0xbe, 0xde, 0, 1) +
    'abcdabcdabcd\x04',
];

const sent = { ssrc: 7, packets: 10, octets: 1_600, rtpTimestamp: 1_600 };

export const RTCP: readonly string[] = [true, false].map((active) => {
  const received = new ReceiveStats();
  received.update(9, 1, 160, 160);
  return buildReport({ ...sent, active }, received, null, 'fuzz', true, 0).toString('latin1');
});
