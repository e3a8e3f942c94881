// RFC 4475 s.3.1.2: syntactically invalid messages, made after its descriptions. Where the document
// leaves the choice between refusing and being liberal, the outcome written here is ours.
import { accepted, refused, request, SDP, type Torture } from './message.ts';

const response = (status: string, change: Readonly<Record<string, string | null>> = {}) =>
  request(`SIP/2.0 ${status}`, { CSeq: '353494 INVITE', ...change });

export const INVALID: readonly Torture[] = [
  {
    name: 'badinv01',
    section: '3.1.2.1',
    text: request('OPTIONS sip:user@example.com SIP/2.0', {
      Via: 'SIP/2.0/UDP 192.0.2.15;;,;,,',
      Contact: '"Joe" <sip:joe@example.org>;;;;',
    }),
    outcome: refused(/bad Via/),
    // Where an answer would have to go is what cannot be read.
    answer: null,
  },
  {
    name: 'clerr',
    section: '3.1.2.2',
    text: request('INVITE sip:user@example.com SIP/2.0', { 'Content-Length': '9999' }, SDP),
    outcome: refused(/shorter than Content-Length/),
    answer: 400,
  },
  {
    name: 'ncl',
    section: '3.1.2.3',
    text: request('INVITE sip:user@example.com SIP/2.0', { 'Content-Length': '-999' }, SDP),
    outcome: refused(/bad Content-Length/),
    answer: 400,
  },
  {
    name: 'scalar02',
    section: '3.1.2.4',
    text: request('REGISTER sip:example.com SIP/2.0', {
      CSeq: '36893488147419103232 REGISTER',
      'Max-Forwards': '300',
      Expires: '10000000000000000000000000000',
      Contact: '<sip:user@host129.example.com>;expires=280297596632815',
    }),
    outcome: refused(/bad CSeq/),
    answer: 400,
  },
  {
    name: 'scalarlg',
    section: '3.1.2.5',
    text: response('503 Service Unavailable', {
      CSeq: '9292394834772304023312 OPTIONS',
      'Retry-After': '949302838503028349304023988',
      Warning: '1812 overture "In Progress"',
    }),
    outcome: refused(/bad CSeq/),
    answer: null,
  },
  {
    name: 'quotbal',
    section: '3.1.2.6',
    text: request('INVITE sip:user@example.com SIP/2.0', {
      To: '"Mr. J. User <sip:j.user@example.com>',
    }),
    outcome: refused(/bad To/),
    answer: 400,
  },
  {
    name: 'ltgtruri',
    section: '3.1.2.7',
    text: request('INVITE <sip:user@example.com> SIP/2.0'),
    outcome: refused(/bad Request-URI/),
    answer: 400,
  },
  {
    name: 'lwsruri',
    section: '3.1.2.8',
    text: request('INVITE sip:user@example.com; lr SIP/2.0'),
    outcome: refused(/bad Request-URI/),
    answer: 400,
  },
  {
    name: 'lwsstart',
    section: '3.1.2.9',
    text: request('INVITE  sip:user@example.com  SIP/2.0'),
    outcome: refused(/bad Request-URI/),
    answer: 400,
  },
  {
    name: 'trws',
    section: '3.1.2.10',
    text: request('OPTIONS sip:remote-target@example.com SIP/2.0  '),
    outcome: accepted('OPTIONS', { uri: 'sip:remote-target@example.com', version: 'SIP/2.0' }),
    answer: 200,
  },
  {
    name: 'escruri',
    section: '3.1.2.11',
    text: request('INVITE sip:user@example.com?Route=%3Csip:example.com%3E SIP/2.0'),
    // What follows the question mark is never made a header of.
    outcome: accepted('INVITE', { route: null }),
  },
  {
    name: 'baddate',
    section: '3.1.2.12',
    text: request('INVITE sip:user@example.com SIP/2.0', { Date: 'Fri, 01 Jan 2010 16:00:00 EST' }),
    outcome: accepted('INVITE', { date: 'Fri, 01 Jan 2010 16:00:00 EST' }),
  },
  {
    name: 'regbadct',
    section: '3.1.2.13',
    text: request('REGISTER sip:example.com SIP/2.0', {
      Contact: 'sip:user@example.com?Route=%3Csip:sip.example.com%3E',
    }),
    outcome: accepted('REGISTER', { contacts: 1 }),
    answer: 400,
  },
  {
    name: 'badaspec',
    section: '3.1.2.14',
    text: request('OPTIONS sip:user@example.org SIP/2.0', {
      To: '"Watson, Thomas" < sip:t.watson@example.org >',
    }),
    outcome: accepted('OPTIONS', { toUri: 'sip:t.watson@example.org' }),
    answer: 200,
  },
  {
    name: 'baddn',
    section: '3.1.2.15',
    text: request('OPTIONS sip:t.watson@example.org SIP/2.0', {
      From: 'Bell, Alexander <sip:a.g.bell@example.com>;tag=43',
    }),
    outcome: accepted('OPTIONS', { fromTag: '43' }),
    answer: 200,
  },
  {
    name: 'badvers',
    section: '3.1.2.16',
    text: request('OPTIONS sip:t.watson@example.org SIP/7.0', {
      Via: 'SIP/2.0/UDP c.example.com;branch=z9hG4bKkdjuw',
    }),
    outcome: refused(/Version Not Supported/, 505),
    answer: 505,
  },
  {
    name: 'mismatch01',
    section: '3.1.2.17',
    text: request('OPTIONS sip:user@example.com SIP/2.0', { CSeq: '8 INVITE' }),
    outcome: refused(/CSeq method mismatch/),
    answer: 400,
  },
  {
    name: 'mismatch02',
    section: '3.1.2.18',
    text: request('NEWMETHOD sip:user@example.com SIP/2.0', { CSeq: '8 INVITE' }),
    outcome: refused(/CSeq method mismatch/),
    answer: 400,
  },
  {
    name: 'bigcode',
    section: '3.1.2.19',
    text: response('4294967301 better not break the receiver'),
    outcome: { kind: 'dropped' },
    answer: null,
  },
];
