// RFC 5118 s.4: IPv6 addresses in messages, made after its descriptions.
import { accepted, refused, request, SDP, type Torture } from './message.ts';

const REGISTER = 'REGISTER sip:[2001:db8::10] SIP/2.0';
const VIA = 'SIP/2.0/UDP [2001:db8::9:1];branch=z9hG4bKas3-111';
const IPV6_SDP = SDP.replaceAll('IP4 192.0.2.1', 'IP6 2001:db8::20');

export const IPV6: readonly Torture[] = [
  {
    name: 'ipv6-good',
    section: '4.1',
    text: request(REGISTER, { Via: VIA, Contact: '"Caller" <sip:caller@[2001:db8::1]>' }),
    outcome: accepted('REGISTER', { viaHost: '2001:db8::9:1', requestHost: '2001:db8::10' }),
    answer: 200,
  },
  {
    name: 'ipv6-bad',
    section: '4.2',
    text: request('REGISTER sip:2001:db8::10 SIP/2.0', { Via: VIA }),
    outcome: refused(/bad Request-URI/),
    answer: 400,
  },
  {
    name: 'port-ambiguous',
    section: '4.3',
    text: request('REGISTER sip:[2001:db8::10:5070] SIP/2.0', { Via: VIA }),
    outcome: accepted('REGISTER', { requestHost: '2001:db8::10:5070', requestPort: null }),
    answer: 200,
  },
  {
    name: 'port-unambiguous',
    section: '4.4',
    text: request('REGISTER sip:[2001:db8::10]:5070 SIP/2.0', { Via: VIA }),
    outcome: accepted('REGISTER', { requestHost: '2001:db8::10', requestPort: 5070 }),
    answer: 200,
  },
  {
    name: 'via-received-param-with-delim',
    section: '4.5',
    text: request('OPTIONS sip:[2001:db8::10] SIP/2.0', {
      Via: 'SIP/2.0/UDP [2001:db8::9:1];received=[2001:db8::9:255];branch=z9hG4bKas3-1',
    }),
    outcome: accepted('OPTIONS', { branch: 'z9hG4bKas3-1' }),
    answer: 200,
  },
  {
    name: 'via-received-param-no-delim',
    section: '4.5',
    text: request('OPTIONS sip:[2001:db8::10] SIP/2.0', {
      Via: 'SIP/2.0/UDP [2001:db8::9:1];received=2001:db8::9:255;branch=z9hG4bKas3-2',
    }),
    outcome: accepted('OPTIONS', { branch: 'z9hG4bKas3-2' }),
    answer: 200,
  },
  {
    name: 'ipv6-in-sdp',
    section: '4.6',
    text: request('INVITE sip:user@[2001:db8::10] SIP/2.0', { Via: VIA }, IPV6_SDP),
    outcome: accepted('INVITE', { body: IPV6_SDP }),
  },
  {
    name: 'mult-ip-in-sdp',
    section: '4.7',
    text: request('INVITE sip:user@[2001:db8::10] SIP/2.0', { Via: VIA }, IPV6_SDP + SDP.slice(5)),
    outcome: accepted('INVITE', { body: IPV6_SDP + SDP.slice(5) }),
  },
  {
    name: 'mult-ip-in-header',
    section: '4.8',
    text: request('BYE sip:user@host.example.net SIP/2.0', {
      Via: [
        'SIP/2.0/UDP [2001:db8::9:1]:6050;branch=z9hG4bKas3-111',
        'SIP/2.0/UDP 192.0.2.1;branch=z9hG4bKjhja8781hjuaij65144',
        'SIP/2.0/TCP [2001:db8::9:255];branch=z9hG4bK451jj;received=192.0.2.200',
      ].join('\r\nVia: '),
    }),
    outcome: accepted('BYE', { vias: 3, viaHost: '2001:db8::9:1', viaPort: 6050 }),
    answer: 481,
  },
  {
    name: 'ipv4-mapped-ipv6',
    section: '4.9',
    text: request(
      'INVITE sip:user@example.com SIP/2.0',
      {
        Via: 'SIP/2.0/UDP [::ffff:192.0.2.10]:19823;branch=z9hG4bKbh19',
        Contact: '"T. desk phone" <sip:ted@[::ffff:192.0.2.2]>',
      },
      SDP.replace('IP4 192.0.2.1', 'IP6 ::ffff:192.0.2.2'),
    ),
    outcome: accepted('INVITE', { viaHost: '::ffff:192.0.2.10', viaPort: 19823 }),
  },
  {
    name: 'ipv6-bug-abnf-3-colons',
    section: '4.10',
    text: request('OPTIONS sip:user@[2001:db8:::192.0.2.1] SIP/2.0', { Via: VIA }),
    // The grammar of RFC 3261 made such; whoever does not route by it need not mind.
    outcome: accepted('OPTIONS', { requestHost: '2001:db8:::192.0.2.1' }),
    answer: 200,
  },
];
